import { encodeCanonical, sha256, toHex } from '../codec/index.ts'

const FINGERPRINT_DOMAIN = 'agent-world/key-fingerprint/v1'

/** Names a key to people and in storage: 64 hex digits. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return toHex(sha256(encodeCanonical([FINGERPRINT_DOMAIN, publicKey])))
}

/** A digest as people compare it: all of it, in groups of four bytes (R6). */
export function groupedHex(hex: string): string {
  return hex.match(/.{1,8}/g)?.join(' ') ?? ''
}
