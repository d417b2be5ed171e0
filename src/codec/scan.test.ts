import { describe, expect, it } from 'vitest'
import { CodecError, DEFAULT_DECODE_LIMITS, concatBytes, decodeCanonical, encodeCanonical, fromHex, toHex, utf8Bytes } from './index.ts'
import type { DecodeLimits, Value } from './index.ts'
import { scanCanonical } from './scan.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof CodecError) return error.code
    throw error
  }
  return 'accepted'
}
const scan = (hex: string, limits: Partial<DecodeLimits> = {}): string =>
  codeOf(() => decodeCanonical(fromHex(hex), { ...DEFAULT_DECODE_LIMITS, ...limits }))

const nested = (depth: number): string => '81'.repeat(depth) + '00'

describe('hostile bytes', () => {
  it.each([
    ['nothing', '', 'CBOR_EMPTY'],
    ['a second item', '0000', 'CBOR_TRAILING_BYTES'],
    ['an array that ends early', '8201', 'CBOR_TRUNCATED'],
    ['a map without its value', 'a16161', 'CBOR_TRUNCATED'],
    ['a map without anything', 'a1', 'CBOR_TRUNCATED'],
    ['a text that ends early', '6261', 'CBOR_TRUNCATED'],
    ['a byte string that ends early', '420a', 'CBOR_TRUNCATED'],
    ['an integer that ends early', '1a0001', 'CBOR_TRUNCATED'],
    ['0 in one byte too many', '1800', 'CBOR_NOT_CANONICAL'],
    ['23 in one byte too many', '1817', 'CBOR_NOT_CANONICAL'],
    ['255 in two bytes', '1900ff', 'CBOR_NOT_CANONICAL'],
    ['65535 in four bytes', '1a0000ffff', 'CBOR_NOT_CANONICAL'],
    ['2^32 − 1 in eight bytes', '1b00000000ffffffff', 'CBOR_NOT_CANONICAL'],
    ['−1 in one byte too many', '3800', 'CBOR_NOT_CANONICAL'],
    ['a text length in one byte too many', '780161', 'CBOR_NOT_CANONICAL'],
    ['a byte length in one byte too many', '580100', 'CBOR_NOT_CANONICAL'],
    ['an array length in one byte too many', '980100', 'CBOR_NOT_CANONICAL'],
    ['a map length in one byte too many', 'b801616100', 'CBOR_NOT_CANONICAL'],
    ['a reserved length', '1c', 'CBOR_NOT_CANONICAL'],
    ['keys out of order', 'a2616200616100', 'CBOR_NOT_CANONICAL'],
    ['a longer key first', 'a262616100616200', 'CBOR_NOT_CANONICAL'],
    ['a key twice', 'a2616100616101', 'CBOR_BAD_KEY'],
    ['a byte string key', 'a1416100', 'CBOR_BAD_KEY'],
    ['a null key', 'a1f600', 'CBOR_BAD_KEY'],
    ['an array key', 'a18000', 'CBOR_BAD_KEY'],
    ['a "__proto__" key', 'a1695f5f70726f746f5f5f00', 'CBOR_BAD_KEY'],
    ['a "__proto__" key holding a map', 'a1695f5f70726f746f5f5fa1616100', 'CBOR_BAD_KEY'],
    ['a tag on a key', 'a1c0616100', 'CBOR_BAD_KEY'],
    ['a tag inside', '82c20000', 'CBOR_FORBIDDEN_TYPE'],
    ['undefined inside', '81f7', 'CBOR_FORBIDDEN_TYPE'],
    ['a break in a definite array', '81ff', 'CBOR_FORBIDDEN_TYPE'],
  ])('%s', (_what, hex, code) => {
    expect(scan(hex)).toBe(code)
  })

  it.each([
    ['an overlong slash', '62c0af'],
    ['an overlong NUL', '62c080'],
    ['an overlong three-byte form', '63e09fbf'],
    ['an overlong four-byte form', '64f08fbfbf'],
    ['a high surrogate', '63eda080'],
    ['a low surrogate', '63edbfbf'],
    ['a surrogate pair (CESU-8)', '66eda0bdedb880'],
    ['beyond U+10FFFF', '64f4908080'],
    ['a lead byte past F4', '64f5808080'],
    ['a lone continuation byte', '6180'],
    ['a lead byte at the end', '61c3'],
    ['a lead byte before ASCII', '62c341'],
    ['a sequence cut by the end of the text', '62e6b0'],
    ['a sequence that would borrow from the next item', '8261c361bc'],
    ['a bad last byte', '64f0908541'],
    ['FE', '61fe'],
    ['FF', '61ff'],
  ])('UTF-8: %s', (_what, hex) => {
    expect(scan(hex)).toBe('CBOR_BAD_UTF8')
    expect(scan(`a1${hex.startsWith('82') ? '61c3' : hex}00`)).toBe('CBOR_BAD_UTF8')
  })

  it('takes the edges of UTF-8: U+0080, U+07FF, U+0800, U+FFFF, U+10000, U+10FFFF', () => {
    for (const text of ['\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}']) {
      expect(decodeCanonical(encodeCanonical(text))).toBe(text)
    }
  })

  it('refuses a byte order mark at the start of any text, which a decoder may drop, and keeps it elsewhere', () => {
    const mark = '\ufeff'
    for (const rest of ['', 'a', 'x'.repeat(100)]) {
      const encoded = encodeCanonical(`?${mark}${rest}`)
      expect(decodeCanonical(encoded)).toBe(`?${mark}${rest}`)
      const text = utf8Bytes(mark + rest)
      const header = text.length < 24 ? [0x60 | text.length] : [0x78, text.length]
      expect(codeOf(() => decodeCanonical(Uint8Array.from([...header, ...text])))).toBe('CBOR_BAD_UTF8')
      expect(codeOf(() => encodeCanonical(mark + rest))).toBe('CBOR_UNENCODABLE')
      expect(codeOf(() => encodeCanonical({ [mark + rest]: 1 }))).toBe('CBOR_UNENCODABLE')
    }
  })

  it.each([
    ['array', '9b7fffffffffffffff'],
    ['map', 'bb7fffffffffffffff'],
    ['byte string', '5b7fffffffffffffff'],
    ['text', '7b7fffffffffffffff'],
    ['array of 2^32 − 1', '9affffffff'],
    ['map of 2^32 − 1', 'baffffffff'],
    ['map of 2^31', 'ba80000000'],
    ['byte string of 2^32 − 1', '5affffffff'],
    ['array of 2^53 − 1', '9b001fffffffffffff'],
  ])('refuses the header of a huge %s before anything is allocated', (_what, hex) => {
    expect(scan(hex)).toBe('CBOR_TRUNCATED')
    expect(scan(`82${hex}00`)).toBe('CBOR_TRUNCATED')
  })

  it('refuses nested headers that each promise all that is left', () => {
    const bomb = concatBytes(fromHex('9a0000ffff'.repeat(15)), new Uint8Array(0xffff))
    expect(codeOf(() => decodeCanonical(bomb))).not.toBe('accepted')
  })
})

