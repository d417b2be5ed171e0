/** Turns what the node refused into notices, once each. */
import type { NodeStatus, RefusalNotice } from '../../node/index.ts'
import { shortHex, text } from '../i18n/index.ts'
import { isWrongdoing } from '../trust/refusals.ts'
import { toast } from '../stores/toasts.ts'

/** Refusals of `next` that `previous` did not have, oldest first. The node keeps a bounded list, newest last. */
export function newRefusals(previous: NodeStatus | null, next: NodeStatus): readonly RefusalNotice[] {
  if (previous === null) return []
  const keyOf = (refusal: RefusalNotice): string => [refusal.at, refusal.code, refusal.peer_id, refusal.height].join(' ')
  const known = new Set(previous.refusals.map(keyOf))
  return next.refusals.filter((refusal) => !known.has(keyOf(refusal)))
}

/** Shows the newest new refusal of something wrong; all of them stand on the network page. */
export function noticeRefusals(previous: NodeStatus | null, next: NodeStatus): void {
  const refusal = newRefusals(previous, next).findLast(isWrongdoing)
  if (refusal === undefined) return
  const { copy } = text()
  const what = copy.codes.failures[refusal.code]?.what ?? refusal.code
  toast('bad', copy.toast.refused(what), {
    ...(refusal.peer_id === null ? {} : { detail: copy.toast.fromPeer(shortHex(refusal.peer_id, 8)) }),
    link: { href: '#/network', label: copy.toast.seeNetwork },
  })
}
