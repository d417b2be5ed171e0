import { ActionCall, Decision, Output, Writer, allow, decodeActionCall, deny } from '../../sdk'
export { alloc } from '../../sdk'

/** Electricity an agent can hold. */
const CAPACITY: i64 = 200

/**
 * States how much an agent can hold, to everything that can give electricity to one, and denies what would not fit: harvesting when full,
 * overfilling a recipient, buying more than there is room for.
 */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  return new Output()
    .emit('power.storage_limit', new Writer().map(1).text('capacity').int(CAPACITY))
    .decide(decide(judged))
    .pack()
}

function decide(judged: ActionCall): Decision {
  const facts = judged.facts
  if (judged.isKind('transfer_resource')) {
    return facts.field('resource').isText('electricity') ? unlessOverfilled(facts.field('recipient_balance').int(), facts.field('amount').int()) : allow()
  }
  if (judged.isKind('harvest_radiation')) return facts.field('electricity').int() >= CAPACITY ? deny('STORAGE_FULL') : allow()
  if (judged.isKind('place_power_order')) {
    return facts.field('side').isText('buy') ? unlessOverfilled(facts.field('electricity').int(), facts.field('amount').int()) : allow()
  }
  return allow()
}

/** A non-positive amount is another rule's business, and never overfills. */
function unlessOverfilled(balance: i64, amount: i64): Decision {
  return amount > 0 && balance + amount > CAPACITY ? deny('STORAGE_FULL') : allow()
}