describe('limits', () => {
  it('bound depth exactly, the same for arrays and maps and for encoding', () => {
    expect(scan(nested(16))).toBe('accepted')
    expect(scan(nested(17))).toBe('CBOR_TOO_DEEP')
    expect(scan(nested(100_000))).toBe('CBOR_TOO_DEEP')
    expect(scan('a16161'.repeat(16) + '00')).toBe('accepted')
    expect(scan('a16161'.repeat(17) + '00')).toBe('CBOR_TOO_DEEP')
    expect(scan(nested(3), { maxDepth: 2 })).toBe('CBOR_TOO_DEEP')
    let value: Value = 0
    for (let depth = 0; depth < 16; depth++) value = depth % 2 === 0 ? [value] : { a: value }
    expect(codeOf(() => encodeCanonical(value))).toBe('accepted')
    expect(codeOf(() => encodeCanonical([value]))).toBe('CBOR_UNENCODABLE')
  })

  it('bound bytes exactly', () => {
    expect(scan('430a0b0c', { maxBytes: 4 })).toBe('accepted')
    expect(scan('430a0b0c', { maxBytes: 3 })).toBe('CBOR_TOO_LARGE')
  })

  it('bound items exactly, keys counted', () => {
    expect(scan('83010203', { maxItems: 4 })).toBe('accepted')
    expect(scan('83010203', { maxItems: 3 })).toBe('CBOR_TOO_MANY_ITEMS')
    expect(scan('a2616100616200', { maxItems: 5 })).toBe('accepted')
    expect(scan('a2616100616200', { maxItems: 4 })).toBe('CBOR_TOO_MANY_ITEMS')
  })

  it('stop four megabytes of empty arrays', () => {
    const flood = new Uint8Array(4 << 20).fill(0x80)
    flood.set([0x9a, 0x00, 0x3f, 0xff, 0xfb])
    expect(codeOf(() => decodeCanonical(flood))).toBe('CBOR_TOO_MANY_ITEMS')
  })

  it('are reported with the offset, and an error can cross a worker boundary as data', () => {
    try {
      scanCanonical(fromHex('8201f7'))
      expect.unreachable()
    } catch (error) {
      expect((error as CodecError).toInfo()).toEqual({ code: 'CBOR_FORBIDDEN_TYPE', message: expect.any(String), detail: { offset: 3 } })
    }
  })

  it('count what was scanned', () => {
    expect(scanCanonical(fromHex('a26161016162820203'))).toEqual({ items: 7, wideIntegers: false })
    expect(scanCanonical(fromHex('1b0000000100000000'))).toEqual({ items: 1, wideIntegers: true })
  })
})

