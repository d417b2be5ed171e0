import { digestWords, parseDigestCode } from '../../../vault/index.ts'

/**
 * What was typed or pasted from another device, as the digest it means: the code, all its digits in any grouping, or the eight words. Words say only half of a
 * digest, so they stand for `expected` or for nothing. Null for what is not whole yet.
 */
export function readDigest(given: string, expected: string): string | null {
  const plain = given.trim().toLowerCase().replaceAll(/\s+/g, ' ')
  const hex = plain.replaceAll(' ', '')
  if (/^[0-9a-f]{64}$/.test(hex)) return hex
  const words = plain.split(' ')
  if (words.length === 8 && words.every((word) => /^[a-z]{5}$/.test(word))) return plain === digestWords(expected) ? expected : plain
  return parseDigestCode(given)
}
