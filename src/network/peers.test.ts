import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PEER_LIMITS } from './limits.ts'
import { createMetrics } from './metrics.ts'
import { addOffence, createPeerPolicy, FIRST_REFUSAL_MS, HALF_LIFE_MS, MAX_REFUSAL_MS, OFFENCE_WEIGHTS, REFUSE_AT } from './peers.ts'
import type { OffenceCode, Refusal } from './peers.ts'

const codes = Object.keys(OFFENCE_WEIGHTS) as OffenceCode[]

function policyAt(start = 1_000_000) {
  const clock = { now: start }
  const refusals: Refusal[] = []
  const disconnected: string[] = []
  const metrics = createMetrics()
  const policy = createPeerPolicy({
    now: () => clock.now,
    metrics,
    onRefusal: (refusal) => refusals.push(refusal),
    onDisconnect: (peer) => disconnected.push(peer),
  })
  return { clock, refusals, disconnected, metrics, policy }
}

describe('peer policy', () => {
  it('refuses and disconnects a peer at once for what no honest node does', () => {
    for (const code of ['BAD_CERTIFICATE', 'BAD_BLOCK', 'HASH_MISMATCH'] as const) {
      const { policy, disconnected, metrics } = policyAt()
      expect(policy.report('liar', code)).toBe('refused')
      expect(disconnected).toEqual(['liar'])
      expect(metrics.get(`peers.offence.${code}`)).toBe(1)
    }
  })

  it('demotes before it refuses, and forgets with time', () => {
    const { policy, clock } = policyAt()
    expect(policy.report('p', 'BAD_MESSAGE')).toBe('good')
    expect(policy.report('p', 'BAD_MESSAGE')).toBe('demoted')
    clock.now += HALF_LIFE_MS
    expect(policy.standing('p')).toBe('good')
    expect(policy.score('p')).toBeCloseTo(OFFENCE_WEIGHTS.BAD_MESSAGE)
  })

  it('asks demoted peers only when nobody better is left, refused ones never', () => {
    const { policy } = policyAt()
    policy.report('slow', 'TIMEOUT')
    policy.report('demoted', 'BAD_SIGNATURE')
    policy.report('refused', 'BAD_BLOCK')
    expect(policy.rank(['refused', 'demoted', 'slow', 'good'])).toEqual(['good', 'slow'])
    expect(policy.rank(['refused', 'demoted'])).toEqual(['demoted'])
    expect(policy.rank(['refused'])).toEqual([])
  })

  it('never refuses a peer for slowness alone', () => {
    const { policy } = policyAt()
    for (let i = 0; i < 1000; i++) policy.report('slow', 'TIMEOUT')
    expect(policy.standing('slow')).toBe('demoted')
    expect(policy.report('slow', 'BAD_SIGNATURE')).toBe('refused')
  })

  it('lets a refused peer return demoted, and refuses it for twice as long the next time, up to a maximum', () => {
    const { policy, clock } = policyAt()
    let expected = FIRST_REFUSAL_MS
    for (let round = 0; round < 8; round++) {
      policy.report('p', 'BAD_BLOCK')
      expect(policy.refusedUntil('p')! - clock.now).toBe(expected)
      clock.now = policy.refusedUntil('p')!
      expect(policy.standing('p')).toBe('demoted')
      expected = Math.min(expected * 2, MAX_REFUSAL_MS)
    }
  })

  it('keeps a bounded table that refusals cannot be washed out of', () => {
    const { policy } = policyAt()
    policy.report('liar', 'BAD_BLOCK')
    for (let i = 0; i < PEER_LIMITS.maxTracked + 100; i++) policy.report(`noise-${i}`, 'TIMEOUT')
    expect(policy.scores().length).toBe(PEER_LIMITS.maxTracked)
    expect(policy.standing('liar')).toBe('refused')
  })

  it('tells each refusal with its code, a bounded text, and keeps only the newest', () => {
    const { policy, refusals } = policyAt()
    for (let i = 0; i < PEER_LIMITS.maxRecentRefusals + 5; i++) policy.report(`p${i}`, 'SPAM', 'x'.repeat(10_000))
    expect(refusals.length).toBe(PEER_LIMITS.maxRecentRefusals + 5)
    expect(policy.recent().length).toBe(PEER_LIMITS.maxRecentRefusals)
    expect(policy.recent().at(-1)).toMatchObject({ peer: `p${PEER_LIMITS.maxRecentRefusals + 4}`, code: 'SPAM' })
    expect(refusals[0]!.detail.length).toBe(PEER_LIMITS.maxDetail)
  })

  it('holds its laws for any history: scores stay in range, only time lowers them, refusal follows from the threshold', () => {
    const step = fc.record({ peer: fc.constantFrom('a', 'b', 'c'), code: fc.constantFrom(...codes), wait: fc.integer({ min: 0, max: 300_000 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { policy, clock, disconnected } = policyAt()
        let refusals = 0
        for (const { peer, code, wait } of steps) {
          const before = policy.score(peer)
          clock.now += wait
          expect(policy.score(peer)).toBeLessThanOrEqual(before)
          const atReport = policy.score(peer)
          const wasRefused = policy.standing(peer) === 'refused'
          const standing = policy.report(peer, code)
          if (wasRefused) expect(standing).toBe('refused')
          else if (addOffence(atReport, code) >= REFUSE_AT) {
            expect(standing).toBe('refused')
            refusals++
          } else expect(policy.score(peer)).toBeCloseTo(addOffence(atReport, code))
          expect(policy.score(peer)).toBeGreaterThanOrEqual(0)
          expect(policy.score(peer)).toBeLessThan(REFUSE_AT)
          expect(policy.refusedUntil(peer) !== null).toBe(policy.standing(peer) === 'refused')
        }
        expect(disconnected.length).toBe(refusals)
      }),
    )
  })
})
