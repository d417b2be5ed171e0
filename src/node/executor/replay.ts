import { blockHash, decodeCommit } from '../../codec/index.ts'
import type { BlockHeader } from '../../codec/index.ts'
import { executeSigned } from '../../world/index.ts'
import type { Kernel } from '../../world/index.ts'
import { assertBlockFollows, assertSameResult } from '../block-check.ts'

/** The block a replay goes on from: of the state the kernel stands at. */
export interface ReplayStart {
  readonly hash: Uint8Array
  /** Null at the genesis. */
  readonly header: BlockHeader | null
  /** Milliseconds since 1970 UTC: of the genesis, where there is no header. */
  readonly time: number
}

/**
 * Executes encoded commits again, in order, and commits them to the kernel. Every block must follow the one before it, by its hash too, and
 * give the roots its header names. Throws `ChainError`. That the last hash is a certified one makes all of them so; that is for the caller to see.
 */
export async function replayCommits(kernel: Kernel, start: ReplayStart, commits: readonly Uint8Array[]): Promise<ReplayStart> {
  let last = start
  for (const encoded of commits) {
    const { block } = decodeCommit(encoded)
    const { header, actions } = block
    assertBlockFollows(block, { world_id: kernel.worldId, height: kernel.height(), validators: kernel.validators(), ...last })
    assertSameResult(header, await executeSigned(kernel, { height: header.height, parent_hash: last.hash, proposer: header.proposer }, actions))
    kernel.commit()
    last = { hash: blockHash(header), header, time: start.time }
  }
  return last
}
