import { describe, expect, it } from 'vitest'
import type { SignedIntent } from '../../../vault/index.ts'
import { ceremony, isUnderWay, START } from './ceremony.ts'
import type { Ceremony, CeremonyAction } from './ceremony.ts'
import { obstacleOf, verdictOf, wantedFor } from './check-item.ts'
import type { CheckItem } from './check-item.ts'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)
const key = { kind: 'vault', key_id: A, publicKey: new Uint8Array(32) } as const
const signed = { action_id: A } as SignedIntent
const run = (...actions: CeremonyAction[]): Ceremony => actions.reduce(ceremony, START)
const toSign: CeremonyAction[] = [{ type: 'go', step: 'check' }, { type: 'choose', key }, { type: 'go', step: 'compare' }, { type: 'declare', same: true }, { type: 'go', step: 'sign' }]

describe('the ceremony', () => {
  it('goes forward one step at a time and back as far as one likes', () => {
    expect(run({ type: 'go', step: 'compare' }).step).toBe('read')
    expect(run({ type: 'go', step: 'sign' }).step).toBe('read')
    expect(run(...toSign).step).toBe('sign')
    expect(run(...toSign, { type: 'go', step: 'read' }).step).toBe('read')
    expect(run(...toSign, { type: 'go', step: 'sent' }).step).toBe('sign')
  })

  it('ends with one signature, made at the last step, and changes no more', () => {
    expect(run({ type: 'signed', signed })).toEqual(START)
    const done = run(...toSign, { type: 'signed', signed })
    expect(done).toMatchObject({ step: 'sent', signed })
    expect(ceremony(done, { type: 'go', step: 'read' })).toBe(done)
    expect(ceremony(done, { type: 'choose', key: null })).toBe(done)
    expect([START, run(...toSign), done].map(isUnderWay)).toEqual([false, true, false])
  })

  it('takes a scanned digest only when it is this one, and then no declaration against it', () => {
    expect(run({ type: 'scanned', digest: A, expected: A }).compared).toBe('scanned')
    const refused = run({ type: 'scanned', digest: B, expected: A })
    expect(refused).toMatchObject({ compared: null, mismatch: B })
    expect(ceremony(refused, { type: 'declare', same: true }).compared).toBeNull()
    expect(ceremony(refused, { type: 'scanned', digest: A, expected: A })).toMatchObject({ compared: 'scanned', mismatch: null })
  })

  it('compares anew for another key', () => {
    expect(run({ type: 'scanned', digest: A, expected: A }, { type: 'choose', key }).compared).toBeNull()
  })
})

describe('checks', () => {
  const verdict = (...states: ('pass' | 'fail' | 'inconclusive' | 'not-run')[]) => verdictOf(states.map((state) => ({ state })))

  it('stop signing when one fails, whatever is written', () => {
    expect(obstacleOf(verdict('pass', 'fail', 'inconclusive'), 'I looked at it twice.')).toBe('failed')
  })

  it('want a reason for what is inconclusive, a real one', () => {
    expect(obstacleOf(verdict('pass', 'inconclusive'), '')).toBe('reason')
    expect(obstacleOf(verdict('inconclusive'), '   ok         ')).toBe('reason')
    expect(obstacleOf(verdict('inconclusive'), 'Blocks were pruned here; Ben re-ran it.')).toBeNull()
  })

  it('want a reason of whoever approves before shadow was run again here, and of nobody else', () => {
    const rerun = { id: 'shadow_rerun', state: 'not-run', detail: '' } as const
    const obstacle = (kind: 'approve_proposal' | 'veto_proposal', item: CheckItem) => obstacleOf(verdictOf([wantedFor(kind, item)]), '')
    expect(obstacle('approve_proposal', rerun)).toBe('reason')
    expect([obstacle('veto_proposal', rerun), obstacle('approve_proposal', { ...rerun, id: 'own_key' }), obstacle('approve_proposal', { ...rerun, state: 'pass' })]).toEqual([null, null, null])
  })

  it('let pass what passed, and count what was not run as neither', () => {
    expect(obstacleOf(verdict('pass', 'not-run'), '')).toBeNull()
    expect(verdict('pass', 'not-run')).toEqual({ passed: 1, failed: 0, inconclusive: 0, notRun: 1 })
  })
})
