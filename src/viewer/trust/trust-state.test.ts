import { describe, expect, it } from 'vitest'
import { nodeStatus } from '../test-support/fixtures.ts'
import { trustOf } from './trust-state.ts'

const running = { stage: 'running' } as const
const NOW = 1_800_000_000_000
const head = nodeStatus().head!

describe('the trust chip', () => {
  it('says finalized only for a head whose certificate and execution were both checked, and that is fresh', () => {
    expect(trustOf(running, nodeStatus({ head: { ...head, verified_at: NOW - 900 } }), NOW)).toEqual({ kind: 'finalized', height: head.height })
    expect(trustOf(running, nodeStatus({ head: { ...head, verified_at: NOW, executed: false } }), NOW).kind).toBe('head')
    expect(trustOf(running, nodeStatus({ head: { ...head, verified_at: NOW, executed: false, certificate_verified: false } }), NOW).kind).toBe('claimed')
  })

  it('says stale as soon as two block intervals pass without a block, and counts on from there', () => {
    const status = nodeStatus({ block_interval_ms: 1000, head: { ...head, verified_at: NOW - 2001 } })
    expect(trustOf(running, status, NOW)).toMatchObject({ kind: 'stale', forMs: 2001 })
    expect(trustOf(running, status, NOW - 2).kind).toBe('finalized')
    expect(trustOf(running, nodeStatus({ phase: 'stalled', head: { ...head, verified_at: NOW } }), NOW).kind).toBe('stale')
  })

  it('never shows a claim of height as verified: it says that the tab is catching up', () => {
    const status = nodeStatus({ claimed_height: head.height + 50, head: { ...head, verified_at: NOW } })
    expect(trustOf(running, status, NOW)).toEqual({ kind: 'catchingUp', height: head.height })
  })

  it('does not let a claim of height hide that no block comes', () => {
    const status = nodeStatus({ claimed_height: head.height + 50, head: { ...head, verified_at: NOW - 2001 } })
    expect(trustOf(running, status, NOW).kind).toBe('stale')
    expect(trustOf(running, { ...status, phase: 'syncing' }, NOW)).toEqual({ kind: 'catchingUp', height: head.height })
  })

  it('says finalized only while the node follows the chain: a head from storage is not news', () => {
    const fresh = { ...head, verified_at: NOW }
    expect(trustOf(running, nodeStatus({ phase: 'starting', head: fresh }), NOW)).toEqual({ kind: 'verifying' })
    expect(trustOf(running, nodeStatus({ phase: 'starting', head: { ...head, verified_at: NOW - 3_600_000 } }), NOW)).toEqual({ kind: 'verifying' })
    expect(trustOf(running, nodeStatus({ phase: 'connecting', head: fresh }), NOW)).toEqual({ kind: 'verifying' })
    expect(trustOf(running, nodeStatus({ phase: 'connecting', head: { ...head, verified_at: NOW - 5000 } }), NOW).kind).toBe('stale')
  })

  it('lets a conflict win over everything', () => {
    const conflict = { at: NOW, code: 'LIGHT_CONFLICT', peer_id: null, height: 4, message: '' }
    expect(trustOf(running, nodeStatus({ head: { ...head, verified_at: NOW }, refusals: [conflict] }), NOW).kind).toBe('conflict')
    expect(trustOf({ stage: 'pin-changed', pinned: 'a', served: 'b' }, nodeStatus(), NOW).kind).toBe('conflict')
  })

  it('marks demo and solo worlds, verifies before the first head, and says when the node stopped', () => {
    expect(trustOf(running, nodeStatus({ demo: true, head: { ...head, verified_at: NOW } }), NOW).kind).toBe('demo')
    expect(trustOf(running, nodeStatus({ head: null }), NOW).kind).toBe('verifying')
    expect(trustOf({ stage: 'starting' }, null, NOW).kind).toBe('verifying')
    expect(trustOf(running, nodeStatus({ phase: 'failed', error: { code: 'X', message: '', detail: {} } }), NOW).kind).toBe('failed')
  })
})
