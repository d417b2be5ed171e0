import { Item } from '../../sdk'

/** How far the world's industry has come, in ascending order. */
export const BOOTSTRAP: i32 = 0
export const SCALE_OUT: i32 = 1
export const GOVERNANCE: i32 = 2

/** The fact `industry_stage` as one of these; traps on any other. */
export function stageOf(fact: Item): i32 {
  if (fact.isText('bootstrap')) return BOOTSTRAP
  if (fact.isText('scale_out')) return SCALE_OUT
  if (!fact.isText('governance')) unreachable()
  return GOVERNANCE
}
