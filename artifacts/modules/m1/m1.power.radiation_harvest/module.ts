import { Writer, decodeActionCall, deny, modify } from '../../sdk'
export { alloc } from '../../sdk'

/**
 * Yield in electricity per block, by the asteroid's radiation level: 1 + floor(radiation / 10).
 *
 *   radiation   1–9   10–19   20–29   …   100–109   …   990 and more
 *   per block    1      2       3     …      11     …       100
 */
const RADIATION_PER_EXTRA_UNIT: i64 = 10
const MAX_YIELD_PER_BLOCK: i64 = 100
/** Far above what the kernel lets an agent ask for; keeps blocks × yield far below 2^53. */
const MAX_BLOCKS: i64 = 1_000_000

/** Judges `harvest_radiation`: how much electricity so many blocks at this asteroid give. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('harvest_radiation')) unreachable()
  const blocks = judged.facts.field('blocks').int()
  if (blocks < 1 || blocks > MAX_BLOCKS) return deny('INVALID_AMOUNT').pack()
  const radiation = judged.facts.field('radiation').int()
  if (radiation < 1) return deny('NO_RADIATION').pack()
  const perBlock = min(1 + radiation / RADIATION_PER_EXTRA_UNIT, MAX_YIELD_PER_BLOCK)
  const replacement = new Writer()
    .map(3)
    .text('kind').text('emit_harvest')
    .text('amount').int(blocks * perBlock)
    .text('blocks').int(blocks)
  return modify(replacement).pack()
}
