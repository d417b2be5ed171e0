/** Content identifiers (CID, multiformats): what IPFS and other content-addressed stores call the same bytes. */

/** CIDv1, codec raw (0x55), multihash sha2-256 (0x12) of 32 bytes. */
const PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20)
/** RFC 4648 §6, lower case; multibase marks it with `b`. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** CIDv1 of the bytes with this SHA-256, as base32 text. `hash` is 64 lowercase hex digits. */
export function cidOf(hash: string): string {
  const bytes = new Uint8Array(PREFIX.length + hash.length / 2)
  bytes.set(PREFIX)
  for (let i = 0; i < hash.length / 2; i++) bytes[PREFIX.length + i] = Number.parseInt(hash.slice(2 * i, 2 * i + 2), 16)
  return `b${base32(bytes)}`
}

function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let pending = 0
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += BASE32[(pending >> bits) & 31]
    }
    pending &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + BASE32[(pending << (5 - bits)) & 31]!
}
