import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelay, peerOfAddress } from './bootstrap.ts'
import { BOOTSTRAP_LIMITS } from './limits.ts'

const { firstBackoffMs, maxBackoffMs } = BOOTSTRAP_LIMITS

describe('redial backoff', () => {
  it('doubles, is capped, and takes at most half off at random', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (failures, random) => {
        const full = Math.min(firstBackoffMs * 2 ** (failures - 1), maxBackoffMs)
        const delay = backoffDelay(failures, random)
        expect(delay).toBeLessThanOrEqual(full)
        expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2))
      }),
    )
    expect(backoffDelay(1, 0)).toBe(firstBackoffMs)
    expect(backoffDelay(2, 0)).toBe(2 * firstBackoffMs)
    expect(backoffDelay(1000, 0)).toBe(maxBackoffMs)
  })

  it('finds the expected peer at the end of an address, not a relay in its middle', () => {
    expect(peerOfAddress('/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWabc')).toBe('12D3KooWabc')
    expect(peerOfAddress('/ip4/127.0.0.1/tcp/1/ws/p2p/12D3KooWabc/p2p-circuit')).toBeNull()
    expect(peerOfAddress('/ip4/127.0.0.1/tcp/1/ws')).toBeNull()
  })
})
