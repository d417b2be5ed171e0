import { useEffect, useState } from 'react'
import { CircleCheck, CircleX, Download, Hourglass, Send } from 'lucide-react'
import { useStore } from 'zustand'
import { toHex } from '../../../codec/index.ts'
import type { ErrorInfo } from '../../../codec/index.ts'
import type { ReceiptAt } from '../../../node/index.ts'
import { groupedHex } from '../../../vault/index.ts'
import type { Intent, SignedIntent } from '../../../vault/index.ts'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { errorInfoOf } from '../../node-client/errors.ts'
import { nodeStore } from '../../stores/node.ts'
import { Button, ButtonLink, CopyButton, Problem } from '../../ui/parts.tsx'
import { DeskProblem } from '../keys/DeskProblem.tsx'
import { saveFile } from '../keys/files.ts'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

type Sending =
  | { readonly state: 'sending' | 'waiting' | 'late' }
  | { readonly state: 'refused'; readonly error: ErrorInfo }
  | { readonly state: 'final'; readonly at: ReceiptAt }

/** Hands what was signed to the node and follows it until its block is final: receipt, signature, and what can still be done about it (R10). */
export function SentStep({ intent, signed, record }: { readonly intent: Intent; readonly signed: SignedIntent; readonly record: string }) {
  const { t, f } = useText()
  const d = useDeskText()
  const { sending, again } = useSending(intent, signed)
  const signature = toHex(signed.share_signature ?? signed.envelope_signature)
  const withdrawn = intent.kind === 'reject_proposal' && intent.proposal.author === intent.actor
  const next = intent.kind === 'propose' || intent.kind === 'approve_proposal' ? d.sent.next[intent.kind] : undefined
  const rejected = sending.state === 'final' && sending.at.receipt.status !== 'applied'
  return (
    <>
      <div role="status" className={s.outcome} data-state={rejected ? 'rejected' : sending.state}>
        {sending.state === 'final'
          ? (rejected ? <CircleX size={22} aria-hidden /> : <CircleCheck size={22} aria-hidden />)
          : sending.state === 'refused' || sending.state === 'late' ? <CircleX size={22} aria-hidden /> : <Hourglass size={22} aria-hidden />}
        <p>{rejected ? d.sent.rejected : sending.state === 'final' ? d.sent.final(f.int(sending.at.height)) : d.sent[sending.state]}</p>
      </div>
      {sending.state === 'refused' && <DeskProblem error={sending.error} safe={d.sent.refusedSafe} action={<Button onClick={again}><Send size={15} aria-hidden />{d.sent.again}</Button>} />}
      {rejected && sending.at.receipt.code !== null && <Problem family="rejections" error={{ code: sending.at.receipt.code, message: '', detail: {} }} />}
      <section className={s.part}>
        <h3>{d.sent.signature}</h3>
        <p className={s.groups}><code translate="no">{groupedHex(signature)}</code><CopyButton value={signature} /></p>
        <p className={ui.note}>{d.sent.action} <code>{signed.action_id}</code></p>
        <div className={ui.row}>
          {sending.state === 'final' && <ButtonLink href={`#/receipt/${signed.action_id}`}>{t.act.openReceipt}</ButtonLink>}
          <Button onClick={() => saveFile(`signed-${signed.action_id.slice(0, 8)}.json`, record, 'application/json')}><Download size={15} aria-hidden />{d.sent.record}</Button>
        </div>
      </section>
      {sending.state === 'final' && !rejected && next !== undefined && <p>{next}</p>}
      <p className={ui.note}>{withdrawn ? d.sent.undo.withdraw : d.sent.undo[intent.kind]}</p>
    </>
  )
}

function useSending(intent: Intent, signed: SignedIntent): { readonly sending: Sending; readonly again: () => void } {
  const height = useStore(nodeStore, ({ status }) => status?.head?.height ?? 0)
  const [sending, setSending] = useState<Sending>({ state: 'sending' })
  const [tries, setTries] = useState(0)
  useEffect(() => {
    let current = true
    const send = async (): Promise<void> => {
      try {
        await (await whenNode()).submit(signed.envelope)
        if (current) setSending({ state: 'waiting' })
      } catch (error) {
        if (current) setSending({ state: 'refused', error: errorInfoOf(error) })
      }
    }
    void send()
    return () => { current = false }
  }, [signed, tries])
  useEffect(() => {
    if (sending.state !== 'waiting') return undefined
    let current = true
    void whenNode().then((node) => node.receipt(signed.action_id)).then((at) => {
      if (!current) return
      if (at !== null) setSending({ state: 'final', at })
      else if (height > intent.valid_until_height) setSending({ state: 'late' })
    }, () => undefined) // the next block asks again
    return () => { current = false }
  }, [height, sending.state, signed, intent])
  return { sending, again: () => { setSending({ state: 'sending' }); setTries(tries + 1) } }
}
