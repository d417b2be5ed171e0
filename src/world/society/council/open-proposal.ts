import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { reject } from '../../rejections.ts'
import { scheduleAt } from '../../schedule.ts'
import { readConfig, readHead } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { CouncilOpened } from '../events.ts'
import { councilKey, OPEN_COUNCILS_KEY, RECENT_COUNCILS_KEY } from '../keys.ts'
import { readCouncil, readOpenCouncils } from '../read.ts'
import type { CouncilRecord } from '../records.ts'
import { unretire } from '../recent.ts'
import { openProposalShape } from '../shapes.ts'

const LEAST_OPTIONS = 2
/** Who changes the policy must bring so much weight together: three, or one for so many agents. */
const LEAST_POLICY_QUORUM = 3
const AGENTS_PER_POLICY_WEIGHT = 10

/** A question to everybody. A policy may hang on it: it comes into force when the first option wins. */
export const openProposal = defineAction({
  kind: 'open_council_proposal',
  actors: 'agents',
  shape: openProposalShape,
  override: null,
  fuel: 0,
  examine: ({ state, params }, { key, options, policy, quorum_weight, voting_window_blocks }) => {
    if (readCouncil(state, key)?.status === 'open') return reject('PROPOSAL_EXISTS', { key })
    if (options.length < LEAST_OPTIONS || options.includes('') || new Set(options).size !== options.length) return reject('BAD_OPTIONS')
    const open = readOpenCouncils(state).length
    const { max_open_proposals: limit, policy_window_blocks: min_window } = params.society
    if (open >= limit) return reject('PROPOSAL_LIMIT', { open, limit })
    const min_quorum = Math.max(LEAST_POLICY_QUORUM, Math.floor(readHead(state).agent_count / AGENTS_PER_POLICY_WEIGHT))
    if (policy !== null && (voting_window_blocks < min_window || quorum_weight < min_quorum)) return reject('POLICY_TERMS', { min_window, min_quorum })
    return { facts: { open, options: options.length, changes_policy: policy !== null } }
  },
  conclude: ({ actor, height, params }, { key, title, description, options, policy, quorum_weight, pass_threshold_bps, voting_window_blocks }) => ({
    event: 'council.opened',
    payload: {
      agent: actor, key, title, description, options, opened_height: height, closes_height: height + voting_window_blocks + 1, quorum_weight,
      pass_threshold_bps, policy,
    },
    cost: { data: params.society.proposal_data_cost },
  }),
})

export function applyCouncilOpened(state: StagedState, event: CouncilOpened, eventId: string): void {
  const { agent, key, title, description, options, opened_height, closes_height, quorum_weight, pass_threshold_bps, policy } = event
  const council: CouncilRecord = {
    title, description, proposer: agent, options: options.map((name) => ({ name, weight: 0, votes: 0 })), opened_height, closes_height, quorum_weight,
    pass_threshold_bps, policy, status: 'open', winning_option: null,
  }
  state.set(councilKey(key), council as unknown as Value)
  state.set(OPEN_COUNCILS_KEY, [...readOpenCouncils(state), key])
  unretire(state, RECENT_COUNCILS_KEY, councilKey(key))
  scheduleAt(state, closes_height + readConfig(state).params.society.grace_blocks, { kind: 'council_end', subject: councilKey(key), cause: eventId })
}
