import { encodeCanonical, equalBytes, sha256, schema, decodeWith, utf8Bytes, HASH_BYTES } from '../codec/index.ts'
import type { Infer } from '../codec/index.ts'
import { LightError } from './errors.ts'

/** One sibling per bit of a SHA-256 key hash. */
export const MAX_PROOF_SIBLINGS = 256
/** 256 siblings of 34 bytes each, a leaf and the field names fit; anything larger is not a proof. */
export const MAX_PROOF_BYTES = 9 << 10

const hash = schema.fixedBytes(HASH_BYTES)

/**
 * Proof about one key of the world state, a compact sparse Merkle tree over SHA-256. `siblings` run from the root to the
 * leaf. `leaf` is what stands at the end of the key's path: null for an empty position, else a leaf; a leaf with another
 * key hash proves that the key is absent.
 */
export const stateProofSchema = schema.object({
  siblings: schema.array(hash, MAX_PROOF_SIBLINGS),
  leaf: schema.nullable(schema.object({ key_hash: hash, value_hash: hash })),
})
export type StateProof = Infer<typeof stateProofSchema>

export function encodeStateProof(proof: StateProof): Uint8Array {
  return encodeCanonical(proof)
}

/** Throws `CodecError` on anything but the canonical bytes of one proof. */
export function decodeStateProof(encoded: Uint8Array): StateProof {
  return decodeWith(stateProofSchema, encoded, { maxBytes: MAX_PROOF_BYTES, maxDepth: 4, maxItems: MAX_PROOF_SIBLINGS + 16 })
}

const LEAF = 0
const INNER = 1
const EMPTY_SUBTREE = new Uint8Array(HASH_BYTES)

/**
 * What `stateRoot` says about `key`: the hash of its value's canonical bytes, or null when the key is proved absent.
 * Throws `BAD_PROOF` when the proof is malformed or about another key, `WRONG_STATE_ROOT` when it leads to another root.
 */
export function verifyStateProof(stateRoot: Uint8Array, key: string, proof: StateProof): Uint8Array | null {
  const { siblings, leaf } = parseProof(proof)
  const keyHash = sha256(utf8Bytes(key))
  const own = leaf !== null && equalBytes(leaf.key_hash, keyHash)
  if (leaf !== null && !own) {
    for (let depth = 0; depth < siblings.length; depth++) {
      if (bitAt(leaf.key_hash, depth) !== bitAt(keyHash, depth)) {
        throw new LightError('BAD_PROOF', 'The proof is about another part of the state than the key. Ask another peer.', { depth })
      }
    }
  }
  let node: Uint8Array = leaf === null ? EMPTY_SUBTREE : nodeHash(LEAF, leaf.key_hash, leaf.value_hash)
  for (let depth = siblings.length - 1; depth >= 0; depth--) {
    const sibling = siblings[depth]!
    node = bitAt(keyHash, depth) === 0 ? nodeHash(INNER, node, sibling) : nodeHash(INNER, sibling, node)
  }
  if (!equalBytes(node, stateRoot)) {
    throw new LightError('WRONG_STATE_ROOT', 'The proof leads to another state root. Ask another peer, or for the proof at this height.', {
      depth: siblings.length,
    })
  }
  return own ? leaf.value_hash : null
}

/** The same, for a value at hand: `value` is its canonical bytes, null claims absence. Throws `WRONG_VALUE` if the state says otherwise. */
export function verifyStateValue(stateRoot: Uint8Array, key: string, value: Uint8Array | null, proof: StateProof): void {
  const proved = verifyStateProof(stateRoot, key, proof)
  const claimed = value === null ? null : sha256(value)
  const same = proved === null || claimed === null ? proved === claimed : equalBytes(proved, claimed)
  if (!same) throw new LightError('WRONG_VALUE', 'The state holds another value under this key than the one given. Ask another peer.')
}

function parseProof(proof: StateProof): StateProof {
  try {
    return stateProofSchema.parse(proof, '')
  } catch (error) {
    throw new LightError('BAD_PROOF', 'This is not a state proof. Ask another peer.', {}, { cause: error })
  }
}

/** Bit `depth` of a hash, most significant first. */
function bitAt(bytes: Uint8Array, depth: number): number {
  return (bytes[depth >> 3]! >> (7 - (depth & 7))) & 1
}

function nodeHash(kind: number, left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES)
  input[0] = kind
  input.set(left, 1)
  input.set(right, 1 + HASH_BYTES)
  return sha256(input)
}
