import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WorldManifest } from './chain-forms.ts'
import { diffLists, diffManifests } from './manifest-diff.ts'
import { baseManifest } from './testing/intents.ts'

const base = baseManifest()
const paths = (changes: readonly { readonly path: readonly string[] }[]): string[] => changes.map(({ path }) => path.join('.'))
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

  it('tell entries of lists apart by their names, and leave other lists whole', () => {
    const { signers } = base.governance
    const [ada, bob, cleo] = signers
    const other = { ...bob!, public_key: new Uint8Array(32) }
    expect(diffLists(signers, [ada!, other, { ...cleo!, signer_id: 'eve' }])).toEqual([
      { id: 'bob', before: bob, after: other }, { id: 'cleo', before: cleo, after: undefined }, { id: 'eve', before: undefined, after: { ...cleo!, signer_id: 'eve' } },
    ])
    expect(diffLists(signers, [...signers])).toEqual([])
    for (const list of [undefined, 1, ['ada'], [ada!, ada!], [{ signer_id: 1 }], [{ signer_id: 'a', guardian_id: 'a' }], [{ __proto__: { signer_id: 'a' } }]]) expect(diffLists(signers, list as never)).toBeNull()
  })
})
