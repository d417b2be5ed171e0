import { schema } from '../../codec/index.ts'
import { AGENT_ID, AGENT_NAME } from '../state/records.ts'
import { policySchema } from './params.ts'
import { ALLIANCE_ID, CONTRACT_ID, COUNCIL_ID, CRISIS_ID, deliverySchema, MAX_INTENSITY, MAX_MEMBERS, MAX_OPTIONS, MAX_STAKE, paymentSchema } from './records.ts'
import { line } from './texts.ts'

const { array, int, literal, nullable, object } = schema

// What actors may ask for in this part.

export const openContractShape = object({
  kind: literal('open_economic_contract'),
  /** Null: whoever accepts first. */
  counterparty: nullable(AGENT_ID),
  deliver: deliverySchema,
  payment: paymentSchema,
  reputation_stake: int(0, MAX_STAKE),
  expires_in_blocks: int(1),
  description: line(280),
})
export const acceptContractShape = object({ kind: literal('accept_economic_contract'), contract_id: CONTRACT_ID })
export const settleContractShape = object({ kind: literal('settle_economic_contract'), contract_id: CONTRACT_ID })
export const cancelContractShape = object({ kind: literal('cancel_economic_contract'), contract_id: CONTRACT_ID })

export const formAllianceShape = object({ kind: literal('form_alliance'), name: AGENT_NAME, invite: array(AGENT_ID, MAX_MEMBERS - 1) })
export const inviteShape = object({ kind: literal('invite_to_alliance'), alliance_id: ALLIANCE_ID, agent: AGENT_ID })
export const joinAllianceShape = object({ kind: literal('join_alliance'), alliance_id: ALLIANCE_ID })
export const leaveAllianceShape = object({ kind: literal('leave_alliance') })
export const dissolveAllianceShape = object({ kind: literal('dissolve_alliance') })

export const declareWarShape = object({ kind: literal('declare_war'), defender: ALLIANCE_ID, objective: line(160), intensity: int(1, MAX_INTENSITY) })

export const resolveCrisisShape = object({ kind: literal('resolve_crisis'), crisis_id: CRISIS_ID, amount: int(1) })

export const openProposalShape = object({
  kind: literal('open_council_proposal'),
  key: COUNCIL_ID,
  title: line(80),
  description: line(600),
  /** The first one carries out `policy`, if there is one. */
  options: array(line(40), MAX_OPTIONS),
  voting_window_blocks: int(1, 1_440),
  quorum_weight: int(1, 10_000_000),
  pass_threshold_bps: int(5_000, 10_000),
  policy: nullable(policySchema),
})
export const castVoteShape = object({ kind: literal('cast_council_vote'), key: COUNCIL_ID, option: line(40) })
