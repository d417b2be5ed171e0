import { Writer, decodeActionCall, deny, modify } from '../../sdk'
export { alloc } from '../../sdk'

/** Judges `transfer_resource`: a whole positive amount, handed over in person. The kernel knows the balances. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('transfer_resource')) unreachable()
  const amount = judged.action.field('amount')
  if (amount.int() < 1) return deny('INVALID_AMOUNT').pack()
  if (!judged.facts.field('same_location').bool()) return deny('NOT_CO_LOCATED').pack()
  const replacement = new Writer()
    .map(4)
    .text('to').item(judged.action.field('to'))
    .text('kind').text('emit_resource_transfer')
    .text('amount').item(amount)
    .text('resource').item(judged.action.field('resource'))
  return modify(replacement).pack()
}
