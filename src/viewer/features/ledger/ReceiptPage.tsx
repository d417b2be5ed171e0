import { useStore } from 'zustand'
import { useText } from '../../i18n/index.ts'
import { whenNode } from '../../node-client/client.ts'
import type { ReceiptAt } from '../../../node/index.ts'
import { nodeStore } from '../../stores/node.ts'
import { HeightLink } from '../../ui/links.tsx'
import { Empty, Fact, Facts, Hex, Page, Panel, PeerText, Pre, Problem, Skeleton } from '../../ui/parts.tsx'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import { valueText } from '../events/describe.ts'
import { EventRow } from '../events/EventRow.tsx'
import { ReceiptStatus } from './ReceiptTable.tsx'
import ui from '../../ui/ui.module.css'

/** What became of one action. Until its block is there the page keeps asking, once per block. */
export default function ReceiptPage({ id }: { id: string }) {
  const { t } = useText()
  const height = useStore(nodeStore, (node) => node.status?.head?.height ?? 0)
  const loaded = useAsync<ReceiptAt | null>(id, height, async () => (await whenNode()).receipt(id))
  const found = resultOf(loaded)
  return (
    <Page title={t.ledger.receipt} aside={<Hex value={id} full />}>
      {loaded.state === 'failed' && <Problem error={loaded.error} />}
      {found === null
        ? <Panel title={loaded.state === 'loading' ? t.app.loading : t.ledger.receiptMissing}>{loaded.state === 'loading' ? <Skeleton /> : <p>{t.ledger.receiptMissingNext}</p>}</Panel>
        : <Found found={found} />}
    </Page>
  )
}

function Found({ found }: { found: ReceiptAt }) {
  const { t, f } = useText()
  const { receipt, events, height } = found
  const known = receipt.code === null ? undefined : t.codes.rejections[receipt.code]
  return (
    <>
      <Panel title={t.ledger.status}>
        <Facts>
          <Fact name={t.ledger.status}><ReceiptStatus receipt={receipt} /></Fact>
          <Fact name={t.app.height}><HeightLink height={height} /></Fact>
          <Fact name={t.ledger.fees}>{t.why.fees(f.int(receipt.fees.electricity), f.int(receipt.fees.data))}</Fact>
          <Fact name={t.ledger.fuel}>{f.int(receipt.fuel)}</Fact>
        </Facts>
        {receipt.status === 'rejected' && (
          <div className={ui.problem}>
            <p>{known?.what ?? t.problem.unknown(receipt.code ?? '')}</p>
            <p><b>{t.act.nextStep}:</b> {known?.next ?? <PeerText value={receipt.hint ?? t.problem.genericNext} />}</p>
            <Pre label={t.problem.detail}>{valueText(receipt.detail)}</Pre>
          </div>
        )}
      </Panel>
      <Panel title={t.ledger.events}>
        {events.length === 0 ? <Empty>{t.ledger.noEvents}</Empty> : (
          <div>{events.map((event) => <EventRow key={event.id} item={{ id: event.id, height: event.height, time: 0, event, receipt: null }} />)}</div>
        )}
      </Panel>
    </>
  )
}
