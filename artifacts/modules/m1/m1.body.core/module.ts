import { Item, Writer, decodeActionCall, deny, modify } from '../../sdk'
export { alloc } from '../../sdk'

/** Electricity it takes to rebuild a body. */
const PRICE: i64 = 10

const MIN_MASS_KG: i64 = 10
const MAX_MASS_KG: i64 = 100_000
const MIN_RADIUS_CM: i64 = 10
const MAX_RADIUS_CM: i64 = 2_000
/** Newtons a frame bears per kilogram: about two g. */
const MAX_THRUST_PER_KG: i64 = 20

/**
 * Judges `body_action`: which measures a body can have, and that changing them costs energy. The cross-section belongs to the radius r:
 * from r² (a slim frame) to 4 r² (the square around it).
 */
export function call(ptr: usize, len: usize): u64 {
  const judged = decodeActionCall(ptr, len)
  if (!judged.isKind('body_action')) unreachable()
  const view = judged.facts.field('wanted')
  const misfit = whyImpossible(view)
  if (misfit != '') return deny('BODY_OUT_OF_RANGE').note(misfit).pack()
  const replacement = new Writer().map(2).text('kind').text('emit_body_attributes').text('view').item(view)
  return modify(replacement).costElectricity(PRICE).pack()
}

/** Name of the first measure that does not fit; empty when all do. */
function whyImpossible(view: Item): string {
  const mass = view.field('mass_kg').int()
  if (mass < MIN_MASS_KG || mass > MAX_MASS_KG) return 'mass_kg'
  const radius = view.field('radius_cm').int()
  if (radius < MIN_RADIUS_CM || radius > MAX_RADIUS_CM) return 'radius_cm'
  const thrust = view.field('thrust_limit').int()
  if (thrust < 0 || thrust > mass * MAX_THRUST_PER_KG) return 'thrust_limit'
  const section = view.field('cross_section_cm2').int()
  return section < radius * radius || section > 4 * radius * radius ? 'cross_section_cm2' : ''
}
