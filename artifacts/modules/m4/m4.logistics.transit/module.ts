import { Item, MapWriter, allow, decodeActionCall, deny, plan } from '../../sdk'
export { alloc } from '../../sdk'

const CM_PER_KM: i64 = 100_000
/** How far a transit comes in a block; an urgent one comes twice as far, for twice the price. */
const CM_PER_BLOCK: i64 = 4 * CM_PER_KM
const URGENT_FACTOR: i64 = 2
/** Hundredths of a percent lost per kilometre, of the class of materials that is lost least. */
const LOSS_BPS_PER_KM: i64 = 5
const ALL_BPS: i64 = 10_000
/** One unit of electricity carries a load so big so far; each begun one counts whole. */
const UNITS_PER_LOAD: i64 = 20
const CM_PER_LEG: i64 = 10 * CM_PER_KM
/** Far above any belt and any cargo; products stay far below 2^63. */
const MAX_DISTANCE_CM: i64 = 1_000_000_000_000
const MAX_AMOUNT: i64 = 1_000_000_000

/** Judges `transfer_material`: hand to hand it costs nothing; over a distance it takes time and electricity, and some of it gets lost. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('transfer_material')) unreachable()
  const facts = judged.facts
  const amount = facts.field('amount').int()
  if (amount < 1 || amount > MAX_AMOUNT) return deny('INVALID_AMOUNT').pack()
  if (facts.field('same_location').bool()) return allow().pack()
  const distance = facts.field('distance_cm').int()
  if (distance < 0 || distance > MAX_DISTANCE_CM) unreachable()
  const speedup = facts.field('priority').isText('urgent') ? URGENT_FACTOR : 1
  const transit = new MapWriter()
    .int('blocks', 1 + begun(distance, CM_PER_BLOCK * speedup))
    .int('loss_bps', min(begun(distance * LOSS_BPS_PER_KM * fragility(facts.field('loss_class')), CM_PER_KM), ALL_BPS))
  return plan('economy.transit_plan', transit.done())
    .decide(allow().costElectricity(begun(distance, CM_PER_LEG) * begun(amount, UNITS_PER_LOAD) * speedup))
    .pack()
}

/** How much more of a class gets lost than of the class `low`. */
function fragility(lossClass: Item): i64 {
  if (lossClass.isText('low')) return 1
  if (lossClass.isText('medium')) return 2
  if (!lossClass.isText('high')) unreachable()
  return 4
}

function begun(amount: i64, unit: i64): i64 {
  return (amount + unit - 1) / unit
}
