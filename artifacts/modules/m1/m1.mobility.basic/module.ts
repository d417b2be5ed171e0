import { allow, decodeActionCall, deny } from '../../sdk'
export { alloc } from '../../sdk'

const CM_PER_KM: i64 = 100_000
/** One drive carries so many units of cargo a kilometre for one more unit of electricity. */
const CARGO_KM_PER_ELECTRICITY: i64 = 160
/** Far above what a body holds; keeps the product of cargo and distance far below 2^63. */
const MAX_CARGO: i64 = 1_000_000

/** Judges `move_agent`: it takes a drive, and cargo makes the way dearer, shared among the drives. The bare way has another rule. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('move_agent')) unreachable()
  const facts = judged.facts
  const drives = facts.field('mobility_slots').int()
  if (drives < 1) return deny('NO_MOBILITY').pack()
  const distance = facts.field('distance_cm').int()
  if (distance < 0) unreachable()
  const km = (distance + CM_PER_KM - 1) / CM_PER_KM
  const cargo = min(facts.field('cargo_used').int(), MAX_CARGO)
  return allow().costElectricity(km * cargo / CARGO_KM_PER_ELECTRICITY / drives).pack()
}
