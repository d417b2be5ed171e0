import { describe, expect, it } from 'vitest'
import { CodecError, decodeCanonical, encodeCanonical, fromHex, toHex } from './index.ts'
import type { Value } from './index.ts'

/** RFC 8949 Appendix A: the examples that lie in the data model, both ways. */
const IN_MODEL: readonly (readonly [string, Value])[] = [
  ['00', 0],
  ['01', 1],
  ['0a', 10],
  ['17', 23],
  ['1818', 24],
  ['1819', 25],
  ['1864', 100],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['20', -1],
  ['29', -10],
  ['3863', -100],
  ['3903e7', -1000],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['40', new Uint8Array(0)],
  ['4401020304', Uint8Array.of(1, 2, 3, 4)],
  ['60', ''],
  ['6161', 'a'],
  ['6449455446', 'IETF'],
  ['62225c', '"\\'],
  ['62c3bc', 'ü'],
  ['63e6b0b4', '水'],
  ['64f0908591', '\u{10151}'],
  ['80', []],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, i) => i + 1)],
  ['a0', {}],
  ['a26161016162820203', { a: 1, b: [2, 3] }],
  ['826161a161626163', ['a', { b: 'c' }]],
  ['a56161614161626142616361436164614461656145', { a: 'A', b: 'B', c: 'C', d: 'D', e: 'E' }],
  // Beyond the appendix: where an integer or length needs the next width, and the ends of the range.
  ['18ff', 255],
  ['190100', 256],
  ['19ffff', 65_535],
  ['1a00010000', 65_536],
  ['1affffffff', 0xffffffff],
  ['1b0000000100000000', 0x100000000],
  ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
  ['37', -24],
  ['3818', -25],
  ['38ff', -256],
  ['390100', -257],
  ['3a00010000', -65_537],
  ['3a7fffffff', -0x80000000],
  ['3a80000000', -0x80000001],
  ['3affffffff', -0x100000000],
  ['3b0000000100000000', -0x100000001],
  ['3b001ffffffffffffe', Number.MIN_SAFE_INTEGER],
]

/** RFC 8949 Appendix A: the examples outside the data model, or not in deterministic form, with the code that refuses them. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['1bffffffffffffffff', '2^64 − 1', 'CBOR_INTEGER_RANGE'],
  ['3bffffffffffffffff', '−2^64', 'CBOR_INTEGER_RANGE'],
  ['1b0020000000000000', '2^53', 'CBOR_INTEGER_RANGE'],
  ['3b001fffffffffffff', '−2^53', 'CBOR_INTEGER_RANGE'],
  ['c249010000000000000000', 'a bignum', 'CBOR_FORBIDDEN_TYPE'],
  ['c349010000000000000000', 'a negative bignum', 'CBOR_FORBIDDEN_TYPE'],
  ['f90000', '0.0', 'CBOR_FORBIDDEN_TYPE'],
  ['f98000', '−0.0', 'CBOR_FORBIDDEN_TYPE'],
  ['f93c00', '1.0', 'CBOR_FORBIDDEN_TYPE'],
  ['fb3ff199999999999a', '1.1', 'CBOR_FORBIDDEN_TYPE'],
  ['fa47c35000', '100000.0', 'CBOR_FORBIDDEN_TYPE'],
  ['f97c00', 'Infinity', 'CBOR_FORBIDDEN_TYPE'],
  ['f97e00', 'NaN', 'CBOR_FORBIDDEN_TYPE'],
  ['f7', 'undefined', 'CBOR_FORBIDDEN_TYPE'],
  ['f0', 'simple(16)', 'CBOR_FORBIDDEN_TYPE'],
  ['f8ff', 'simple(255)', 'CBOR_FORBIDDEN_TYPE'],
  ['ff', 'a stray break', 'CBOR_FORBIDDEN_TYPE'],
  ['c074323031332d30332d32315432303a30343a30305a', 'a date tag', 'CBOR_FORBIDDEN_TYPE'],
  ['c11a514b67b0', 'an epoch tag', 'CBOR_FORBIDDEN_TYPE'],
  ['d74401020304', 'a base16 tag', 'CBOR_FORBIDDEN_TYPE'],
  ['d818456449455446', 'an embedded CBOR tag', 'CBOR_FORBIDDEN_TYPE'],
  ['d9dfff', 'a cbor-x record tag', 'CBOR_FORBIDDEN_TYPE'],
  ['d81c80', 'a shared value tag', 'CBOR_FORBIDDEN_TYPE'],
  ['5f42010243030405ff', 'an indefinite byte string', 'CBOR_NOT_CANONICAL'],
  ['7f657374726561646d696e67ff', 'an indefinite text', 'CBOR_NOT_CANONICAL'],
  ['9fff', 'an indefinite array', 'CBOR_NOT_CANONICAL'],
  ['bf61610161629f0203ffff', 'an indefinite map', 'CBOR_NOT_CANONICAL'],
  ['a201020304', 'a map with integer keys', 'CBOR_BAD_KEY'],
]

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof CodecError) return error.code
    throw error
  }
  return 'accepted'
}

describe('RFC 8949 Appendix A', () => {
  it.each(IN_MODEL)('%s decodes and encodes', (hex, value) => {
    expect(decodeCanonical(fromHex(hex))).toEqual(value)
    expect(toHex(encodeCanonical(value))).toBe(hex)
  })

  it.each(REFUSED)('%s (%s) is refused with %s', (hex, _what, code) => {
    expect(codeOf(() => decodeCanonical(fromHex(hex)))).toBe(code)
  })
})
