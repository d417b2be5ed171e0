import { concatBytes, equalBytes, sha256, utf8Bytes } from '../../codec/index.ts'
import type { StateProof } from '../state/merkle-tree.ts'

const EMPTY = new Uint8Array(32)
const bit = (hash: Uint8Array, depth: number): number => (hash[depth >> 3]! >> (7 - (depth & 7))) & 1

/** A verifier that shares no code with the prover: value hash, null when absent, undefined when the proof proves nothing. */
export function verifyProofHash(root: Uint8Array, key: string, { siblings, leaf }: StateProof): Uint8Array | null | undefined {
  const keyHash = sha256(utf8Bytes(key))
  const own = leaf !== null && equalBytes(leaf.key_hash, keyHash)
  if (leaf !== null && siblings.some((_, depth) => bit(leaf.key_hash, depth) !== bit(keyHash, depth))) return undefined
  let hash = leaf === null ? EMPTY : sha256(concatBytes(Uint8Array.of(0), leaf.key_hash, leaf.value_hash))
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth]!
    hash = sha256(bit(keyHash, depth) === 0 ? concatBytes(Uint8Array.of(1), hash, sibling) : concatBytes(Uint8Array.of(1), sibling, hash))
  }
  if (!equalBytes(hash, root)) return undefined
  return own ? leaf.value_hash : null
}

/** The claimed value if the proof vouches for it (or for its absence); throws otherwise. */
export function provenValue(root: Uint8Array, key: string, value: Uint8Array | null, proof: StateProof): Uint8Array | null {
  const proved = verifyProofHash(root, key, proof)
  if (proved === undefined) throw new Error('the proof proves nothing')
  const claimed = value === null ? null : sha256(value)
  if (claimed === null ? proved !== null : proved === null || !equalBytes(proved, claimed)) throw new Error('the state holds something else')
  return value
}
