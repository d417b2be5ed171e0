import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../codec/index.ts'
import { isReducedScalar, isStrictPoint } from './rule.ts'
import { integerOf, keyPair, L, P, scalarBytes, SMALL_ORDER_ENCODINGS } from './testing/points.ts'

const any256 = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('scalars', () => {
  it('are reduced exactly below L', () => {
    expect([0n, 1n, L - 1n].map((value) => isReducedScalar(scalarBytes(value), 0))).toEqual([true, true, true])
    expect([L, L + 1n, 2n * L, (1n << 256n) - 1n].map((value) => isReducedScalar(scalarBytes(value), 0))).toEqual([false, false, false, false])
  })

  it('agree with integer comparison near L and everywhere', () => {
    const nearL = fc.bigInt({ min: L - 300n, max: L + 300n }).map(scalarBytes)
    fc.assert(fc.property(fc.oneof(any256, nearL), (bytes) => isReducedScalar(bytes, 0) === integerOf(bytes) < L))
  })
})

describe('points', () => {
  it('of small order are refused in every encoding, canonical or not', () => {
    expect(SMALL_ORDER_ENCODINGS.filter((encoding) => isStrictPoint(encoding))).toEqual([])
  })

  it('of large order are never refused', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: L }), (scalar) => isStrictPoint(keyPair(scalar).point.toBytes())),
      { numRuns: 50 },
    )
  })

  it('are canonical exactly when y is below p, whatever the sign bit', () => {
    const edge = fc.tuple(fc.bigInt({ min: P - 300n, max: (1n << 255n) - 1n }), fc.boolean()).map(([y, sign]) => scalarBytes(sign ? y | (1n << 255n) : y))
    fc.assert(
      fc.property(fc.oneof(any256, edge), (bytes) => {
        const y = integerOf(bytes) & ((1n << 255n) - 1n)
        const smallOrder = SMALL_ORDER_ENCODINGS.some((encoding) => integerOf(encoding) === integerOf(bytes))
        expect(isStrictPoint(bytes)).toBe(y < P && !smallOrder)
      }),
    )
  })

  it('are read at their offset', () => {
    expect(isStrictPoint(concatBytes(new Uint8Array(5), keyPair(3n).point.toBytes()), 5)).toBe(true)
    expect(isStrictPoint(concatBytes(keyPair(3n).point.toBytes(), SMALL_ORDER_ENCODINGS[0]!), 32)).toBe(false)
  })
})
