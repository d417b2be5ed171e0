import { useState } from 'react'
import { BadgeCheck } from 'lucide-react'
import { useStore } from 'zustand'
import { navigate } from '../../app/location.ts'
import { useText } from '../../i18n/index.ts'
import { feedStore } from '../../stores/feed.ts'
import { nodeStore } from '../../stores/node.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Button, Empty, Hex, Page, Panel, PeerText, Skeleton, TableScroll } from '../../ui/parts.tsx'
import ui from '../../ui/ui.module.css'

/** Rows: a minute and a half of a world with one block a second. */
const SHOWN = 100

export default function LedgerPage() {
  const { t, f } = useText()
  const blocks = useStore(feedStore, (feed) => feed.blocks)
  const ready = useStore(nodeStore, (node) => node.status !== null)
  return (
    <Page title={t.ledger.title} intro={t.ledger.intro} aside={<Jump />}>
      <Panel title={t.ledger.blocks} flush>
        {blocks.length === 0 ? ready ? <Empty>{t.ledger.empty}</Empty> : <Skeleton lines={6} /> : (
          <TableScroll label={t.ledger.blocks} nowrap>
            <table>
              <thead>
                <tr>
                  <th scope="col" data-num>{t.app.height}</th><th scope="col">{t.ledger.time}</th><th scope="col">{t.ledger.proposer}</th><th scope="col" data-num>{t.ledger.actions}</th>
                  <th scope="col" data-num>{t.ledger.events}</th><th scope="col">{t.ledger.stake}</th><th scope="col">{t.ledger.hash}</th>
                </tr>
              </thead>
              <tbody>
                {blocks.slice(0, SHOWN).map(({ head, events }) => (
                  <tr key={head.height}>
                    <td data-num><HeightLink height={head.height} /></td>
                    <td>{f.time(head.time)}</td>
                    <td><PeerText value={head.proposer} limit={64} /></td>
                    <td data-num>{f.int(head.actions)}</td>
                    <td data-num>{f.int(events.length)}</td>
                    <td><span className={ui.ok}><BadgeCheck size={14} aria-hidden /></span> {t.app.of(f.int(head.signed_stake), f.int(head.total_stake))}</td>
                    <td><Hex value={head.block_hash} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableScroll>
        )}
      </Panel>
    </Page>
  )
}

function Jump() {
  const { t } = useText()
  const [wanted, setWanted] = useState('')
  const [bad, setBad] = useState(false)
  const go = (): void => {
    const height = Number(wanted.replaceAll(/[\s,]/g, ''))
    if (!Number.isSafeInteger(height) || height < 1) return setBad(true)
    navigate({ page: 'height', height })
  }
  return (
    <form className={ui.row} onSubmit={(event) => { event.preventDefault(); go() }}>
      <input style={{ width: '160px' }} inputMode="numeric" maxLength={18} placeholder={t.ledger.jump} aria-label={t.ledger.jump} value={wanted} onChange={(event) => { setWanted(event.target.value); setBad(false) }} />
      <Button type="submit">{t.ledger.go}</Button>
      {bad && <span className={ui.bad} role="alert">{t.ledger.badHeight}</span>}
    </form>
  )
}
