import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'

/** Bytes in a SHA-256 digest. */
export const HASH_BYTES = 32

/** SHA-256 (FIPS 180-4), synchronous; the only hash in consensus (DESIGN §4). */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}
