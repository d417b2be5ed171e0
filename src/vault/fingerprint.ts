import { encodeCanonical, fromHex, sha256, toHex } from '../codec/index.ts'

const FINGERPRINT_DOMAIN = 'agent-world/key-fingerprint/v1'

/** Names a key to people and in storage: 64 hex digits. */
export function fingerprintOf(publicKey: Uint8Array): string {
  return toHex(sha256(encodeCanonical([FINGERPRINT_DOMAIN, publicKey])))
}

/** A digest as people compare it: all of it, in groups of four bytes (R6). */
export function groupedHex(hex: string): string {
  return hex.match(/.{1,8}/g)?.join(' ') ?? ''
}

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aiou'
const WORDS = 8

/**
 * The first 128 bits of a digest as eight words that can be read aloud in any language: proquints (arXiv:0901.4016), 16 bits each as
 * consonant, vowel, consonant, vowel, consonant.
 */
export function digestWords(hex: string): string {
  const bytes = fromHex(hex)
  return Array.from({ length: WORDS }, (_, index) => {
    const bits = (bytes[2 * index]! << 8) | bytes[2 * index + 1]!
    return `${CONSONANTS[bits >> 12]}${VOWELS[(bits >> 10) & 3]}${CONSONANTS[(bits >> 6) & 15]}${VOWELS[(bits >> 4) & 3]}${CONSONANTS[bits & 15]}`
  }).join(' ')
}
