import { expect, it } from 'vitest'
import { digestCode, digestWords, groupedHex } from '../../../vault/index.ts'
import { readDigest } from './comparison.ts'

const DIGEST = '0123456789abcdef'.repeat(4)
const OTHER = DIGEST.replace('0', '1')

it('understands digits, words and the code, however they are pasted', () => {
  for (const given of [DIGEST, ` ${groupedHex(DIGEST).toUpperCase()}\n`, digestWords(DIGEST), digestWords(DIGEST).toUpperCase().replaceAll(' ', '\n'), digestCode(DIGEST)]) expect(readDigest(given, DIGEST), given).toBe(DIGEST)
})

it('gives another digest for another one, and none for half of one', () => {
  expect(readDigest(OTHER, DIGEST)).toBe(OTHER)
  expect(readDigest(digestWords(OTHER), DIGEST)).not.toBe(DIGEST)
  expect(readDigest(digestWords(OTHER), DIGEST)).not.toBeNull()
  for (const half of ['', DIGEST.slice(1), digestWords(DIGEST).split(' ').slice(1).join(' '), 'one two three four five six seven eight', 'hello']) expect(readDigest(half, DIGEST), half).toBeNull()
})
