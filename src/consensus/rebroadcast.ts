import { fromHex } from '../codec/index.ts'
import type { Proposal } from '../codec/index.ts'
import { retryInterrupted } from './rounds.ts'
import { isValidator, roundOf } from './state.ts'
import type { MachineState } from './state.ts'
import { broadcastProofOfLock, ownVoteIn } from './transition.ts'
import type { Transition } from './transition.ts'

/**
 * The height lasts longer than it should: say again what others may have missed. Own votes of this round and the one before (a peer can
 * be one behind and need them to move), the proof-of-lock, the own proposal of this round and that of the valid block, all as signed
 * before. The paper assumes a network that delivers in the end; this is what makes a lossy one do so.
 */
export function rebroadcast(t: Transition): void {
  const { state } = t
  for (const key of state.needed) t.emit({ type: 'NeedBlock', height: state.height, block_hash: fromHex(key) })
  retryInterrupted(t)
  if (isValidator(state)) {
    for (const proposal of proposalsToRepeat(state)) t.emit({ type: 'BroadcastProposal', proposal })
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

/** Large messages, so not everybody repeats everything: a proposal by its proposer, the valid block by those who can prove it. */
function proposalsToRepeat(state: MachineState): ReadonlySet<Proposal> {
  const proposals = new Set<Proposal>()
  const current = roundOf(state, state.round).proposal?.proposal
  if (current !== undefined && current.validator_id === state.config.validator_id) proposals.add(current)
  const valid = state.valid === null ? undefined : roundOf(state, state.valid.round).proposal?.proposal
  if (valid !== undefined) proposals.add(valid)
  return proposals
}
