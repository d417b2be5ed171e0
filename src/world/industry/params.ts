import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { int, object } = schema

/** Room in the indexes of factories and transits. */
export const MAX_FACTORIES_PER_AGENT = 64
export const MAX_FACTORIES_PER_ASTEROID = 512
export const MAX_TRANSITS_PER_AGENT = 64

export const industryParamsSchema = object({
  /** Units an agent can carry when no module says otherwise. */
  cargo_capacity: int(1, 1_000_000),
  /** Most units in one mining action. */
  mine_amount_max: int(1, 1_000_000),
  /** Most batches of one refining or recipe action. */
  batches_max: int(1, 10_000),
  /** Longest task, job, construction or transit a module may plan. */
  plan_blocks_max: int(1, 100_000),
  /** Most electricity a plan may ask for. */
  plan_power_max: int(0, 1_000_000_000),
  /** Units that come out of a recipe for each unit that goes in, at most. */
  max_yield_ratio: int(1, 10),
  factories_per_agent: int(0, MAX_FACTORIES_PER_AGENT),
  factories_per_asteroid: int(0, MAX_FACTORIES_PER_ASTEROID),
  /** Transits one agent may have under way. */
  transits_per_agent: int(0, MAX_TRANSITS_PER_AGENT),
  /** No module may plan a faster transit. */
  transit_max_cm_per_block: int(1, 20_000_000),
  /** Durability one spare part restores. */
  maintenance_ppm_per_part: int(1, 1_000_000),
  /** Share of its build cost a factory of full durability gives back. */
  recycle_ppm: int(0, 1_000_000),
})
export type IndustryParams = Infer<typeof industryParamsSchema>

/** A transit crosses the belt in 10 blocks at best, five times faster than an agent; maintenance and recycling as in research/original.md §1.8. */
export const DEFAULT_INDUSTRY_PARAMS: IndustryParams = {
  cargo_capacity: 100,
  mine_amount_max: 100,
  batches_max: 50,
  plan_blocks_max: 1_000,
  plan_power_max: 100_000,
  max_yield_ratio: 2,
  factories_per_agent: 8,
  factories_per_asteroid: 64,
  transits_per_agent: 4,
  transit_max_cm_per_block: 1_000_000,
  maintenance_ppm_per_part: 25_000,
  recycle_ppm: 700_000,
}
