import { MapWriter, allow, decodeActionCall, deny, plan } from '../../sdk'
export { alloc } from '../../sdk'

/** Most units an agent digs out in one go. */
const MAX_AMOUNT: i64 = 40
/** Units dug out in a block, as a rule; fewer while a supply shock lasts. */
const UNITS_PER_BLOCK: i64 = 8
const BASIS_POINTS: i64 = 10_000
/** Units dug out for one unit of electricity. */
const UNITS_PER_ELECTRICITY: i64 = 4

/** Judges `mine_compound`: as much as was asked for, as there is, and as one goes for; each begun block and unit of electricity counts whole. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('mine_compound')) unreachable()
  const wanted = judged.facts.field('amount').int()
  if (wanted < 1) return deny('INVALID_AMOUNT').pack()
  const amount = min(min(wanted, MAX_AMOUNT), judged.facts.field('remaining').int())
  if (amount < 1) return deny('ASTEROID_DEPLETED').pack()
  return plan('economy.mining_plan', new MapWriter().int('amount', amount).int('blocks', begun(amount * BASIS_POINTS, UNITS_PER_BLOCK * judged.facts.field('mining_bps').int())).done())
    .decide(allow().costElectricity(begun(amount, UNITS_PER_ELECTRICITY)))
    .pack()
}

function begun(amount: i64, unit: i64): i64 {
  return (amount + unit - 1) / unit
}
