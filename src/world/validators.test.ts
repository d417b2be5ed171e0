import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_TOTAL_STAKE } from '../codec/index.ts'
import { slashedSet, slashedStake } from './validators.ts'

describe('slashing', () => {
  it('takes the share of the stake, rounded up, without leaving the safe integers', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: MAX_TOTAL_STAKE }), fc.nat(10_000), (stake, bps) => {
      const loss = (BigInt(stake) * BigInt(bps) + 9_999n) / 10_000n
      expect(BigInt(slashedStake(stake, bps))).toBe(BigInt(stake) - loss)
    }))
  })

  it('removes who has nothing left, but never the last', () => {
    const validator = (validator_id: string, stake: number): { validator_id: string; public_key: Uint8Array; stake: number } => ({ validator_id, public_key: new Uint8Array(32), stake })
    expect(slashedSet([validator('a', 1), validator('b', 5)], 'a', 100)).toEqual([validator('b', 5)])
    expect(slashedSet([validator('a', 1)], 'a', 10_000)).toEqual([validator('a', 1)])
    expect(slashedSet([validator('a', 7)], 'nobody', 10_000)).toEqual([validator('a', 7)])
  })
})
