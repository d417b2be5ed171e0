import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodecError, DEFAULT_DECODE_LIMITS, compareBytes, concatBytes, decodeCanonical, encodeCanonical, equalBytes, sha256, toHex } from './index.ts'
import type { Value } from './index.ts'

const text = fc.string({ unit: 'binary', maxLength: 80 }).filter((candidate) => !candidate.startsWith('\ufeff'))
const key = fc.oneof(text, fc.constantFrom('a', 'b', 'aa', 'constructor', 'toString', 'toJSON', '0', '10', '9', 'length')).filter((name) => name !== '__proto__')
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -300, max: 300 }),
  fc.constantFrom(23, 24, 255, 256, 65535, 65536, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, 1 - 2 ** 53),
)

const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), integer.map((n) => (n === 0 ? 0 : n)), text, fc.uint8Array({ maxLength: 70 })),
    fc.array(tie('value'), { maxLength: 30 }),
    fc.dictionary(key, tie('value'), { maxKeys: 30 }),
  ),
}))

/** The same value with the keys of every map in another order. */
function reordered(original: Value): Value {
  if (Array.isArray(original)) return original.map(reordered)
  if (typeof original !== 'object' || original === null || original instanceof Uint8Array) return original
  return Object.fromEntries(Object.entries(original).toReversed().map(([name, entry]) => [name, reordered(entry)]))
}

/** Decodes, or says with which code it was refused; anything but a CodecError escapes and fails the test. */
function outcome(bytes: Uint8Array, unsortedKeys = false): { readonly value: Value } | { readonly code: string } {
  try {
    return { value: decodeCanonical(bytes, { ...DEFAULT_DECODE_LIMITS, unsortedKeys }) }
  } catch (error) {
    if (error instanceof CodecError) return { code: error.code }
    throw error
  }
}

describe('laws of the codec', () => {
  it('decoding inverts encoding', () => {
    fc.assert(
      fc.property(value, (original) => {
        expect(decodeCanonical(encodeCanonical(original))).toEqual(original)
      }),
      { numRuns: 300 },
    )
  })

  it('the order in which a map was built never matters', () => {
    fc.assert(fc.property(value, (original) => equalBytes(encodeCanonical(original), encodeCanonical(reordered(original)))), { numRuns: 300 })
  })

  it('different values have different bytes', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        let same = true
        try {
          expect(a).toEqual(b)
        } catch {
          same = false
        }
        expect(equalBytes(encodeCanonical(a), encodeCanonical(b))).toBe(same)
      }),
      { numRuns: 200 },
    )
  })

  it('keys stand in ascending order of their encodings', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.constant(0), { maxKeys: 40 }), (map) => {
        const keys = Object.keys(map)
        const encoded = keys.map((name) => encodeCanonical(name)).toSorted(compareBytes)
        const body = concatBytes(...encoded.flatMap((bytes) => [bytes, Uint8Array.of(0)]))
        const whole = encodeCanonical(map)
        expect(toHex(whole.subarray(whole.length - body.length))).toBe(toHex(body))
      }),
      { numRuns: 200 },
    )
  })

  it('bytes are accepted only in the one form encoding gives them', () => {
    const mutated = fc
      .tuple(value, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('set', 'insert', 'remove', 'flip')), { minLength: 1, maxLength: 4 }))
      .map(([original, edits]) => edits.reduce((bytes, [at, byte, edit]) => edited(bytes, at, byte, edit), encodeCanonical(original)))
    const bytes = fc.oneof(mutated, fc.uint8Array({ maxLength: 60 }))
    fc.assert(
      fc.property(bytes, (candidate) => {
        const result = outcome(candidate)
        if ('value' in result) expect(toHex(encodeCanonical(result.value))).toBe(toHex(candidate))
        const lenient = outcome(candidate, true)
        // Unsorted keys are the one liberty: what the strict form takes, the lenient takes too, with the same value.
        if ('value' in result) expect(lenient).toEqual(result)
        if ('value' in lenient) expect(encodeCanonical(lenient.value).length).toBe(candidate.length)
      }),
      { numRuns: 3000 },
    )
  })
})

function edited(bytes: Uint8Array, at: number, byte: number, edit: string): Uint8Array {
  const position = bytes.length === 0 ? 0 : at % bytes.length
  const before = bytes.subarray(0, position)
  if (edit === 'insert') return concatBytes(before, Uint8Array.of(byte), bytes.subarray(position))
  if (edit === 'remove') return concatBytes(before, bytes.subarray(position + 1))
  const changed = bytes.slice()
  if (changed.length > 0) changed[position] = edit === 'set' ? byte : changed[position]! ^ (1 << (byte & 7))
  return changed
}

describe('20,000 seeded messages', () => {
  /** Digest of every encoding and every verdict. It must not depend on engine or version: a change here is a fork of every network. */
  const EXPECTED = '51167b795e5e76be8f6621f89d5c0aa1e1fa2763457554a6123aaae7df0d4cd8'

  it('are encoded, accepted and refused alike everywhere', () => {
    let state = 7
    const below = (limit: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 0x100000000) * limit)
    }
    const characters = [0x00, 0x22, 0x41, 0x7a, 0x7f, 0xe9, 0x7ff, 0x800, 0xfeff, 0xfffd, 0xffff, 0x10000, 0x1f600, 0x10ffff]
    const anyText = (): string => `k${String.fromCodePoint(...Array.from({ length: below(below(10) === 0 ? 90 : 9) }, () => characters[below(characters.length)]!))}`
    const anyValue = (depth: number): Value => {
      switch (below(depth > 4 ? 6 : 8)) {
        case 0:
          return [null, true, false][below(3)]!
        case 1:
          return below(2) === 0 ? below(300) : -1 - below(300)
        case 2:
          return (below(2) === 0 ? 1 : -1) * (below(0x200000) * 0x100000000 + below(0x100000000)) || 0
        case 3:
          return (below(2) === 0 ? 1 : -1) * below(0x100000000) || 0
        case 4:
          return anyText()
        case 5:
          return Uint8Array.from({ length: below(40) }, () => below(256))
        case 6:
          return Array.from({ length: below(6) }, () => anyValue(depth + 1))
        default:
          return Object.fromEntries(Array.from({ length: below(30) >> 2 }, () => [anyText(), anyValue(depth + 1)]))
      }
    }
    const edits = ['set', 'insert', 'remove', 'flip']
    let digest = new Uint8Array(32)
    const verdicts = new Map<string, number>()
    for (let i = 0; i < 20_000; i++) {
      let bytes = encodeCanonical(anyValue(0))
      for (let count = below(4); count > 0; count--) bytes = edited(bytes, below(1 << 20), below(256), edits[below(4)]!)
      const result = outcome(bytes)
      const verdict = 'code' in result ? result.code : 'accepted'
      if ('value' in result && !equalBytes(encodeCanonical(result.value), bytes)) expect.unreachable(`${toHex(bytes)} has a second form`)
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
      digest = new Uint8Array(sha256(concatBytes(digest, encodeCanonical([verdict, bytes]))))
    }
    expect(verdicts.get('accepted')).toBeGreaterThan(4000)
    expect(verdicts.size).toBeGreaterThanOrEqual(8) // every way of being refused that edits reach
    expect(toHex(digest)).toBe(EXPECTED)
  })
})
