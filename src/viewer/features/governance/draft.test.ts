import { describe, expect, it } from 'vitest'
import { toHex } from '../../../codec/index.ts'
import type { ValueMap } from '../../../codec/index.ts'
import { doubledMove, MOVE } from '../../../world/governance/testing/doubled-move.ts'
import { GovernedWorld, official, saltOf } from '../../../world/governance/testing/governed-world.ts'
import { manifestHash } from '../../../world/index.ts'
import type { PatchOp, ProposalContent } from '../../../world/index.ts'
import { conflictsWith, draftContent, formatSetting, parseModuleManifest, parsePath, parseSetting, settingsOf } from './draft.ts'
import type { Cover, Draft } from './draft.ts'

const doubled = await doubledMove()
const set = (path: string, value: unknown): PatchOp => ({ op: 'set', path: path.split('.'), value: value as never })

function coverOf(world: GovernedWorld): Cover {
  return { author: 'signer/s1', title: 'A draft', description: '', base_manifest_hash: manifestHash(world.manifest()), salt: saltOf('draft') }
}

/** What the kernel says to a draft proposed as it is. */
async function propose(world: GovernedWorld, draft: Draft): Promise<string | null> {
  const { author: _, ...content } = draftContent(draft, coverOf(world), world.manifest().modules)
  return (await world.act(official('s1'), { kind: 'propose', ...content as unknown as ValueMap })).receipt.code
}

describe('a draft', () => {
  it('of every kind is a proposal the kernel takes', async () => {
    const world = new GovernedWorld({ checkpoint_blocks: 10 })
    await world.deploy(doubled.wasm)
    world.advanceTo(12)
    const [checkpoint] = world.read('checkpoints') as [{ height: number; state_root: string }]
    const drafts: readonly Draft[] = [
      { kind: 'setting', ops: [set('governance.proposal_ttl_blocks', 90)] },
      { kind: 'module', manifest: doubled.manifest },
      { kind: 'module', manifest: { ...doubled.manifest, module_id: 'm1.rule.other' } },
      { kind: 'switch', module_id: MOVE, version: null, reason: 'A rest' },
      { kind: 'rollback', ...checkpoint },
    ]
    for (const draft of drafts) expect([draft.kind, await propose(world, draft)]).toEqual([draft.kind, null])
  })

  it('upgrades what is active and registers what is not', () => {
    const { manifest } = doubled
    const modules = new GovernedWorld().manifest().modules
    const of = (change: Partial<typeof manifest>): ProposalContent['module_changes'] => draftContent({ kind: 'module', manifest: { ...manifest, ...change } }, coverOf(new GovernedWorld()), modules).module_changes
    expect(of({}).upgrade).toEqual([expect.objectContaining({ module_id: MOVE, from_version: modules[MOVE]!.version, to_version: '1.1.0' })])
    expect(of({ module_id: 'm9.new' })).toMatchObject({ register: [{ module_id: 'm9.new' }], activate: [{ module_id: 'm9.new', version: '1.1.0' }], upgrade: [] })
  })
})

describe('settings', () => {
  it('of the manifest are offered one by one, and come back as they were', () => {
    const settings = settingsOf(new GovernedWorld().manifest())
    expect(settings.map(({ path }) => path.join('.'))).toEqual(expect.arrayContaining(['governance.signers', 'governance.threshold', 'governance.limits_max.max_gas', 'governance.shadow_policy.mode']))
    expect(settings.some(({ path }) => path.includes('epoch_id') || path[0] === 'modules')).toBe(false)
    for (const { value } of settings) expect(parseSetting(formatSetting(value))).toEqual(value)
  })

  it('that no state can hold are refused', () => {
    for (const text of ['', '1.5', '{', '{"$hex": "zz"}', '9007199254740993']) expect(parseSetting(text), text).toBeUndefined()
    expect([parsePath('governance.threshold'), parsePath('governance'), parsePath('a.b.c.d.e')]).toEqual([['governance', 'threshold'], null, null])
  })
})

describe('a module manifest of a file', () => {
  const { artifact_identity, ...fields } = doubled.manifest
  const text = (signature: unknown): string => JSON.stringify({ ...fields, artifact_identity: { ...artifact_identity, artifact_signature: signature } })

  it('is read with its signature in hex', () => {
    expect(parseModuleManifest(text(toHex(artifact_identity.artifact_signature)))).toEqual(doubled.manifest)
    expect(parseModuleManifest(text({ $hex: toHex(artifact_identity.artifact_signature) }))).toEqual(doubled.manifest)
  })

  it('is refused when it is none', () => {
    for (const bad of ['[]', 'no', text('00'), JSON.stringify(fields)]) expect(parseModuleManifest(bad)).toBe(null)
  })
})

describe('conflicts', () => {
  it('name the open proposal and the place', async () => {
    const world = new GovernedWorld()
    await world.deploy(doubled.wasm)
    const limits = await world.propose({ patch: [set('governance.limits_max.max_gas', 1000)] })
    const off = await world.propose({ changes: { deactivate: [{ module_id: MOVE, reason: '' }] } }, official('s2'))
    const open = [limits, off].map((id) => ({ id, record: world.proposal(id) }))
    const content = (draft: Draft): ProposalContent => draftContent(draft, coverOf(world), world.manifest().modules)
    expect(conflictsWith(content({ kind: 'setting', ops: [set('governance.limits_max', {})] }), open)).toEqual([{ with: limits, kind: 'prefix_overlap', at: 'governance.limits_max' }])
    expect(conflictsWith(content({ kind: 'setting', ops: [set('governance.limits_max.max_gas', 5)] }), open)).toEqual([{ with: limits, kind: 'same_path', at: 'governance.limits_max.max_gas' }])
    expect(conflictsWith(content({ kind: 'module', manifest: doubled.manifest }), open)).toEqual([{ with: off, kind: 'same_module', at: MOVE }])
    expect(conflictsWith(content({ kind: 'setting', ops: [set('governance.threshold', 3)] }), open)).toEqual([])
  })
})
