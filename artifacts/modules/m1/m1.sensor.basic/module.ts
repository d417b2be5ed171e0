import { ActionCall, MapWriter, Output, allow, decodeActionCall, deny } from '../../sdk'
export { alloc } from '../../sdk'

/** Data one sensor gathers in a block at an asteroid that was never surveyed. */
const DATA_PER_BLOCK: i64 = 3
/** Electricity the sensors use in a block of surveying. */
const ELECTRICITY_PER_BLOCK: i64 = 1
/** Electricity it takes to look around. */
const ELECTRICITY_PER_LOOK: i64 = 1
const BASIS_POINTS: i64 = 10_000

/** Far above what the kernel lets an agent ask for, and what a body can carry; products stay far below 2^63. */
const MAX_BLOCKS: i64 = 1_000_000
const MAX_SENSORS: i64 = 1_000
/** After so many surveys not even the longest one finds anything. */
const MAX_SURVEYS: i64 = 40

/** Judges `collect_data` and `query_observation`: both take a sensor, and energy. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  const collects = judged.isKind('collect_data')
  if (!collects && !judged.isKind('query_observation')) unreachable()
  if (judged.facts.field('sensor_slots').int() < 1) return deny('NO_SENSOR').pack()
  return collects ? survey(judged) : allow().costElectricity(ELECTRICITY_PER_LOOK).pack()
}

/** Every survey of the same asteroid finds half of what the one before it found. */
function survey(judged: ActionCall): u64 {
  const facts = judged.facts
  const blocks = facts.field('blocks').int()
  if (blocks < 1 || blocks > MAX_BLOCKS) return deny('INVALID_AMOUNT').pack()
  const sensors = min(facts.field('sensor_slots').int(), MAX_SENSORS)
  const surveys = facts.field('surveyed_by_me').int()
  if (surveys < 0) unreachable()
  const undisturbed = blocks * sensors * DATA_PER_BLOCK >> min(surveys, MAX_SURVEYS)
  const amount = undisturbed * facts.field('collection_bps').int() / BASIS_POINTS
  if (amount < 1) return deny('NOTHING_NEW').pack()
  return new Output()
    .emit('data.collection_plan', new MapWriter().int('amount', amount).int('blocks', blocks).done())
    .decide(allow().costElectricity(blocks * ELECTRICITY_PER_BLOCK))
    .pack()
}