describe('unsorted keys, as modules may return them', () => {
  const unsorted = { unsortedKeys: true }
  const host = (hex: string): string => toHex(encodeCanonical(decodeCanonical(fromHex(hex), { ...DEFAULT_DECODE_LIMITS, ...unsorted })))

  it('are taken, and re-encoded in canonical order by the host', () => {
    expect(host('a3616203616101626161f6')).toBe('a3616101616203626161f6')
    expect(host('a161628261616162')).toBe('a161628261616162')
  })

  it('are taken at every level', () => {
    expect(host('a1616ba2616202616101')).toBe('a1616ba2616101616202')
  })

  it.each([
    ['twice in a row', 'a2616100616100'],
    ['twice, apart', 'a3616100616200616100'],
    ['twice and long', `a2${'7901f4' + '61'.repeat(500)}00${'7901f4' + '61'.repeat(500)}00`],
    ['of another kind', 'a10100'],
    ['named "__proto__"', 'a1695f5f70726f746f5f5f00'],
  ])('are refused when %s', (_what, hex) => {
    expect(scan(hex, unsorted)).toBe('CBOR_BAD_KEY')
  })

  it('may be of any length the message has room for, and differ in their last byte alone', () => {
    const long = (last: string): string => '790bb8' + '61'.repeat(2999) + last
    expect(scan(`a2${long('62')}00${long('61')}00`, unsorted)).toBe('accepted')
    expect(scan(`a2${long('62')}00${long('62')}00`, unsorted)).toBe('CBOR_BAD_KEY')
  })

  it('are told apart in a map of many', () => {
    const key = (index: number): string => toHex(encodeCanonical(`key ${(index * 7) % 60} é`))
    const map = (count: number, last: string): string => `b8${(count + 1).toString(16)}${Array.from({ length: count }, (_, index) => `${key(index)}00`).join('')}${last}00`
    for (const count of [24, 40, 59]) {
      expect(scan(map(count, key(59)), unsorted)).toBe('accepted')
      for (const again of [0, 14, 15, 16, 17, count - 1]) expect(scan(map(count, key(again)), unsorted)).toBe('CBOR_BAD_KEY')
    }
  })

  it('may repeat in different maps', () => {
    expect(scan('82a1616100a1616100', unsorted)).toBe('accepted')
  })

  it('relax nothing else', () => {
    expect(scan('a161611800', unsorted)).toBe('CBOR_NOT_CANONICAL')
    expect(scan('a16161f93c00', unsorted)).toBe('CBOR_FORBIDDEN_TYPE')
    expect(scan('a161ff00', unsorted)).toBe('CBOR_BAD_UTF8')
    expect(scan(nested(17), unsorted)).toBe('CBOR_TOO_DEEP')
  })
})
