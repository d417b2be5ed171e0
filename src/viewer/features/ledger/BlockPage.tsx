import { useEffect } from 'react'
import { BadgeCheck, ChevronLeft, ChevronRight } from 'lucide-react'
import { useStore } from 'zustand'
import { singleKeysAct } from '../../app/actions.ts'
import { navigate } from '../../app/location.ts'
import { formatView } from '../../app/url.ts'
import { useText } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import type { BlockSummary } from '../../../node/index.ts'
import { feedStore, itemsOf } from '../../stores/feed.ts'
import { nodeStore } from '../../stores/node.ts'
import { useNow } from '../../ui/clock.ts'
import { Badge, ButtonLink, Empty, Fact, Facts, Hex, Page, Panel, PeerText, Problem, Skeleton } from '../../ui/parts.tsx'
import { useAsync } from '../../ui/use-async.ts'
import { EventRow } from '../events/EventRow.tsx'
import { ReceiptTable } from './ReceiptTable.tsx'
import ui from '../../ui/ui.module.css'

export default function BlockPage({ height }: { height: number }) {
  const { t, f } = useText()
  const headHeight = useStore(nodeStore, (node) => node.status?.head?.height ?? 0)
  const waiting = headHeight < height
  const loaded = useAsync(String(height), waiting ? headHeight : 0, () => blockAt(height))
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey || !singleKeysAct()) return
      if (event.key === '[' && height > 1) navigate({ page: 'height', height: height - 1 })
      if (event.key === ']') navigate({ page: 'height', height: height + 1 })
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [height])
  return (
    <Page title={t.ledger.block(f.int(height))} aside={<Neighbours height={height} />}>
      {loaded.state === 'loading' && <Panel title={t.ledger.certificate}><Skeleton lines={6} /></Panel>}
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {loaded.state === 'ready' && (loaded.result === null ? <Panel title={t.ledger.notStored(f.int(height))}><p>{t.ledger.notStoredNext}</p></Panel> : <Block block={loaded.result} />)}
    </Page>
  )
}

async function blockAt(height: number): Promise<BlockSummary | null> {
  return feedStore.getState().blocks.find((block) => block.head.height === height) ?? (await whenNode()).blockAt(height)
}

function Neighbours({ height }: { height: number }) {
  const { t, f } = useText()
  const [before, after] = [f.int(height - 1), f.int(height + 1)]
  return (
    <div className={ui.row}>
      {height > 1 && <ButtonLink href={formatView({ page: 'height', height: height - 1 })} label={`${t.ledger.previous} ${before}`}><ChevronLeft size={16} aria-hidden />{before}</ButtonLink>}
      <ButtonLink href={formatView({ page: 'height', height: height + 1 })} label={`${t.ledger.next} ${after}`}>{after}<ChevronRight size={16} aria-hidden /></ButtonLink>
    </div>
  )
}

function Block({ block }: { block: BlockSummary }) {
  const { t, f } = useText()
  const now = useNow(1000)
  const { head, receipts, events } = block
  return (
    <>
      <Panel title={t.ledger.certificate} aside={<><Checked done={head.certificate_verified} label={t.ledger.certified} /><Checked done={head.executed} label={t.ledger.executed} /></>}>
        <Facts>
          <Fact name={t.ledger.time}>{f.dateTime(head.time)}</Fact>
          <Fact name={t.ledger.verifiedAt}>{t.app.ago(f.span(now - head.verified_at))}</Fact>
          <Fact name={t.ledger.proposer}><PeerText value={head.proposer} limit={64} /></Fact>
          <Fact name={t.ledger.round}>{f.int(head.round)}</Fact>
          <Fact name={t.ledger.stake}>{t.app.of(f.int(head.signed_stake), f.int(head.total_stake))}</Fact>
          <Fact name={t.ledger.signers}>{head.signers.join(', ')}</Fact>
          <Fact wide name={t.ledger.hash}><Hex value={head.block_hash} full /></Fact>
          <Fact wide name={t.ledger.stateRoot}><Hex value={head.state_root} full /></Fact>
        </Facts>
      </Panel>
      <Panel title={`${t.ledger.receipts} (${f.int(receipts.length)})`} flush>
        {receipts.length === 0 ? <Empty>{t.ledger.noReceipts}</Empty> : <ReceiptTable receipts={receipts} />}
      </Panel>
      <Panel title={`${t.ledger.events} (${f.int(events.length)})`}>
        {events.length === 0 ? <Empty>{t.ledger.noEvents}</Empty> : <div>{itemsOf(block).reverse().map((item) => <EventRow key={item.id} item={item} />)}</div>}
      </Panel>
    </>
  )
}

function Checked({ done, label }: { done: boolean; label: string }) {
  const { t } = useText()
  return done ? <Badge tone="ok"><BadgeCheck size={13} aria-hidden />{label}</Badge> : <Badge tone="warn">◌ {t.trust.legendClaimed}</Badge>
}
