import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import { Decoder } from './cbor-decoder.ts'

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.maxSafeInteger(), fc.constantFrom(0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, -24, -25, -256, -257, -(2 ** 32), -(2 ** 32) - 1, Number.MIN_SAFE_INTEGER),
    fc.boolean(), fc.constant(null), fc.string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.startsWith('\ufeff')), fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 6 }), fc.dictionary(fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
}))

describe('the small decoder of verify.html', () => {
  it('reads canonical bytes as the codec does', () => {
    fc.assert(fc.property(value, (content) => {
      const bytes = encodeCanonical(content)
      expect(new Decoder().decode(bytes)).toEqual(decodeCanonical(bytes))
    }), { numRuns: 500 })
  })

  it('gives copies of byte strings, as the codec promises', () => {
    const bytes = encodeCanonical([Uint8Array.of(1, 2)])
    const [copy] = new Decoder().decode(bytes) as [Uint8Array]
    bytes.fill(0)
    expect(copy).toEqual(Uint8Array.of(1, 2))
  })
})
