import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256, toHex } from '../codec/index.ts'
import { ed25519Backend, isValidPublicKey, verifyEd25519Portable, verifyMany } from './index.ts'
import type { SignedMessage } from './index.ts'
import { HOSTILE_KINDS } from './testing/hostile-inputs.ts'
import type { Choices } from './testing/hostile-inputs.ts'
import { integerOf, keyPair, SMALL_ORDER_ENCODINGS, TORSION } from './testing/points.ts'
import { Seeded } from './testing/seeded.ts'

const KINDS = Object.keys(HOSTILE_KINDS)

/** Choices driven by fast-check, so a failure shrinks and names its seed. */
function choicesFrom(gen: fc.GeneratorValue): Choices {
  return {
    below: (limit) => gen(fc.nat, { max: limit - 1 }),
    bytes: (length) => gen(fc.uint8Array, { minLength: length, maxLength: length }),
  }
}

const portable = ({ publicKey, message, signature }: SignedMessage): boolean => verifyEd25519Portable(publicKey, message, signature)

it('runs the fast path on WebCrypto here, so the comparison below compares two implementations', async () => {
  expect(await ed25519Backend()).toBe('webcrypto')
})

describe.each(KINDS)('%s', (kind) => {
  it('gets one verdict from both paths', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const choices = choicesFrom(gen)
        const item = HOSTILE_KINDS[kind]!(keyPair(integerOf(choices.bytes(32))), choices)
        expect((await verifyMany([item]))[0]).toBe(portable(item))
      }),
      { numRuns: 25 },
    )
  })
})

describe('keys that may enter the state', () => {
  it('are the multiples of the base point and nothing shifted by torsion', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1n << 252n }), fc.integer({ min: 1, max: 7 }), (scalar, shift) => {
        const { point } = keyPair(scalar)
        expect(isValidPublicKey(point.toBytes())).toBe(true)
        expect(isValidPublicKey(point.add(TORSION[shift]!).toBytes())).toBe(false)
      }),
      { numRuns: 20 },
    )
  })

  it('are never of small order, in any encoding', () => {
    expect(SMALL_ORDER_ENCODINGS.filter(isValidPublicKey)).toEqual([])
  })
})

describe('2,000 seeded cases of every kind', () => {
  const CASES = 2000
  const random = new Seeded(20_480)
  const pairs = Array.from({ length: 16 }, () => keyPair(integerOf(random.bytes(32))))
  const cases = Array.from({ length: CASES }, (_, i) => HOSTILE_KINDS[KINDS[i % KINDS.length]!]!(pairs[random.below(pairs.length)]!, random))
  /** Digest of the accept bitmap. It must not depend on engine, backend or version: a change here is a fork of every network. */
  const EXPECTED = '5a21a555f113fb9118df288824342b274ba1c0b3287f88fbeaa3286210d5b5b4'

  const digest = (verdicts: readonly boolean[]): string => {
    const bitmap = new Uint8Array(Math.ceil(verdicts.length / 8))
    verdicts.forEach((accepted, i) => {
      if (accepted) bitmap[i >> 3]! |= 1 << (i & 7)
    })
    return toHex(sha256(bitmap))
  }

  it('are accepted and refused alike by the fast path everywhere', async () => {
    expect(digest(await verifyMany(cases))).toBe(EXPECTED)
  })

  it('are accepted and refused alike by the portable path everywhere', () => {
    expect(digest(cases.map(portable))).toBe(EXPECTED)
  })

  it('hold both verdicts: what is honest, and torsion that happens to cancel', () => {
    const accepted = new Map<string, number>()
    cases.forEach((item, i) => {
      const kind = KINDS[i % KINDS.length]!
      if (portable(item)) accepted.set(kind, (accepted.get(kind) ?? 0) + 1)
    })
    expect(Object.fromEntries(accepted)).toEqual({
      honest: 112,
      'key shifted by torsion': 30,
      'nonce shifted by torsion': 15, // the neutral element was drawn
      'key and nonce shifted by torsion': 18,
      'signature of another length': 1, // the length drawn was the right one
      'key of another length': 1,
    })
  })
})
