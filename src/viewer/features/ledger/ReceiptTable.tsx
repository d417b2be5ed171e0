import { useText } from '../../i18n/index.ts'
import type { Receipt } from '../../../world/index.ts'
import { ReceiptLink } from '../../ui/links.tsx'
import { Badge, TableScroll } from '../../ui/parts.tsx'

export function ReceiptTable({ receipts }: { receipts: readonly Receipt[] }) {
  const { t, f } = useText()
  return (
    <TableScroll label={t.ledger.receipts} nowrap>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.ledger.actionId}</th><th scope="col">{t.ledger.status}</th><th scope="col" data-num>{t.agent.electricity}</th>
            <th scope="col" data-num>{t.agent.data}</th><th scope="col" data-num>{t.ledger.fuel}</th><th scope="col" data-num>{t.ledger.events}</th>
          </tr>
        </thead>
        <tbody>
          {receipts.map((receipt) => (
            <tr key={receipt.action_id}>
              <td><ReceiptLink id={receipt.action_id} /></td>
              <td><ReceiptStatus receipt={receipt} /></td>
              <td data-num>{f.int(receipt.fees.electricity)}</td>
              <td data-num>{f.int(receipt.fees.data)}</td>
              <td data-num>{f.int(receipt.fuel)}</td>
              <td data-num>{f.int(receipt.events.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  )
}

export function ReceiptStatus({ receipt }: { receipt: Receipt }) {
  const { t } = useText()
  if (receipt.status === 'applied') return <Badge tone="ok">✓ {t.ledger.applied}</Badge>
  return <><Badge tone="bad">✕ {t.ledger.rejected}</Badge> <code>{receipt.code}</code></>
}
