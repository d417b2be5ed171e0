import type { TimeoutConfig } from '../consensus/index.ts'

/** Share of the block interval spent waiting; the rest is for proposal, two rounds of votes and execution. */
const PAUSE_SHARE = 0.7

/**
 * Consensus timeouts for a wished block interval (milliseconds between blocks): the pause between heights leaves room for
 * deciding, and a dead proposer costs about one interval.
 */
export function consensusTimeouts(blockIntervalMs: number): TimeoutConfig {
  return {
    proposeMs: Math.max(400, blockIntervalMs),
    proposeDeltaMs: 500,
    prevoteMs: Math.max(200, blockIntervalMs / 2),
    prevoteDeltaMs: 250,
    precommitMs: Math.max(200, blockIntervalMs / 2),
    precommitDeltaMs: 250,
    blockIntervalMs: Math.round(blockIntervalMs * PAUSE_SHARE),
    rebroadcastMs: Math.max(1_000, blockIntervalMs),
  }
}
