import { Output, Writer, decodeActionCall } from '../../sdk'
export { alloc } from '../../sdk'

/** Units of cargo any body can carry, and each cargo slot adds. */
const FRAME_UNITS: i64 = 40
const UNITS_PER_SLOT: i64 = 80
/** Far above what a body can carry. */
const MAX_SLOTS: i64 = 1_000

/** States how much the body that the cargo goes into can hold; the kernel knows what is in it. */
export function call(ptr: usize, len: usize): u64 {
  const slots = decodeActionCall(ptr, len).facts.field('cargo_slots').int()
  if (slots < 0) unreachable()
  const capacity = FRAME_UNITS + UNITS_PER_SLOT * min(slots, MAX_SLOTS)
  return new Output().emit('cargo.capacity_limit', new Writer().map(1).text('capacity').int(capacity)).pack()
}
