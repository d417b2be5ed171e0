import { ActionCall, Decision, Output, Writer, allow, decodeActionCall, deny } from '../../sdk'
export { alloc } from '../../sdk'

/** Electricity an agent can hold. */
const CAPACITY: i64 = 200

/** States how much an agent can hold, and denies what would not fit: harvesting when full, or overfilling a recipient. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  return new Output()
    .emit('power.storage_limit', new Writer().map(1).text('capacity').int(CAPACITY))
    .decide(decide(judged))
    .pack()
}

function decide(judged: ActionCall): Decision {
  if (judged.isKind('harvest_radiation')) {
    return judged.facts.field('electricity').int() >= CAPACITY ? deny('STORAGE_FULL') : allow()
  }
  if (!judged.isKind('transfer_resource')) unreachable()
  if (!judged.facts.field('resource').isText('electricity')) return allow()
  // A non-positive amount is another rule's business, and never overfills.
  const afterwards = judged.facts.field('recipient_balance').int() + judged.facts.field('amount').int()
  return afterwards > CAPACITY && judged.facts.field('amount').int() > 0 ? deny('STORAGE_FULL') : allow()
}
