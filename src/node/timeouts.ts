import type { TimeoutConfig } from '../consensus/index.ts'

/** Share of the block interval spent waiting; the rest is for proposal, two rounds of votes and execution. */
const PAUSE_SHARE = 0.7
/** Share waited for a proposal before a round is given up. */
const PROPOSE_SHARE = 0.6
/** Share waited for votes that disagree. */
const VOTE_SHARE = 0.25

/**
 * Consensus timeouts for a wished block interval (milliseconds between blocks): the pause between heights leaves room for deciding, and
 * a round lost to a dead proposer (pause, propose, precommit and the next round's votes) still ends within two intervals, so that the
 * loss of one validator does not look like a standing world. Slow machines are given more by the deltas, round by round.
 */
export function consensusTimeouts(blockIntervalMs: number): TimeoutConfig {
  return {
    proposeMs: Math.max(400, Math.round(blockIntervalMs * PROPOSE_SHARE)),
    proposeDeltaMs: 500,
    prevoteMs: Math.max(200, Math.round(blockIntervalMs * VOTE_SHARE)),
    prevoteDeltaMs: 250,
    precommitMs: Math.max(200, Math.round(blockIntervalMs * VOTE_SHARE)),
    precommitDeltaMs: 250,
    blockIntervalMs: Math.round(blockIntervalMs * PAUSE_SHARE),
    rebroadcastMs: Math.max(1_000, blockIntervalMs),
  }
}
