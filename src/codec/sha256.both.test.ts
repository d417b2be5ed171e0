import { sha256 as reference } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from './index.ts'

describe('sha256', () => {
  it('gives the digests of FIPS 180-4 and NIST', () => {
    const digests: readonly (readonly [string, string])[] = [
      ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
      ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
    ]
    for (const [message, digest] of digests) expect(toHex(sha256(utf8Bytes(message)))).toBe(digest)
  })

  it('is that of another implementation for every length around the block borders and for any bytes', () => {
    for (let length = 0; length <= 260; length++) {
      const message = Uint8Array.from({ length }, (_, index) => (index * 31 + length) & 255)
      expect(sha256(message)).toEqual(reference(message))
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (message) => {
      expect(sha256(message)).toEqual(reference(message))
    }))
  })

  it('reads views where they lie and leaves them as they are', () => {
    const buffer = Uint8Array.from({ length: 300 }, (_, index) => index & 255)
    const view = buffer.subarray(17, 217)
    const before = view.slice()
    expect(sha256(view)).toEqual(reference(before))
    expect(view).toEqual(before)
  })
})
