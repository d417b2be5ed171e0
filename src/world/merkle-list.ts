import { HASH_BYTES, hashCanonical, merkleRoot, sha256 } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'

const LEAF_TAG = 0
const NODE_TAG = 1
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES)

/** Hash of a value's canonical bytes as a leaf of an RFC 6962 tree. */
export function leafHash(item: Value): Uint8Array {
  return hashCanonical(LEAF_TAG, item)
}

/** `merkleRoot` of codec from leaf hashes at hand: level by level, an odd last node moves up as it is (the same tree as RFC 6962 §2.1). */
export function merkleRootOfLeaves(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return merkleRoot([])
  let level = leaves
  while (level.length > 1) {
    const above: Uint8Array[] = []
    for (let i = 0; i + 1 < level.length; i += 2) {
      nodeInput[0] = NODE_TAG
      nodeInput.set(level[i]!, 1)
      nodeInput.set(level[i + 1]!, 1 + HASH_BYTES)
      above.push(sha256(nodeInput))
    }
    if (level.length % 2 === 1) above.push(level[level.length - 1]!)
    level = above
  }
  return level[0]!
}
