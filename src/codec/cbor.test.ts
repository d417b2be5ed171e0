import { describe, expect, it } from 'vitest'
import { CodecError, compareKeys, decodeCanonical, encodeCanonical, fromHex, toHex } from './index.ts'
import type { Value } from './index.ts'

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof CodecError) return error.code
    throw error
  }
  return 'accepted'
}

class Point {
  x = 1
}

describe('what cannot be encoded', () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const withProto = JSON.parse('{"__proto__": 1}') as object

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a fraction', 1.5],
    ['negative zero', -0],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['2^53', 2 ** 53],
    ['−2^53', -(2 ** 53)],
    ['a bigint, even a small one', 5n],
    ['a symbol', Symbol('x')],
    ['a function', () => 1],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone low surrogate', '\udc00a'],
    ['a key with a lone surrogate', { '\ud800': 1 }],
    ['a "__proto__" key', withProto],
    ['a Map', new Map([['a', 1]])],
    ['a Set', new Set([1])],
    ['a Date', new Date(0)],
    ['a RegExp', /a/],
    ['an Error', new Error('x')],
    ['a class instance', new Point()],
    ['an ArrayBuffer', new ArrayBuffer(2)],
    ['other typed arrays', Uint16Array.of(1)],
    ['clamped bytes', Uint8ClampedArray.of(1)],
    ['a boxed number', Object(1)],
    ['an array with a hole', Array.from<number>({ length: 1 }).concat(Array(1) as number[])],
    ['a cycle', cyclic],
    ['an object that inherits', Object.create({ a: 1 })],
  ])('%s', (_what, value) => {
    expect(codeOf(() => encodeCanonical(value as Value))).toBe('CBOR_UNENCODABLE')
    expect(codeOf(() => encodeCanonical([1, value] as Value))).toBe('CBOR_UNENCODABLE')
    expect(codeOf(() => encodeCanonical({ b: 1, a: value } as Value))).toBe('CBOR_UNENCODABLE')
  })

  it('leaves no trace: the next encoding is right', () => {
    const good = toHex(encodeCanonical({ b: [1, 'x'], a: 2 }))
    expect(codeOf(() => encodeCanonical({ a: 'x'.repeat(9000), b: 1.5 }))).toBe('CBOR_UNENCODABLE')
    expect(toHex(encodeCanonical({ b: [1, 'x'], a: 2 }))).toBe(good)
  })
})

