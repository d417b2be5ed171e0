import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { encodeFast } from './canonical-writer.ts'

const key = fc.oneof(fc.stringMatching(/^[a-z_]{0,12}$/), fc.string({ maxLength: 8, unit: 'binary' }))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.integer({ min: -300, max: 70_000 }), fc.constantFrom(0xffff_ffff, 0x1_0000_0000, -0x1_0000_0000, -0x1_0000_0001, -1, 0),
    fc.string({ maxLength: 300, unit: 'grapheme' }), fc.stringMatching(/^[ -~]{0,200}$/), fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }), fc.dictionary(key, tie('value'), { maxKeys: 30 }),
  ),
}))
// What codec refuses, this refuses with the same code.
const odd = fc.oneof(fc.constantFrom<unknown>(-0, 0.5, Number.NaN, 2 ** 53, undefined, 7n, '\ud800', '\ufeffx', new Date(0), new Map(), () => 0), fc.constant(JSON.parse('{"__proto__":1}') as unknown))

const outcome = (encode: (value: Value) => Uint8Array, of: unknown): unknown => {
  try {
    return encode(of as Value)
  } catch (error) {
    return (error as { code: unknown }).code
  }
}

describe('the fast encoder', () => {
  it('writes the canonical bytes of any value', () => {
    fc.assert(fc.property(value, (any) => {
      expect(outcome(encodeFast, any)).toEqual(outcome(encodeCanonical, any))
    }), { numRuns: 1_000 })
  })

  it('refuses what codec refuses, anywhere in a value', () => {
    fc.assert(fc.property(odd, value, (bad, good) => {
      for (const place of [bad, [good, bad], { a: good, b: bad }]) {
        expect(outcome(encodeFast, place)).toEqual(outcome(encodeCanonical, place))
        expect(outcome(encodeFast, good)).toEqual(outcome(encodeCanonical, good)) // and is not confused afterwards
      }
    }))
  })

  it('takes values as deep and as large as codec does', () => {
    const nested = (depth: number): Value => (depth === 0 ? 1 : [nested(depth - 1)])
    for (let depth = 10; depth <= 20; depth++) expect(outcome(encodeFast, nested(depth))).toEqual(outcome(encodeCanonical, nested(depth)))
    const large = { bytes: new Uint8Array(100_000).fill(3), list: Array.from({ length: 5_000 }, (_, index) => index) }
    expect(encodeFast(large)).toEqual(encodeCanonical(large))
  })
})
