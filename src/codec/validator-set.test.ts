import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CodecError,
  MAX_TOTAL_STAKE,
  MAX_VALIDATORS,
  VALIDATOR_ID,
  assertValidatorSet,
  decodeValidatorSet,
  encodeCanonical,
  encodeValidatorSet,
  equalBytes,
  isQuorum,
  sha256,
  toHex,
  totalStake,
  validatorSetHash,
  validatorSetSchema,
} from './index.ts'
import type { Validator, ValidatorSet, Value } from './index.ts'

const key = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const validator = (id: string, n: number, stake = 1): Validator => ({ validator_id: id, public_key: key(n), stake })
const SET: ValidatorSet = [validator('a', 1, 3), validator('b', 2, 4), validator('c', 3, 5)]

const parse = (set: unknown): ValidatorSet => validatorSetSchema.parse(set as Value, 'validators')
const mismatch = expect.objectContaining({ code: 'SCHEMA_MISMATCH' })

describe('a validator set', () => {
  it('is taken when it keeps the laws', () => {
    expect(parse(SET)).toEqual(SET)
    expect(parse([validator('solo', 9)])).toHaveLength(1)
    expect(parse([validator('a', 1, MAX_TOTAL_STAKE)])).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['empty', []],
    ['out of order', [validator('b', 1), validator('a', 2)]],
    ['with an id twice', [validator('a', 1), validator('a', 2)]],
    ['with a key twice', [validator('a', 1), validator('b', 1)]],
    ['with stake 0', [validator('a', 1, 0)]],
    ['with negative stake', [validator('a', 1, -1)]],
    ['with a fraction of stake', [validator('a', 1, 0.5)]],
    ['with too much stake in one', [validator('a', 1, MAX_TOTAL_STAKE + 1)]],
    ['with too much stake in sum', [validator('a', 1, MAX_TOTAL_STAKE), validator('b', 2, 1)]],
    ['with a short key', [{ ...validator('a', 1), public_key: new Uint8Array(31) }]],
    ['with an unknown field', [{ ...validator('a', 1), admin: true }]],
    ['longer than a bitmap reaches', Array.from({ length: MAX_VALIDATORS + 1 }, (_, i) => validator(`v${String(i).padStart(4, '0')}`, i))],
    ['that is no list', { a: validator('a', 1) }],
  ])('is refused when %s', (_what, set) => {
    expect(() => parse(set)).toThrow(CodecError)
    expect(() => parse(set)).toThrow(mismatch)
  })

  it('of the largest size is taken', () => {
    const largest = Array.from({ length: MAX_VALIDATORS }, (_, i) => ({
      validator_id: `v${String(i).padStart(4, '0')}`,
      public_key: Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? i & 0xff : at === 1 ? i >> 8 : 0)),
      stake: 1,
    }))
    expect(() => assertValidatorSet(largest)).not.toThrow()
    expect(decodeValidatorSet(encodeValidatorSet(largest))).toEqual(largest)
  })

  it.each(['', '-a', 'A', 'a_b', 'a b', 'a\n', 'ä', '../x', 'a'.repeat(65)])('refuses the id %j', (id) => {
    expect(() => VALIDATOR_ID.parse(id, 'validator_id')).toThrow(mismatch)
  })
})

describe('quorum', () => {
  it('is more than two thirds, exactly', () => {
    expect([isQuorum(2, 3), isQuorum(3, 3), isQuorum(66, 100), isQuorum(67, 100), isQuorum(0, 0)]).toEqual([false, true, false, true, false])
    expect(isQuorum(MAX_TOTAL_STAKE, MAX_TOTAL_STAKE)).toBe(true)
  })

  it('agrees with unbounded integers up to the largest stake', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_TOTAL_STAKE }), fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: -2, max: 2 }), (total, share, offset) => {
        for (const near of [Math.floor(total * share), Math.floor((total * 2) / 3)]) {
          const stake = Math.min(total, Math.max(0, near + offset))
          expect(isQuorum(stake, total)).toBe(3n * BigInt(stake) > 2n * BigInt(total))
        }
      }),
    )
  })

  it('always shares more than a third with any other: two quorums overlap in an honest validator', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), (total, a, b) => {
        if (isQuorum(a, total) && isQuorum(b, total) && a <= total && b <= total) expect(3 * (a + b - total)).toBeGreaterThan(total)
      }),
    )
  })

  it('counts all stake', () => {
    expect(totalStake(SET)).toBe(12)
  })
})

describe('the hash of a set', () => {
  it('is the hash of the bytes it is stored as', () => {
    expect(equalBytes(validatorSetHash(SET), sha256(encodeValidatorSet(SET)))).toBe(true)
    expect(decodeValidatorSet(encodeValidatorSet(SET))).toEqual(SET)
  })

  it('changes with every field', () => {
    const variants = [SET, [validator('a', 1, 4), ...SET.slice(1)], [validator('aa', 1, 3), ...SET.slice(1)], [validator('a', 9, 3), ...SET.slice(1)], SET.slice(1)]
    expect(new Set(variants.map((set) => toHex(validatorSetHash(set)))).size).toBe(variants.length)
  })

  it.each<[string, Value]>([
    ['another domain', ['agent-world/vote/v1', [['a', key(1), 1]]]],
    ['no domain', [['a', key(1), 1]]],
    ['a row too short', ['agent-world/validator-set/v1', [['a', key(1)]]]],
    ['a row too long', ['agent-world/validator-set/v1', [['a', key(1), 1, 1]]]],
    ['a row that is a map', ['agent-world/validator-set/v1', [{ validator_id: 'a', public_key: key(1), stake: 1 }]]],
    ['rows out of order', ['agent-world/validator-set/v1', [['b', key(1), 1], ['a', key(2), 1]]]],
    ['nothing', ['agent-world/validator-set/v1', []]],
    ['null', null],
  ])('is not taken from bytes with %s', (_what, value) => {
    expect(() => decodeValidatorSet(encodeCanonical(value))).toThrow(mismatch)
  })
})
