import type { Proposal, Vote } from '../codec/index.ts'

/**
 * Most rounds above the current one in which one validator's votes are kept. A correct validator ahead of us re-sends its latest
 * rounds, so its highest are the ones that matter; a Byzantine one can fill only its own slots.
 */
export const MAX_FUTURE_ROUNDS_PER_VALIDATOR = 4
/** How far ahead proposals are kept: they are the only large messages, and proposers of neighbouring rounds differ. */
export const MAX_FUTURE_PROPOSAL_ROUNDS = 2

export interface FutureProposal {
  readonly proposal: Proposal
  readonly received_at: number
}

/** Messages of rounds above the current one, waiting for it. */
export interface FutureMessages {
  /** Per validator, ascending by round; at most one vote for each step of a round. */
  readonly votes: ReadonlyMap<string, readonly Vote[]>
  readonly proposals: ReadonlyMap<number, FutureProposal>
}

export const NO_FUTURE: FutureMessages = { votes: new Map(), proposals: new Map() }

/** Keeps a vote of a later round if it is among its validator's highest rounds. */
export function keepFutureVote(future: FutureMessages, vote: Vote): FutureMessages {
  const held = future.votes.get(vote.validator_id) ?? []
  if (held.some((other) => other.round === vote.round && other.type === vote.type)) return future
  const sorted = [...held, vote].sort((a, b) => a.round - b.round)
  const rounds = [...new Set(sorted.map(({ round }) => round))]
  const lowest = rounds.length > MAX_FUTURE_ROUNDS_PER_VALIDATOR ? rounds[rounds.length - MAX_FUTURE_ROUNDS_PER_VALIDATOR]! : rounds[0]!
  const kept = sorted.filter(({ round }) => round >= lowest)
  return { ...future, votes: new Map(future.votes).set(vote.validator_id, kept) }
}

/** Keeps the first proposal of each of the next rounds; `round` is the current one. */
export function keepFutureProposal(future: FutureMessages, entry: FutureProposal, round: number): FutureMessages {
  const at = entry.proposal.round
  if (at > round + MAX_FUTURE_PROPOSAL_ROUNDS || future.proposals.has(at)) return future
  return { ...future, proposals: new Map(future.proposals).set(at, entry) }
}

export interface DueMessages {
  readonly votes: readonly Vote[]
  readonly proposals: readonly FutureProposal[]
  readonly later: FutureMessages
}

/** Splits off what a new current round makes current or past. */
export function takeUpTo(future: FutureMessages, round: number): DueMessages {
  const dueVotes: Vote[] = []
  const votes = new Map<string, readonly Vote[]>()
  for (const [name, held] of future.votes) {
    dueVotes.push(...held.filter((vote) => vote.round <= round))
    const rest = held.filter((vote) => vote.round > round)
    if (rest.length > 0) votes.set(name, rest)
  }
  const dueProposals = [...future.proposals.values()].filter(({ proposal }) => proposal.round <= round)
  const proposals = new Map([...future.proposals].filter(([at]) => at > round))
  return { votes: dueVotes, proposals: dueProposals, later: { votes, proposals } }
}

/**
 * The highest round that validators with at least `honest` stake have reached, or −1. The paper's line 55 asks for f + 1 messages of one
 * round; a validator heard in a later round has left the earlier ones too, so "at least this round" is as safe and needs fewer messages.
 */
export function roundReachedBy(future: FutureMessages, stakeOf: (validator_id: string) => number, honest: number): number {
  const reached = new Map<string, number>()
  for (const [name, held] of future.votes) reached.set(name, held.at(-1)!.round)
  for (const { proposal } of future.proposals.values()) {
    reached.set(proposal.validator_id, Math.max(proposal.round, reached.get(proposal.validator_id) ?? -1))
  }
  let stake = 0
  for (const [name, round] of [...reached].sort((a, b) => b[1] - a[1])) {
    stake += stakeOf(name)
    if (stake >= honest) return round
  }
  return -1
}
