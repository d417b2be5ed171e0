import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { highestClaim, highestPossible, claimsBlock } from './peer-claims.ts'
import { phaseOf, StallWatch } from './phase.ts'
import type { PhaseInput } from './phase.ts'
import { consensusTimeouts } from './timeouts.ts'

const at = (overrides: Partial<PhaseInput>): string =>
  phaseOf({ now: 10_000, startedAt: 0, blockIntervalMs: 1_000, failed: false, lastBlockAt: 9_500, behind: null, alone: false, ...overrides })

describe('the phase a node shows', () => {
  it('follows while blocks come, and stands still when none came for two intervals', () => {
    expect(at({})).toBe('following')
    expect(at({ lastBlockAt: 8_000 })).toBe('following')
    expect(at({ lastBlockAt: 7_999 })).toBe('stalled')
  })

  it('starts until the first block, and says after two intervals that none comes', () => {
    expect(at({ now: 500, lastBlockAt: null })).toBe('starting')
    expect(at({ now: 2_001, lastBlockAt: null })).toBe('stalled')
  })

  it('connects while it depends on others and has none', () => {
    expect(at({ alone: true, lastBlockAt: null })).toBe('connecting')
    expect(at({ alone: true, lastBlockAt: 7_000 })).toBe('connecting')
    expect(at({ alone: true })).toBe('following')
  })

  it('syncs while it is behind, not for the one block under way', () => {
    expect(at({ behind: 1 })).toBe('following')
    expect(at({ behind: 50, lastBlockAt: 9_990 })).toBe('syncing')
    expect(at({ behind: Infinity, lastBlockAt: null })).toBe('syncing')
  })

  it('has failed whatever else holds', () => {
    expect(at({ failed: true, behind: 50, alone: true })).toBe('failed')
  })
})

describe('the stall watch', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('calls once when two intervals pass without a block, with no event to tell it', () => {
    let calls = 0
    const watch = new StallWatch(1_000, () => calls++)
    watch.reset()
    vi.advanceTimersByTime(1_900)
    watch.reset()
    vi.advanceTimersByTime(2_000)
    expect(calls).toBe(0)
    vi.advanceTimersByTime(1)
    expect(calls).toBe(1)
    vi.advanceTimersByTime(60_000)
    expect(calls).toBe(1)
    watch.reset()
    watch.stop()
    vi.advanceTimersByTime(60_000)
    expect(calls).toBe(1)
  })
})

describe('consensus timeouts', () => {
  it('lose less than two intervals to a dead proposer, so that it does not look like a standing world', () => {
    for (const interval of [1_000, 2_000, 5_000]) {
      const { blockIntervalMs, proposeMs, precommitMs } = consensusTimeouts(interval)
      expect(blockIntervalMs + proposeMs + precommitMs).toBeLessThan(1.8 * interval)
    }
  })

  it('stay above what a busy machine needs, and whole, for any interval', () => {
    for (const interval of [50, 333, 1_001]) {
      const timeouts = consensusTimeouts(interval)
      expect(timeouts.proposeMs).toBeGreaterThanOrEqual(400)
      expect(Object.values(timeouts).every((ms) => Number.isInteger(ms) && ms > 0)).toBe(true)
    }
  })
})

describe('claims of peers', () => {
  const claim = (height: number, earliest_height = 1) => ({ height, earliest_height, head_hash: '', state_root: '', snapshot_height: null, peers: 0 })

  it('are bounded by the age of the world: a block takes at least a millisecond', () => {
    expect(highestPossible(1_000, 11_000)).toBe(10_000 + 60_000)
    expect(highestPossible(1_000_000, 0)).toBe(0)
  })

  it('hold for the blocks between the earliest and the newest', () => {
    expect(claimsBlock(claim(10, 4), 4)).toBe(true)
    expect(claimsBlock(claim(10, 4), 3)).toBe(false)
    expect(claimsBlock(claim(10, 4), 11)).toBe(false)
    expect(claimsBlock(claim(0, 0), 0)).toBe(false)
  })

  it('give the highest, or nothing', () => {
    expect(highestClaim([])).toBeNull()
    expect(highestClaim([claim(3), claim(9), claim(2)])).toBe(9)
  })
})
