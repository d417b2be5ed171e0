import { describe, expect, it } from 'vitest'
import type { ProposalContent, WorldManifest } from './chain-forms.ts'
import { nextManifestOf } from './next-manifest.ts'
import { baseManifest, bob, nextManifest, proposalOf } from './testing/intents.ts'

const base = { ...baseManifest(), effects: { grants: {}, policies: [] } } as WorldManifest
const NONE = { register: [], upgrade: [], activate: [], deactivate: [] }
const made = (change: Partial<ProposalContent>, stated: WorldManifest['modules'] | null = null) => nextManifestOf(base, proposalOf(base, { module_changes: NONE, ...change }), stated)

describe('the manifest a proposal leads to', () => {
  it('has the modules of its changes, one version more and the same epoch', () => {
    expect(nextManifestOf(baseManifest(), proposalOf(baseManifest()), null)).toEqual({ manifest: nextManifest(baseManifest()), misfits: [] })
    const added = { module_id: 'm2.new', version: '1.0.0', wasm_hash: '7'.repeat(64) }
    const { manifest } = made({ module_changes: { ...NONE, register: [added as never], activate: [{ module_id: 'm2.new', version: '1.0.0' }], deactivate: [{ module_id: 'm1.rule.move', reason: '' }] } })
    expect(manifest.modules).toEqual({ 'm2.new': { version: '1.0.0', wasm_hash: added.wasm_hash } })
  })

  it('takes the code of versions registered earlier from what is stated, and leaves them out where nothing is', () => {
    const change = { module_changes: { ...NONE, activate: [{ module_id: 'm2.old', version: '3.0.0' }] } }
    expect(made(change).manifest.modules).toEqual(base.modules)
    expect(made(change, { 'm2.old': { version: '9.9.9', wasm_hash: '8'.repeat(64) } }).manifest.modules['m2.old']).toEqual({ version: '3.0.0', wasm_hash: '8'.repeat(64) })
  })

  it('follows a patch in its order, and counts an epoch more when the electorate changes', () => {
    const { manifest, misfits } = made({
      patch: [
        { op: 'set', path: ['governance', 'threshold'], value: 3 }, { op: 'set', path: ['governance', 'timelock_blocks'], value: 9 }, { op: 'set', path: ['governance', 'timelock_blocks'], value: 7 },
        { op: 'remove', path: ['trusted_signers', 'builder'] }, { op: 'set', path: ['effects', 'grants', 'm1.a', 'http.fetch'], value: { effect_kinds: [] } },
      ],
    })
    expect(misfits).toEqual([])
    expect(manifest).toEqual({
      ...base, version: 4, governance: { ...base.governance, threshold: 3, timelock_blocks: 7, epoch_id: 2 }, trusted_signers: {},
      effects: { grants: { 'm1.a': { 'http.fetch': { effect_kinds: [] } } }, policies: [] },
    })
    expect(made({ patch: [{ op: 'set', path: ['governance', 'timelock_blocks'], value: 9 }] }).manifest.governance.epoch_id).toBe(1)
  })

  it.each([
    [['version']], [['modules', 'm1.rule.move']], [['governance']], [['governance', 'epoch_id']], [['governance', 'threshold', 'deep']], [['nothing', 'here']], [['governance', '__proto__']], [[]],
  ])('tells what of a patch fits nowhere: %j', (path) => {
    const { manifest, misfits } = made({ patch: [{ op: 'set', path, value: 3 }] })
    expect(misfits).toEqual([path.join('.')])
    expect(manifest).toEqual({ ...base, version: 4 })
  })

  it('is the one a proposal gives whole, but for what is counted', () => {
    const { governance: { epoch_id: _, ...governance }, trusted_signers, effects } = base as WorldManifest & { readonly effects: unknown }
    expect(made({ manifest: { governance, trusted_signers, effects } as never }).manifest).toEqual({ ...base, version: 4 })
    const guardians = [{ guardian_id: 'zed', public_key: bob.publicKey }]
    expect(made({ manifest: { governance: { ...governance, guardians }, trusted_signers: {}, effects, version: 99, modules: {} } as never }).manifest).toEqual({
      ...base, version: 4, governance: { ...base.governance, guardians, epoch_id: 2 }, trusted_signers: {},
    })
  })

  it('of a rollback keeps all but the modules, which only the world knows', () => {
    const rollback = { height: 5, state_root: '5'.repeat(64) }
    expect(made({ rollback }).manifest).toEqual({ ...base, version: 4 })
    expect(made({ rollback }, {}).manifest).toEqual({ ...base, version: 4, modules: {} })
  })
})
