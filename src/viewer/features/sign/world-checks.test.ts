import { describe, expect, it } from 'vitest'
import type { Value } from '../../../codec/index.ts'
import { approval, moving, proposing, rejection, stranger, veto, ada, WORLD } from '../../../vault/testing/intents.ts'
import type { Intent } from '../../../vault/index.ts'
import { actorRecordKey, worldChecks } from './world-checks.ts'
import type { WorldView } from './world-checks.ts'

const intent = approval()
const view: WorldView = {
  worldId: WORLD, height: 20, trust: 'settled', actor: { public_key: ada.publicKey, nonce: intent.nonce - 1 }, manifest: intent.base_manifest as unknown as Value,
  proposal: { state: 'shadowed', shadow: { report_hash: intent.certificate.report_hash } }, blockHash: intent.certificate.block_hash,
}
const states = (about: Intent, seen: WorldView | null, key: Uint8Array | null = ada.publicKey) => Object.fromEntries(worldChecks(about, key, seen).map(({ id, state }) => [id, state]))

describe('checks against the world', () => {
  it('pass when everything the intent rests on is what this tab verified', () => {
    expect(new Set(Object.values(states(intent, view)))).toEqual(new Set(['pass']))
  })

  it.each<[string, Partial<WorldView>]>([
    ['world', { worldId: `belt.${'f'.repeat(64)}` }],
    ['world_settled', { trust: 'conflict' }],
    ['next_nonce', { actor: { public_key: ada.publicKey, nonce: intent.nonce } }],
    ['actor_key', { actor: { public_key: stranger.publicKey, nonce: intent.nonce - 1 } }],
    ['base_current', { manifest: null }],
    ['proposal_open', { proposal: { state: 'queued', shadow: { report_hash: intent.certificate.report_hash } } }],
    ['report_on_chain', { proposal: { state: 'shadowed', shadow: { report_hash: '0'.repeat(64) } } }],
    ['block_final', { blockHash: '0'.repeat(64) }],
  ])('fail alone: %s', (id, change) => {
    const failed = Object.entries(states(intent, { ...view, ...change })).filter(([, state]) => state !== 'pass')
    expect(failed).toEqual([[id, 'fail']])
  })

  it('fail once it is too late', () => {
    expect(states(intent, { ...view, height: intent.valid_until_height })['still_valid']).toBe('fail')
    expect(states(intent, { ...view, height: intent.certificate.expires_height })['certificate_in_time']).toBe('fail')
  })

  it('are inconclusive, never passed, where this tab cannot tell', () => {
    expect(states(intent, { ...view, trust: 'behind', actor: undefined, manifest: undefined, proposal: undefined, blockHash: null })).toEqual({
      world: 'pass', world_settled: 'inconclusive', next_nonce: 'inconclusive', still_valid: 'pass', actor_key: 'inconclusive', base_current: 'inconclusive', proposal_open: 'inconclusive',
      block_final: 'inconclusive', report_on_chain: 'inconclusive', certificate_in_time: 'pass',
    })
    expect(new Set(Object.values(states(intent, null)))).toEqual(new Set(['not-run']))
  })

  it('let a newcomer bring the key along, and nobody else', () => {
    const registering: Intent = { ...moving(), nonce: 1, action: { kind: 'register_agent', name: 'Ada' } }
    expect(states(registering, { ...view, actor: null })).toMatchObject({ actor_key: 'pass', next_nonce: 'pass' })
    expect(states({ ...moving(), nonce: 1 }, { ...view, actor: null })['actor_key']).toBe('fail')
    expect(states(moving(), view, null)['actor_key']).toBe('fail')
  })

  it('ask of each kind what matters for it', () => {
    expect(Object.keys(states(proposing(), view))).toContain('base_current')
    expect(states(rejection(), { ...view, proposal: { state: 'approved', shadow: null } })['proposal_open']).toBe('pass')
    expect(states(veto(), { ...view, proposal: { state: 'queued', shadow: null } })['proposal_open']).toBe('pass')
    expect(Object.keys(states(moving(), view))).toEqual(['world', 'world_settled', 'next_nonce', 'still_valid', 'actor_key'])
  })

  it('find the record of every kind of actor', () => {
    expect(['signer/ann', 'agent/00', 'validator/one'].map(actorRecordKey)).toEqual(['governance_signer/ann', 'agent/00', 'validator/one'])
  })
})
