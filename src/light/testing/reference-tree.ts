import { concatBytes, sha256, utf8Bytes } from '../../codec/index.ts'
import type { StateProof } from '../state-proof.ts'

interface Leaf {
  readonly keyHash: Uint8Array
  readonly valueHash: Uint8Array
}

const EMPTY = new Uint8Array(32)

/** The state tree written down as its definition says, slow and plain, to test the proof verifier against. */
export class ReferenceTree {
  private readonly leaves: Leaf[]

  constructor(entries: Iterable<readonly [string, Uint8Array]>) {
    this.leaves = [...entries].map(([key, value]) => ({ keyHash: sha256(utf8Bytes(key)), valueHash: sha256(value) }))
  }

  root(): Uint8Array {
    return subtree(this.leaves, 0)
  }

  prove(key: string): StateProof {
    const keyHash = sha256(utf8Bytes(key))
    const siblings: Uint8Array[] = []
    let leaves = this.leaves
    while (leaves.length > 1) {
      const depth = siblings.length
      const bit = bitOf(keyHash, depth)
      siblings.push(subtree(leaves.filter((leaf) => bitOf(leaf.keyHash, depth) !== bit), depth + 1))
      leaves = leaves.filter((leaf) => bitOf(leaf.keyHash, depth) === bit)
    }
    const [leaf] = leaves
    return { siblings, leaf: leaf === undefined ? null : { key_hash: leaf.keyHash, value_hash: leaf.valueHash } }
  }
}

function subtree(leaves: readonly Leaf[], depth: number): Uint8Array {
  if (leaves.length === 0) return EMPTY
  if (leaves.length === 1) return sha256(concatBytes(Uint8Array.of(0), leaves[0]!.keyHash, leaves[0]!.valueHash))
  const left = leaves.filter((leaf) => bitOf(leaf.keyHash, depth) === 0)
  const right = leaves.filter((leaf) => bitOf(leaf.keyHash, depth) === 1)
  const hashes = [subtree(left, depth + 1), subtree(right, depth + 1)] as const
  return sha256(concatBytes(Uint8Array.of(1), ...hashes))
}

function bitOf(hash: Uint8Array, depth: number): number {
  return (hash[Math.floor(depth / 8)]! >> (7 - (depth % 8))) % 2
}
