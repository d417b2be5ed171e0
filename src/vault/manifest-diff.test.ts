import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProposalContent, WorldManifest } from './chain-forms.ts'
import { diffManifests, missingEffects, unexplainedChanges } from './manifest-diff.ts'
import { baseManifest, nextManifest, proposalOf } from './testing/intents.ts'

const base = baseManifest()
const paths = (changes: readonly { readonly path: readonly string[] }[]): string[] => changes.map(({ path }) => path.join('.'))
const patched = (patch: ProposalContent['patch']): ProposalContent => proposalOf(base, { patch })
const governed = (change: object): WorldManifest => ({ ...base, version: base.version + 1, governance: { ...base.governance, ...change } })

describe('differences of manifests', () => {
  it('are none of a manifest and itself, and lie where a value was changed', () => {
    expect(diffManifests(base, structuredClone(base))).toEqual([])
    fc.assert(fc.property(fc.constantFrom('threshold', 'timelock_blocks', 'proposal_ttl_blocks'), fc.integer({ min: 1000, max: 2000 }), (name, value) => {
      expect(paths(diffManifests(base, governed({ [name]: value })))).toEqual([`governance.${name}`, 'version'])
    }))
  })

  it('tell what was added and what was removed', () => {
    const [added] = diffManifests({ ...base, modules: {} }, base)
    expect(added).toEqual({ path: ['modules', 'm1.rule.move'], before: undefined, after: base.modules['m1.rule.move'] })
    expect(diffManifests(base, { ...base, modules: {} })[0]).toMatchObject({ after: undefined })
  })

  it('are explained by module changes, patches and the counters of the kernel', () => {
    expect(unexplainedChanges(diffManifests(base, nextManifest(base)), proposalOf(base))).toEqual([])
    const next = governed({ threshold: 3, epoch_id: 2 })
    expect(unexplainedChanges(diffManifests(base, next), patched([{ op: 'set', path: ['governance', 'threshold'], value: 3 }]))).toEqual([])
  })

  it.each<[string, WorldManifest, string]>([
    ['a setting', governed({ timelock_blocks: 9 }), 'governance.timelock_blocks'],
    ['an epoch that skips', governed({ epoch_id: 3 }), 'governance.epoch_id'],
    ['a version that skips', { ...nextManifest(base), version: 9 }, 'version'],
    ['another module', { ...nextManifest(base), modules: { ...nextManifest(base).modules, 'm1.rule.mine': { version: '1.0.0', wasm_hash: '9'.repeat(64) } } }, 'modules.m1.rule.mine'],
    ['a trusted key', { ...nextManifest(base), trusted_signers: {} }, 'trusted_signers.builder'],
  ])('are not explained by asking for something else: %s', (_, next, path) => {
    expect(paths(unexplainedChanges(diffManifests(base, next), proposalOf(base)))).toEqual([path])
  })

  it('show what a patch asked for and did not get', () => {
    const remove = { op: 'remove', path: ['trusted_signers', 'builder'] } as const
    const set = { op: 'set', path: ['governance', 'threshold'], value: 3 } as const
    expect(missingEffects(base, patched([set, remove]))).toEqual(['governance.threshold', 'trusted_signers.builder'])
    expect(missingEffects({ ...governed({ threshold: 3 }), trusted_signers: {} }, patched([set, remove]))).toEqual([])
    expect(missingEffects(governed({ threshold: 2 }), patched([set, { ...set, value: 2 }]))).toEqual([])
  })
})
