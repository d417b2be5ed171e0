import { blockHash, equalBytes } from '../codec/index.ts'
import type { BlockHeader } from '../codec/index.ts'
import { LightError } from './errors.ts'

/**
 * Verifies the parent of a trusted header by its hash (CometBFT `VerifyBackwards`). A hash does not expire, so the trusting
 * period plays no part. Throws `LightError`.
 */
export function verifyBackwards(trusted: BlockHeader, parent: BlockHeader): void {
  const { height } = parent
  if (height !== trusted.height - 1) {
    throw new LightError('WRONG_HEIGHT', 'The header is not the one before the trusted header.', { height, trusted: trusted.height })
  }
  if (parent.world_id !== trusted.world_id) {
    throw new LightError('WRONG_WORLD', 'The header belongs to another world. Check the world id and ask another source.', { height })
  }
  if (parent.time > trusted.time) {
    throw new LightError('TIME_NOT_MONOTONE', 'The header claims a time after its child. Ask another source.', { height })
  }
  if (!equalBytes(blockHash(parent), trusted.parent_hash)) {
    throw new LightError('WRONG_PARENT_HASH', 'The trusted header has another parent. Ask another source.', { height })
  }
}
