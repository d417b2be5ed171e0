import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isQuorum, totalStake } from '../codec/index.ts'
import { proposerAt } from './proposer.ts'
import { validatorSet } from './testing/kit.ts'
import { thresholdsOf } from './thresholds.ts'

const stakes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 9 })

function counts(set: ReturnType<typeof validatorSet>, from: number, heights: number): Map<string, number> {
  const found = new Map<string, number>()
  for (let height = from; height < from + heights; height++) {
    const { validator_id } = proposerAt(set, height, 0)
    found.set(validator_id, (found.get(validator_id) ?? 0) + 1)
  }
  return found
}

describe('proposerAt', () => {
  it('gives each validator exactly its share of round 0 over as many heights as there is stake, from any height on', () => {
    fc.assert(
      fc.property(stakes, fc.integer({ min: 1, max: 2 ** 52 }), (list, from) => {
        const set = validatorSet(...list)
        const found = counts(set, from, totalStake(set))
        for (const { validator_id, stake } of set) expect(found.get(validator_id)).toBe(stake)
      }),
      { numRuns: 60 },
    )
  })

  it('rotates through equal stakes, whatever their size', () => {
    for (const stake of [1, 10, 999_983]) {
      const found = counts(validatorSet(stake, stake, stake, stake, stake), 17, 5)
      expect([...found.values()]).toEqual([1, 1, 1, 1, 1])
    }
  })

  it('stays near the share over short spans, so that nobody proposes in long runs', () => {
    const set = validatorSet(50, 30, 20)
    const found = counts(set, 1, 20)
    expect(found.get('v0')).toBeGreaterThanOrEqual(8)
    expect(found.get('v0')).toBeLessThanOrEqual(12)
    expect(found.get('v2')).toBeGreaterThanOrEqual(2)
  })

  it('visits every validator once in any n consecutive rounds of a height', () => {
    fc.assert(
      fc.property(stakes, fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 30 }), (list, height, from) => {
        const set = validatorSet(...list)
        const seen = new Set(set.map((_, index) => proposerAt(set, height, from + index).validator_id))
        expect(seen.size).toBe(set.length)
      }),
    )
  })

  it('gives round 1 by stake among the others', () => {
    const set = validatorSet(10, 60, 30)
    let heavy = 0
    let light = 0
    for (let height = 1; height <= 3000; height++) {
      if (proposerAt(set, height, 0).validator_id !== 'v0') continue
      if (proposerAt(set, height, 1).validator_id === 'v1') heavy++
      else light++
    }
    expect(heavy / light).toBeGreaterThan(1.4)
    expect(heavy / light).toBeLessThan(2.9)
  })

  it('works for one validator and for the largest stakes', () => {
    expect(proposerAt(validatorSet(7), 5, 3).validator_id).toBe('v0')
    const set = validatorSet(2 ** 49, 2 ** 48, 2 ** 48 - 1)
    for (let round = 0; round < 6; round++) expect(set).toContain(proposerAt(set, 2 ** 52 + 1, round))
  })
})

describe('thresholdsOf', () => {
  it('has the least stakes above two thirds and above one third', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 46 }), { minLength: 1, maxLength: 8 }), (list) => {
        const { total, quorum, honest } = thresholdsOf(validatorSet(...list))
        expect(isQuorum(quorum, total)).toBe(true)
        expect(isQuorum(quorum - 1, total)).toBe(false)
        expect(3 * honest > total && 3 * (honest - 1) <= total).toBe(true)
      }),
    )
  })
})
