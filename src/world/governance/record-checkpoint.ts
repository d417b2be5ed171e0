import { toHex } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { AGENT_PREFIX, CHECKPOINTS_KEY } from '../state/keys.ts'
import { readAgent, readCheckpoints, readHead } from '../state/read.ts'
import type { Checkpoint } from '../state/records.ts'
import type { CommittedState, StagedState } from '../state/state.ts'
import { checkpointKey } from './keys.ts'
import { KEPT_CHECKPOINTS, readManifest, readOpenProposals, readProposal } from './records.ts'
import type { CheckpointSummary } from './records.ts'

/**
 * Part of the bookkeeping of a block, like the hash of the block before it: the state it builds on becomes one to go back to if its height
 * is one for that. The newest stay, and those an open proposal goes back to. Where nobody can propose that there are none.
 */
export function recordCheckpoint(state: StagedState, base: CommittedState): void {
  const { height } = base
  const { governance: { signers, checkpoint_blocks }, modules } = readManifest(base)
  if (signers.length === 0 || height % checkpoint_blocks !== 0) return
  const wanted = new Set(readOpenProposals(base).map((id) => readProposal(base, id)!.rollback?.height))
  const listed: readonly Checkpoint[] = [...readCheckpoints(base), { height, state_root: toHex(base.rootHash) }]
  const kept = listed.filter((checkpoint, index) => index >= listed.length - KEPT_CHECKPOINTS || wanted.has(checkpoint.height))
  for (const checkpoint of listed) if (!kept.includes(checkpoint)) state.set(checkpointKey(checkpoint.height), null)
  state.set(CHECKPOINTS_KEY, kept)
  state.set(checkpointKey(height), { agents: readHead(base).agent_count, ...heldByAgents(base), modules } satisfies CheckpointSummary as unknown as Value)
}

export function heldByAgents(state: CommittedState): { readonly electricity: number; readonly data: number } {
  const held = { electricity: 0, data: 0 }
  for (const id of state.keysFrom(AGENT_PREFIX)) {
    const { electricity, data } = readAgent(state, id)!
    held.electricity += electricity
    held.data += data
  }
  return held
}
