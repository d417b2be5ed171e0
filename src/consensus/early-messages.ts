import { equalBytes } from '../codec/index.ts'
import type { Proposal, Vote } from '../codec/index.ts'

/** Votes of one validator kept for the next height: both steps of its first two rounds. */
const EARLY_VOTES_PER_VALIDATOR = 4
/** Proposals are kept for this many first rounds of the next height; each may be as large as a block. */
const EARLY_PROPOSAL_ROUNDS = 2

/**
 * Messages of the next height that arrive while this one is being committed here. Gossip delivers a message once, so without this a node
 * a little slower than its peers would wait for every re-broadcast. Anything further ahead is for sync.
 */
export class EarlyMessages {
  readonly #votes = new Map<string, Vote[]>()
  #proposals: Proposal[] = []

  keepVote(vote: Vote): void {
    const held = this.#votes.get(vote.validator_id) ?? []
    if (held.length >= EARLY_VOTES_PER_VALIDATOR || held.some((other) => equalBytes(other.signature, vote.signature))) return
    held.push(vote)
    this.#votes.set(vote.validator_id, held)
  }

  keepProposal(proposal: Proposal): void {
    if (proposal.round >= EARLY_PROPOSAL_ROUNDS || this.#proposals.some((other) => other.round === proposal.round)) return
    this.#proposals.push(proposal)
  }

  /** Everything held, which is then held no more. */
  take(): { readonly votes: readonly Vote[]; readonly proposals: readonly Proposal[] } {
    const taken = { votes: [...this.#votes.values()].flat(), proposals: this.#proposals }
    this.#votes.clear()
    this.#proposals = []
    return taken
  }
}
