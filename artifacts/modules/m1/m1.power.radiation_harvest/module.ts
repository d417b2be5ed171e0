import { Writer, decodeActionCall, deny, modify } from '../../sdk'
export { alloc } from '../../sdk'

/**
 * Yield in electricity per block of a body with two power slots, by the asteroid's radiation level: 1 + floor(radiation / 10).
 *
 *   radiation   1–9   10–19   20–29   …   100–109   …   990 and more
 *   per block    1      2       3     …      11     …       100
 */
const RADIATION_PER_EXTRA_UNIT: i64 = 10
const MAX_YIELD_PER_BLOCK: i64 = 100
/** What the table above is about; others yield in proportion, rounded down. */
const USUAL_POWER_SLOTS: i64 = 2
const BASIS_POINTS: i64 = 10_000
/** Far above what the kernel lets an agent ask for, and a body can carry; keeps the product far below 2^53. */
const MAX_BLOCKS: i64 = 1_000_000
const MAX_POWER_SLOTS: i64 = 100

/** Judges `harvest_radiation`: how much electricity so many blocks at this asteroid give; less in a solar storm. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('harvest_radiation')) unreachable()
  const facts = judged.facts
  const blocks = facts.field('blocks').int()
  if (blocks < 1 || blocks > MAX_BLOCKS) return deny('INVALID_AMOUNT').pack()
  const radiation = facts.field('radiation').int()
  if (radiation < 1) return deny('NO_RADIATION').pack()
  const slots = min(facts.field('power_slots').int(), MAX_POWER_SLOTS)
  if (slots < 1) return deny('NO_POWER_SLOT').pack()
  const perBlock = min(1 + radiation / RADIATION_PER_EXTRA_UNIT, MAX_YIELD_PER_BLOCK)
  const undisturbed = blocks * perBlock * slots / USUAL_POWER_SLOTS
  const replacement = new Writer()
    .map(3)
    .text('kind').text('emit_harvest')
    .text('amount').int(undisturbed * facts.field('harvest_bps').int() / BASIS_POINTS)
    .text('blocks').int(blocks)
  return modify(replacement).pack()
}
