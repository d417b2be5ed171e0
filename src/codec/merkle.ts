import { equalBytes } from './bytes.ts'
import { CodecError } from './errors.ts'
import { HASH_BYTES, sha256 } from './sha256.ts'

/** Root of the empty list: the hash of nothing (RFC 6962 §2.1). */
const EMPTY_ROOT = sha256(new Uint8Array(0))
const LEAF = 0
const NODE = 1
/** 2^32 leaves: more than any block holds. */
const MAX_DEPTH = 32

export interface MerkleProof {
  readonly index: number
  readonly size: number
  /** Sibling hashes from the leaf to the root. */
  readonly siblings: readonly Uint8Array[]
}

function leafHash(item: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + item.length)
  input[0] = LEAF
  input.set(item, 1)
  return sha256(input)
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES)
  input[0] = NODE
  input.set(left, 1)
  input.set(right, 1 + HASH_BYTES)
  return sha256(input)
}

/** Largest power of two smaller than `size` (size ≥ 2): where RFC 6962 splits a list. */
function split(size: number): number {
  let half = 1
  while (half * 2 < size) half *= 2
  return half
}

/** Merkle tree hash of an ordered list (RFC 6962 §2.1, SHA-256, prefixes 0x00 for leaves and 0x01 for nodes). */
export function merkleRoot(items: readonly Uint8Array[]): Uint8Array {
  if (items.length === 0) return EMPTY_ROOT.slice()
  const root = (from: number, to: number): Uint8Array => {
    if (to - from === 1) return leafHash(items[from]!)
    const middle = from + split(to - from)
    return nodeHash(root(from, middle), root(middle, to))
  }
  return root(0, items.length)
}

/** Proof that `items[index]` stands at `index` of the list (RFC 6962 §2.1.1). */
export function merkleProof(items: readonly Uint8Array[], index: number): MerkleProof {
  if (!Number.isInteger(index) || index < 0 || index >= items.length) {
    throw new CodecError('SCHEMA_MISMATCH', `There is no entry ${index} in a list of ${items.length}.`)
  }
  const siblings: Uint8Array[] = []
  const walk = (from: number, to: number): void => {
    if (to - from === 1) return
    const middle = from + split(to - from)
    if (index < middle) {
      walk(from, middle)
      siblings.push(merkleRoot(items.slice(middle, to)))
    } else {
      walk(middle, to)
      siblings.push(merkleRoot(items.slice(from, middle)))
    }
  }
  walk(0, items.length)
  return { index, size: items.length, siblings }
}

/**
 * Proofs of all entries of a list as `merkleProof` gives them, from one pass over the tree: `proofs(items)(index)`. Throws `SCHEMA_MISMATCH`
 * for an index outside the list.
 */
export function merkleProofs(items: readonly Uint8Array[]): (index: number) => MerkleProof {
  const levels = [items.map(leafHash)]
  while (levels.at(-1)!.length > 1) {
    const below = levels.at(-1)!
    const above: Uint8Array[] = []
    for (let i = 0; i + 1 < below.length; i += 2) above.push(nodeHash(below[i]!, below[i + 1]!))
    // An odd last node moves up as it is: the same tree as RFC 6962 splits from the top.
    if (below.length % 2 === 1) above.push(below.at(-1)!)
    levels.push(above)
  }
  return (index) => {
    if (!Number.isInteger(index) || index < 0 || index >= items.length) {
      throw new CodecError('SCHEMA_MISMATCH', `There is no entry ${index} in a list of ${items.length}.`)
    }
    const siblings: Uint8Array[] = []
    for (let level = 0, at = index; level < levels.length - 1; level++, at >>= 1) {
      const sibling = levels[level]![at ^ 1]
      if (sibling !== undefined) siblings.push(sibling)
    }
    return { index, size: items.length, siblings }
  }
}

/** True when the proof leads from `item` to `root`. Never throws on hostile proofs. */
export function verifyMerkleProof(root: Uint8Array, item: Uint8Array, proof: MerkleProof): boolean {
  const { index, size, siblings } = proof
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  if (!Array.isArray(siblings) || siblings.length > MAX_DEPTH) return false
  if (!siblings.every((sibling) => sibling instanceof Uint8Array && sibling.length === HASH_BYTES)) return false
  const sides: boolean[] = [] // from root to leaf: is the leaf on the left?
  let from = 0
  let to = size
  while (to - from > 1) {
    const middle = from + split(to - from)
    sides.push(index < middle)
    if (index < middle) to = middle
    else from = middle
  }
  if (sides.length !== siblings.length) return false
  let hash = leafHash(item)
  for (let i = 0; i < siblings.length; i++) {
    const onLeft = sides[sides.length - 1 - i]!
    hash = onLeft ? nodeHash(hash, siblings[i]!) : nodeHash(siblings[i]!, hash)
  }
  return equalBytes(hash, root)
}
