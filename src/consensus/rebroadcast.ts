import { fromHex } from '../codec/index.ts'
import { retryInterrupted } from './rounds.ts'
import { isValidator, roundOf } from './state.ts'
import { broadcastProofOfLock, ownVoteIn } from './transition.ts'
import type { Transition } from './transition.ts'

/**
 * The height lasts longer than it should: say again what others may have missed. Own votes of this round and the one before (a peer can
 * be one behind and need them to move), the proof-of-lock, and the proposals of this round and of the valid block, all as signed before.
 * The paper assumes a network that delivers in the end; this is what makes a lossy one do so.
 */
export function rebroadcast(t: Transition): void {
  const { state } = t
  for (const key of state.needed) t.emit({ type: 'NeedBlock', height: state.height, block_hash: fromHex(key) })
  retryInterrupted(t)
  if (isValidator(state)) {
    const proposals = new Set([roundOf(state, state.round).proposal, state.valid === null ? null : roundOf(state, state.valid.round).proposal])
    for (const entry of proposals) {
      if (entry !== null) t.emit({ type: 'BroadcastProposal', proposal: entry.proposal })
    }
    broadcastProofOfLock(t)
    for (const round of [state.round - 1, state.round]) {
      for (const type of ['prevote', 'precommit'] as const) {
        const vote = ownVoteIn(state, type, round)
        if (vote !== undefined) t.emit({ type: 'BroadcastVote', vote })
      }
    }
  }
  t.schedule('rebroadcast', state.config.timeouts.rebroadcastMs)
}
