import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical, hashCanonical, sha256 } from './index.ts'
import type { Value } from './index.ts'
import { encodeByReference } from './testing/reference-encoder.ts'

const key = fc.oneof(fc.stringMatching(/^[a-z_]{0,12}$/), fc.string({ maxLength: 8, unit: 'binary' }))
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.integer({ min: -300, max: 70_000 }), fc.constantFrom(0xffff_ffff, 0x1_0000_0000, -0x1_0000_0000, -0x1_0000_0001, -1, 0),
    fc.string({ maxLength: 300, unit: 'grapheme' }), fc.stringMatching(/^[ -~]{0,200}$/), fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 30 }), fc.dictionary(key, tie('value'), { maxKeys: 30 }),
  ),
}))
// What cannot be encoded is refused by both, with the same code.
const odd = fc.oneof(fc.constantFrom<unknown>(-0, 0.5, Number.NaN, 2 ** 53, undefined, 7n, '\ud800', '\ufeffx', new Date(0), new Map(), () => 0), fc.constant(JSON.parse('{"__proto__":1}') as unknown))

const outcome = (encode: (value: Value) => Uint8Array, of: unknown): unknown => {
  try {
    return encode(of as Value)
  } catch (error) {
    return (error as { code: unknown }).code
  }
}

describe('the encoder, held against another one', () => {
  it('writes the same bytes for any value', () => {
    fc.assert(fc.property(value, (any) => {
      expect(outcome(encodeCanonical, any)).toEqual(outcome(encodeByReference, any))
    }), { numRuns: 1_000 })
  })

  it('refuses the same, anywhere in a value', () => {
    fc.assert(fc.property(odd, value, (bad, good) => {
      for (const place of [bad, [good, bad], { a: good, b: bad }]) {
        expect(outcome(encodeCanonical, place)).toEqual(outcome(encodeByReference, place))
        expect(outcome(encodeCanonical, good)).toEqual(outcome(encodeByReference, good)) // and is not confused afterwards
      }
    }))
  })

  it('takes values as deep and as large', () => {
    const nested = (depth: number): Value => (depth === 0 ? 1 : [nested(depth - 1)])
    for (let depth = 10; depth <= 20; depth++) expect(outcome(encodeCanonical, nested(depth))).toEqual(outcome(encodeByReference, nested(depth)))
    const large = { bytes: new Uint8Array(100_000).fill(3), list: Array.from({ length: 5_000 }, (_, index) => index) }
    expect(encodeCanonical(large)).toEqual(encodeByReference(large))
  })

  it('is right however many keys it has seen, and after messages of any size', () => {
    const strange = Object.fromEntries(Array.from({ length: 1_500 }, (_, index) => [`key ${index} ${'k'.repeat(index % 90)}`, index]))
    const wide = { bytes: new Uint8Array(600_000), strange }
    const values: readonly Value[] = [strange, { b: 1, a: 2 }, wide, { a: 2, b: 1 }]
    for (const one of values) expect(encodeCanonical(one)).toEqual(encodeByReference(one))
  })

  it('hashes a tag and the bytes', () => {
    fc.assert(fc.property(fc.nat({ max: 255 }), value, (tag, any) => {
      fc.pre(outcome(encodeCanonical, any) instanceof Uint8Array)
      expect(hashCanonical(tag, any)).toEqual(sha256(Uint8Array.of(tag, ...encodeCanonical(any))))
    }))
  })
})
