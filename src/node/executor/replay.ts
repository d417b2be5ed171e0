import { blockHash, decodeCommit } from '../../codec/index.ts'
import type { BlockHeader } from '../../codec/index.ts'
import { executeSigned } from '../../world/index.ts'
import type { Kernel } from '../../world/index.ts'
import { assertBlockFollows, assertSameResult } from '../block-check.ts'

/** The block a replay goes on from. */
export interface ReplayedBlock {
  readonly hash: Uint8Array
  /** Null where it is not at hand: before the first block of a replay. */
  readonly header: BlockHeader | null
}

/**
 * Executes encoded commits again, in order, and commits them to the kernel. Every block must follow the one before it and give the roots its
 * header names; `last` is null at first. Throws `ChainError`. Blocks name each other by hash, so when the hash that comes back is a certified
 * one, all of them are, and so is the state begun with: another one would have given other roots.
 */
export async function replayCommits(kernel: Kernel, last: ReplayedBlock | null, commits: readonly Uint8Array[]): Promise<ReplayedBlock | null> {
  let parent = last
  for (const encoded of commits) {
    const { block } = decodeCommit(encoded)
    const { header, actions } = block
    parent ??= { hash: header.parent_hash, header: null }
    assertBlockFollows(block, { world_id: kernel.worldId, height: kernel.height(), validators: kernel.validators(), time: 0, ...parent })
    assertSameResult(header, await executeSigned(kernel, { height: header.height, parent_hash: header.parent_hash, proposer: header.proposer }, actions))
    kernel.commit()
    parent = { hash: blockHash(header), header }
  }
  return parent
}
