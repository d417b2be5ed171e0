import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { reject } from '../../rejections.ts'
import type { AgentRecord } from '../../state/records.ts'
import type { StagedState, StateReader } from '../../state/state.ts'
import type { CouncilVoted } from '../events.ts'
import { councilKey, votesKey } from '../keys.ts'
import { readCouncil, readVotes } from '../read.ts'
import type { Votes } from '../records.ts'
import { castVoteShape } from '../shapes.ts'

const MAX_WEIGHT = 100
const REPUTATION_PER_WEIGHT = 10

/** What a vote counts comes from the state, never from the voter. */
export function voteWeight({ reputation }: AgentRecord): number {
  return Math.min(MAX_WEIGHT, 1 + Math.floor(reputation / REPUTATION_PER_WEIGHT))
}

/** One vote for each agent, final, with the weight its name has at that moment. */
export const castVote = defineAction({
  kind: 'cast_council_vote',
  actors: 'agents',
  shape: castVoteShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent, height }, { key, option }) => {
    const council = readCouncil(state, key)
    if (council === null) return reject('PROPOSAL_NOT_FOUND', { key })
    const { status, options, opened_height, closes_height } = council
    if (status !== 'open' || height >= closes_height) return reject('PROPOSAL_CLOSED', { key, closes_height })
    if (!options.some(({ name }) => name === option)) return reject('NO_SUCH_OPTION', { key })
    if (agent!.registered_at >= opened_height) return reject('NOT_ELIGIBLE', { opened_height, registered_at: agent!.registered_at })
    if (votesStanding(state, actor).some((vote) => vote.key === key)) return reject('ALREADY_VOTED', { key })
    return { facts: { weight: voteWeight(agent!), opened_height, closes_height } }
  },
  conclude: ({ actor }, { key, option }, { weight, opened_height }) => ({ event: 'council.voted', payload: { agent: actor, key, opened_height, option, weight } }),
})

/** Those on proposals that are still open: at most as many as can be open. */
function votesStanding(state: StateReader, agentId: string): Votes {
  return readVotes(state, agentId).filter(({ key, opened_height }) => {
    const council = readCouncil(state, key)
    return council !== null && council.status === 'open' && council.opened_height === opened_height
  })
}

export function applyCouncilVoted(state: StagedState, { agent, key, opened_height, option, weight }: CouncilVoted): void {
  state.set(votesKey(agent), [...votesStanding(state, agent), { key, opened_height, option, weight }])
  const council = readCouncil(state, key)!
  const options = council.options.map((entry) => (entry.name === option ? { name: option, weight: entry.weight + weight, votes: entry.votes + 1 } : entry))
  state.set(councilKey(key), { ...council, options } as unknown as Value)
}
