import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'

const { int, object } = schema

const bps = int(0, 2_000)

/** What the council can change by vote. Taxes and fees in basis points, at most a fifth. */
export const policySchema = object({
  /** Of contract payments, to the treasury. */
  electricity_tax_bps: bps,
  data_tax_bps: bps,
  /** Of trades on the power market, to the treasury. */
  power_trade_fee_bps: bps,
  /** Contracts an agent may be party to at a time. */
  max_open_contracts_per_agent: int(1, 64),
})
export type GameplayPolicy = Infer<typeof policySchema>

/** Times in blocks. Costs and spoils of war, tiers of achievements and needs of crises are the same in every world and stand with their rules. */
export const societyParamsSchema = object({
  /** The policy until the council changes it. */
  policy: policySchema,
  /** Longest term of a contract. */
  contract_blocks_max: int(1, 1_000_000),
  /** Reputation an agent can gain by contracts within so many blocks, and how long the same two gain nothing more from each other. */
  reputation_gain_cap: int(0, 64),
  reputation_window_blocks: int(1, 10_000),
  reputation_pair_blocks: int(0, 10_000),
  /** How long an invitation to an alliance stands. */
  invitation_blocks: int(1, 1_000_000),
  max_active_wars: int(0, 16),
  /** A war lasts `war_blocks + intensity · war_blocks_per_intensity`. */
  war_blocks: int(1, 10_000),
  war_blocks_per_intensity: int(0, 1_000),
  /** How long both sides are safe after a war. */
  truce_blocks: int(0, 1_000_000),
  max_active_crises: int(0, 4),
  /** Least distance between two crises. */
  crisis_cooldown_blocks: int(1, 1_000_000),
  /** Usual distance; what crisis modules go by. */
  crisis_interval_blocks: int(1, 1_000_000),
  crisis_blocks_max: int(1, 10_000),
  /** How long a crisis nobody resolved goes on hurting. */
  crisis_aftermath_blocks: int(0, 100_000),
  max_open_proposals: int(0, 16),
  /** Data that opening a proposal costs, to the treasury. */
  proposal_data_cost: int(0, 1_000_000),
  /** Shortest vote on a policy: nobody changes it while the others sleep. */
  policy_window_blocks: int(1, 1_440),
  /** How long after its time something may wait for a module before the kernel ends it itself. */
  grace_blocks: int(1, 10_000),
})
export type SocietyParams = Infer<typeof societyParamsSchema>

export const DEFAULT_SOCIETY_PARAMS: SocietyParams = {
  policy: { electricity_tax_bps: 200, data_tax_bps: 200, power_trade_fee_bps: 100, max_open_contracts_per_agent: 8 },
  contract_blocks_max: 5_000,
  reputation_gain_cap: 24,
  reputation_window_blocks: 20,
  reputation_pair_blocks: 5,
  invitation_blocks: 500,
  max_active_wars: 4,
  war_blocks: 6,
  war_blocks_per_intensity: 2,
  truce_blocks: 50,
  max_active_crises: 2,
  crisis_cooldown_blocks: 20,
  crisis_interval_blocks: 80,
  crisis_blocks_max: 1_000,
  crisis_aftermath_blocks: 20,
  max_open_proposals: 16,
  proposal_data_cost: 5,
  policy_window_blocks: 10,
  grace_blocks: 10,
}
