import { Writer, decodeActionCall, modify } from '../../sdk'
export { alloc } from '../../sdk'

/** How far an agent's sensors reach: 15 km, about the distance between neighbours in the small belt. */
const VISIBILITY_RANGE_CM: i64 = 1_500_000

/** Judges `query_observation`: the agent sees those candidates that are in range, in the kernel's order, nearest first. */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('query_observation')) unreachable()
  const visible = new Writer()
  let count: u64 = 0
  const candidates = judged.facts.field('candidates').list()
  while (candidates.hasNext()) {
    const candidate = candidates.next()
    if (candidate.field('distance_cm').int() > VISIBILITY_RANGE_CM) continue
    visible.item(candidate)
    count++
  }
  const replacement = new Writer().map(2).text('kind').text('emit_observation').text('visible').list(count).append(visible)
  return modify(replacement).pack()
}
