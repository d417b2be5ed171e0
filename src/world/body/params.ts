import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { MAX_ACCESS_GRANTS, MAX_SLOTS, MAX_SURVEYS } from './limits.ts'

const { int, object } = schema

export const bodyParamsSchema = object({
  /** Slots a body can grow to. */
  slots_max: int(1, MAX_SLOTS),
  /** Longest collection of data in one action. */
  collect_blocks_max: int(1, 10_000),
  /** Most data one collection brings, whatever a rule says: collecting creates it. */
  collect_amount_max: int(0, 1_000_000),
  /** Asteroids of which an agent remembers how often it surveyed them; the one surveyed longest ago is forgotten first. */
  surveys_remembered: int(1, MAX_SURVEYS),
  /** Agents that may be given access to one agent's data. */
  access_grants_max: int(0, MAX_ACCESS_GRANTS),
})
export type BodyParams = Infer<typeof bodyParamsSchema>

export const DEFAULT_BODY_PARAMS: BodyParams = {
  slots_max: 16,
  collect_blocks_max: 20,
  collect_amount_max: 1_000,
  surveys_remembered: 128,
  access_grants_max: 32,
}
