import { allow, decodeActionCall, deny } from '../../sdk'
export { alloc } from '../../sdk'

/** One unit of electricity carries an agent this far: 1 km. */
const CM_PER_ELECTRICITY: i64 = 100_000

/** Judges `move_agent`: no move to where one already is; otherwise one unit of electricity per started kilometre. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('move_agent')) unreachable()
  const distance = judged.facts.field('distance_cm').int()
  if (distance < 0) unreachable()
  if (distance == 0) return deny('ZERO_DISTANCE').pack()
  return allow().costElectricity((distance + CM_PER_ELECTRICITY - 1) / CM_PER_ELECTRICITY).pack()
}
