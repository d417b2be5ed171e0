import { schema } from '../codec/index.ts'
import type { Infer } from '../codec/index.ts'
import { bodyParamsSchema, DEFAULT_BODY_PARAMS } from './body/params.ts'
import { DEFAULT_EFFECT_PARAMS, effectParamsSchema } from './effects/params.ts'
import { DEFAULT_INDUSTRY_PARAMS, industryParamsSchema } from './industry/params.ts'
import { DEFAULT_MARKET_PARAMS, marketParamsSchema } from './market/params.ts'
import { DEFAULT_METERING_PARAMS, meteringParamsSchema } from './rules/params.ts'
import { DEFAULT_SOCIETY_PARAMS, societyParamsSchema } from './society/params.ts'

const { int, object } = schema

/** Ledgers and sums of all ledgers stay far below 2^53, so no addition in the kernel can leave the safe integers. */
export const MAX_AMOUNT = 2 ** 40

/** Constants of one world, part of its genesis and of its state. Distances in centimetres, times in blocks. */
export const worldParamsSchema = object({
  /** How far an agent moves in one block. */
  speed_cm_per_block: int(1, 10_000_000),
  /** What a new agent gets from the treasury. */
  start_electricity: int(0, 1_000_000),
  start_data: int(0, 1_000_000),
  /** What the treasury holds before settled agents get their start. New agents cannot be paid once it is empty. */
  treasury_electricity: int(0, MAX_AMOUNT),
  treasury_data: int(0, MAX_AMOUNT),
  /** Electricity an agent can hold when no module says otherwise. */
  electricity_capacity: int(1, 1_000_000_000),
  /** Agents the world has room for, settled ones included: bounds the state. */
  max_agents: int(1, 1_000_000),
  /** New agents per block: a flood of free registrations cannot crowd out everything else. */
  registrations_per_block: int(0, 5000),
  /** Longest harvest in one action. */
  harvest_blocks_max: int(1, 10_000),
  /** How far the kernel looks for candidates of an observation; modules may narrow it. */
  visibility_range_cm: int(1, 20_000_000),
  /** Most candidates in one observation: bounds module input and event size. */
  observation_limit: int(1, 256),
  /** Stake changes take effect after every so many blocks. */
  epoch_blocks: int(1, 1_000_000),
  /** Share of stake a double vote costs, in basis points. */
  slash_bps: int(0, 10_000),
  /** How old a double vote may be and still be punished. */
  evidence_max_age_blocks: int(1, 1_000_000),
  /** How far ahead an action may set its last valid height: bounds how long a signature lies around usable. */
  max_action_validity_blocks: int(1, 1_000_000),
  /** Fuel all module calls and signature checks of one block may use. */
  block_fuel_limit: int(1, 2 ** 46),
  metering: meteringParamsSchema,
  effects: effectParamsSchema,
  body: bodyParamsSchema,
  industry: industryParamsSchema,
  market: marketParamsSchema,
  society: societyParamsSchema,
})
export type WorldParams = Infer<typeof worldParamsSchema>

/** 100 km take 50 blocks; a start lets an agent cross the belt once; the treasury pays every agent there is room for. */
export const DEFAULT_PARAMS: WorldParams = {
  speed_cm_per_block: 200_000,
  start_electricity: 100,
  start_data: 20,
  treasury_electricity: 3_000_000,
  treasury_data: 600_000,
  electricity_capacity: 200,
  max_agents: 20_000,
  registrations_per_block: 64,
  harvest_blocks_max: 20,
  visibility_range_cm: 1_500_000,
  observation_limit: 32,
  epoch_blocks: 100,
  slash_bps: 1_000,
  evidence_max_age_blocks: 10_000,
  max_action_validity_blocks: 1_000,
  block_fuel_limit: 500_000_000,
  metering: DEFAULT_METERING_PARAMS,
  effects: DEFAULT_EFFECT_PARAMS,
  body: DEFAULT_BODY_PARAMS,
  industry: DEFAULT_INDUSTRY_PARAMS,
  market: DEFAULT_MARKET_PARAMS,
  society: DEFAULT_SOCIETY_PARAMS,
}