describe('maps', () => {
  it('are encoded with keys by length, then bytewise, whatever order they were built in', () => {
    const expected = 'a5' + '616101' + '617a02' + '62616103' + '626f6f04' + '6468657265' + '05'
    expect(toHex(encodeCanonical({ here: 5, oo: 4, aa: 3, z: 2, a: 1 }))).toBe(expected)
    expect(toHex(encodeCanonical({ a: 1, z: 2, aa: 3, oo: 4, here: 5 }))).toBe(expected)
  })

  it('sort by UTF-8 bytes, not by UTF-16 units', () => {
    // U+FFFD precedes U+10000 in UTF-8; its UTF-16 unit follows the surrogate. Both take 3 and 4 bytes, so length decides too.
    expect(Object.keys(decodeCanonical(encodeCanonical({ '\u{10000}': 1, 'a\ufffd': 2 })) as object)).toEqual(['a\ufffd', '\u{10000}'])
    expect(compareKeys('\u{10000}', 'a\ufffd')).toBeGreaterThan(0)
    expect(compareKeys('é', 'zz')).toBeGreaterThan(0) // c3 a9 after 7a 7a
    expect(compareKeys('é', 'z')).toBeGreaterThan(0) // two bytes after one
    expect(compareKeys('é', 'é')).toBe(0)
  })

  it('may have keys that look like numbers, which JavaScript would reorder', () => {
    expect(toHex(encodeCanonical({ 10: 1, 9: 2, a: 3 }))).toBe('a3' + '613902' + '616103' + '62313001')
  })

  it('may have keys named like members of Object', () => {
    const value = { constructor: 1, toString: 2, hasOwnProperty: 3, valueOf: 4, toJSON: 5, length: 6, isPrototypeOf: 7, __proto_: 8 }
    expect(decodeCanonical(encodeCanonical(value))).toEqual(value)
    const sorted = { name: 1, length: 2, constructor: { constructor: null } }
    expect(decodeCanonical(encodeCanonical(sorted))).toEqual(sorted)
  })

  it('may have no prototype', () => {
    const bare = Object.assign(Object.create(null) as Record<string, Value>, { a: 1, bb: { a: 2 } })
    expect(toHex(encodeCanonical(bare))).toBe(toHex(encodeCanonical({ a: 1, bb: { a: 2 } })))
  })

  it('of many keys, in order or not, give the same bytes', () => {
    for (const size of [23, 24, 25, 255, 256, 70_000]) {
      const keys = Array.from({ length: size }, (_, i) => `k${i.toString().padStart(6, '0')}`)
      const forward = encodeCanonical(Object.fromEntries(keys.map((key) => [key, 1])))
      const backward = encodeCanonical(Object.fromEntries(keys.toReversed().map((key) => [key, 1])))
      expect(toHex(sample(backward))).toBe(toHex(sample(forward)))
      expect(Object.keys(decodeCanonical(forward) as object).length).toBe(size)
    }
    function sample(bytes: Uint8Array): Uint8Array {
      return bytes.length < 5000 ? bytes : Uint8Array.from([...bytes.subarray(0, 2500), ...bytes.subarray(-2500)])
    }
  })

  it('keep an absent value absent: null stays null', () => {
    expect(decodeCanonical(encodeCanonical({ a: null }))).toEqual({ a: null })
  })
})

describe('memory', () => {
  it('of results is their own: plain bytes, in a buffer of their size', () => {
    for (const value of ['x', { a: new Uint8Array(100) }, new Uint8Array(20_000)] as Value[]) {
      const encoded = encodeCanonical(value)
      expect(Object.getPrototypeOf(encoded)).toBe(Uint8Array.prototype)
      expect(encoded.buffer.byteLength).toBe(encoded.length)
    }
  })

  it('of one result is not touched by the next', () => {
    const first = encodeCanonical(['first', 1])
    const before = toHex(first)
    for (let i = 0; i < 1000; i++) encodeCanonical(['later', i])
    expect(toHex(first)).toBe(before)
  })

  it('of the input is neither changed, marked nor kept', () => {
    const input = Buffer.from('a1616143010203', 'hex')
    const decoded = decodeCanonical(input) as { a: Uint8Array }
    expect(Object.keys(input).length).toBe(input.length)
    expect(Object.getPrototypeOf(decoded.a)).toBe(Uint8Array.prototype)
    input.fill(0)
    expect(toHex(decoded.a)).toBe('010203')
  })

  it('of the value encoded is not changed', () => {
    const value = { z: [2 ** 40, { b: 1, a: 2 }], a: 2 ** 40 }
    encodeCanonical(value)
    expect(Object.keys(value)).toEqual(['z', 'a'])
    expect(value).toEqual({ z: [2 ** 40, { b: 1, a: 2 }], a: 2 ** 40 })
  })

  it('may be a view into a larger buffer, or a Buffer', () => {
    const framed = fromHex('ffff8201f6ff')
    expect(decodeCanonical(framed.subarray(2, 5))).toEqual([1, null])
    expect(toHex(encodeCanonical({ a: Buffer.from([1, 2]) }))).toBe('a16161420102')
  })
})

describe('wide integers', () => {
  it('come back as numbers wherever they stand', () => {
    const wide = [2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
    const value = { a: wide, b: { c: [[wide[0]!]], d: 'x', e: Uint8Array.of(1), f: null, g: true }, top: wide[1]! }
    expect(decodeCanonical(encodeCanonical(value))).toEqual(value)
    for (const integer of wide) expect(decodeCanonical(encodeCanonical(integer))).toBe(integer)
  })
})
