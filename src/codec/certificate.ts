import { encodeCanonical } from './encode.ts'
import { Domain } from './domains.ts'
import { CodecError } from './errors.ts'
import { sha256 } from './sha256.ts'
import { array, bytes, fixedBytes, int, object } from './schema.ts'
import type { Infer } from './schema.ts'
import { MAX_VALIDATORS } from './validator-set.ts'

/** Rounds past this are nonsense from a peer: timeouts would be hours long. */
export const MAX_ROUND = 1_000_000

/**
 * Precommits of more than two thirds of stake for one block (DESIGN §9). Bit i of `signers` (least significant bit of byte 0
 * first) is set when validator i of the set signed; `signatures` follow in the same order.
 */
export const commitCertificateSchema = object({
  height: int(1),
  round: int(0, MAX_ROUND),
  block_hash: fixedBytes(32),
  signers: bytes(MAX_VALIDATORS / 8),
  signatures: array(fixedBytes(64), MAX_VALIDATORS),
})
export type CommitCertificate = Infer<typeof commitCertificateSchema>

/** Hash a child block binds its parent's certificate with. The first block has no parent certificate and binds null. */
export function certificateHash(certificate: CommitCertificate | null): Uint8Array {
  return sha256(encodeCanonical([Domain.commitCertificate, certificate]))
}

/** Positions of the set bits, ascending. */
export function signerIndexes(signers: Uint8Array): number[] {
  const indexes: number[] = []
  for (let i = 0; i < signers.length * 8; i++) if ((signers[i >> 3]! >> (i & 7)) & 1) indexes.push(i)
  return indexes
}

/** Bitmap over `size` validators with the given positions set. Throws `SCHEMA_MISMATCH` for a position outside the set. */
export function signerBitmap(indexes: readonly number[], size: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(size / 8))
  for (const index of indexes) {
    if (!Number.isInteger(index) || index < 0 || index >= size) {
      throw new CodecError('SCHEMA_MISMATCH', `There is no validator ${index} in a set of ${size}.`, { index, size })
    }
    bitmap[index >> 3]! |= 1 << (index & 7)
  }
  return bitmap
}
