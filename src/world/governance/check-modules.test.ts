import { describe, expect, it } from 'vitest'
import type { ModuleManifest } from '../module-manifest.ts'
import { answering, deciding, signedForTest } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { mayBeAllowed } from './capability-check.ts'
import type { GovernanceConfig } from './config.ts'
import type { ModuleChanges, PatchOp } from './records.ts'
import { GovernedWorld, official } from './testing/governed-world.ts'

const old = deciding('t.rule', 'allow')
const next = deciding('t.rule', 'allow', { cost: { data: 1 } }, { version: '1.0.1' })
const added = deciding('t.new', 'allow', { notes: ['hello'] })

/** The manifest with another signature to go with the change. */
const changed = ({ manifest }: HandMade, change: Partial<ModuleManifest>): ModuleManifest => {
  const { artifact_identity: _, ...fields } = { ...manifest, ...change }
  return signedForTest(fields)
}
const upgradeTo = (manifest: ModuleManifest, change: object = {}): Partial<ModuleChanges> => ({
  upgrade: [{ module_id: 't.rule', from_version: '1.0.0', to_version: manifest.version, wasm_hash: manifest.wasm_hash, manifest, ...change }],
})
const register = (manifest: ModuleManifest): Partial<ModuleChanges> => ({ register: [manifest] })

/** Status and codes of the shadow report of these changes, with what was put on record about modules. */
async function shadowOf(changes: Partial<ModuleChanges>, { governance = {}, deploy = [next, added] }: { governance?: Partial<GovernanceConfig>; deploy?: readonly HandMade[] } = {}) {
  const world = new GovernedWorld(governance, { modules: [old] })
  for (const { wasm } of deploy) await world.deploy(wasm)
  const proposing = await world.sign(official('s1'), world.proposalAction({ changes }))
  const { events, receipts } = world.block([proposing])
  expect(receipts[0]!.code).toBe(null)
  const id = events.find(({ kind }) => kind === 'governance.proposed')!.payload['proposal_id'] as string
  const failures = events.filter(({ kind }) => kind.endsWith('_failed'))
  while (world.proposal(id).shadow?.block_hash == null) world.block()
  const { status, errors, warnings, modules } = world.report(id)
  return { world, id, status, errors: errors.map(({ code }) => code), warnings: warnings.map(({ code }) => code), modules, failures }
}

describe('shadow', () => {
  it('passes a sound upgrade and a sound new module', async () => {
    expect(await shadowOf(upgradeTo(next.manifest))).toMatchObject({ status: 'passed', errors: [], warnings: [], modules: [{ module_id: 't.rule', result: 'ok' }], failures: [] })
    expect(await shadowOf({ ...register(added.manifest), activate: [{ module_id: 't.new', version: '1.0.0' }] })).toMatchObject({ status: 'passed' })
  })

  it('blocks approval when it fails, and says why in the report and in events', async () => {
    const { world, id, status, failures, modules } = await shadowOf(upgradeTo(next.manifest), { deploy: [] })
    expect(status).toBe('failed')
    expect(failures).toMatchObject([{
      kind: 'module.load_failed', caused_by: `event:${world.proposal(id).event_id}`, payload: { module_id: 't.rule', proposal_id: id, wasm_hash: next.manifest.wasm_hash, code: 'ARTIFACT_MISSING' },
    }])
    expect(modules).toMatchObject([{ module_id: 't.rule', result: 'error' }])
    expect((await world.approve(id, 's2')).receipt.code).toBe('SHADOW_FAILED')
    expect((await world.applyWith(id, world.certificate(world.statement(id)))).receipt.code).toBe('SHADOW_FAILED')
  })

  it('finds versions that do not follow', async () => {
    for (const changes of [
      upgradeTo(changed(next, { version: '1.0.0' })), upgradeTo(changed(next, { version: '0.9.9' })), upgradeTo(next.manifest, { from_version: '0.9.0' }), upgradeTo(next.manifest, { to_version: '1.0.2' }),
      { upgrade: [{ module_id: 't.new', from_version: '1.0.0', to_version: '1.0.1', wasm_hash: added.manifest.wasm_hash, manifest: changed(added, { version: '1.0.1' }) }] },
      register(changed(old, {})), register(changed(next, { version: '0.1.0' })),
      { activate: [{ module_id: 't.rule', version: '1.0.0' }] }, { activate: [{ module_id: 't.new', version: '1.0.0' }] }, { deactivate: [{ module_id: 't.new', reason: '' }] },
    ]) expect(await shadowOf(changes)).toMatchObject({ status: 'failed', errors: ['VERSION_CONFLICT'] })
  })

  it('finds bytes that are not those named', async () => {
    expect((await shadowOf(upgradeTo(next.manifest, { wasm_hash: 'a'.repeat(64) }))).errors).toEqual(['HASH_MISMATCH'])
  })

  it('finds interfaces that do not fit', async () => {
    const reducer = answering('t.rule', new Uint8Array([0xa0]), { kind: 'reducer', version: '1.0.1' })
    expect(await shadowOf(upgradeTo(reducer.manifest), { deploy: [reducer] })).toMatchObject({ errors: ['ABI_INCOMPATIBLE'] })
    expect((await shadowOf(upgradeTo(changed(next, { exports: ['memory', 'call'] })))).errors).toEqual(['ABI_INCOMPATIBLE'])
    expect((await shadowOf(upgradeTo(changed(next, { exports: ['memory', 'alloc', 'call', 'more'] })))).errors).toEqual(['ABI_INCOMPATIBLE'])
    expect((await shadowOf(register(changed(added, { exports: ['memory', 'alloc'] })))).errors).toEqual(['ABI_INCOMPATIBLE'])
    expect((await shadowOf(register(changed(added, { subscriptions: { action_kinds: [], event_kinds: [], stage: 'pre_action' } })))).errors).toEqual(['ABI_INCOMPATIBLE'])
    const filters = { all: [{ path: '/action/x', re: '(' }] }
    expect((await shadowOf(register(changed(added, { subscriptions: { ...added.manifest.subscriptions, filters } })))).errors).toEqual(['ABI_INCOMPATIBLE'])
  })

  it('finds capabilities that are not granted', async () => {
    const { errors, failures } = await shadowOf(register(changed(added, { required_caps: ['http.fetch'] })))
    expect(errors).toEqual(['CAPS_DENIED'])
    expect(failures).toMatchObject([{ kind: 'module.validation_failed', payload: { module_id: 't.new', code: 'CAPS_DENIED' } }])
  })

  it('finds limits that are out of range, and warns of high ones', async () => {
    const { limits } = added.manifest
    expect((await shadowOf(register(changed(added, { limits: { ...limits, max_gas: 50_000_001 } })))).errors).toEqual(['LIMITS_EXCEEDED'])
    expect(await shadowOf(register(changed(added, { limits: { ...limits, max_gas: 25_000_001 } })))).toMatchObject({ status: 'warning', errors: [], warnings: ['LIMITS_HIGH'], modules: [{ result: 'warning' }] })
    expect((await shadowOf(register(changed(added, { limits: { ...limits, max_gas: 25_000_000 } })))).status).toBe('passed')
  })

  it('finds identities that prove nothing', async () => {
    const identity = added.manifest.artifact_identity
    const signedBy = (change: Partial<typeof identity>): Partial<ModuleChanges> => register({ ...added.manifest, artifact_identity: { ...identity, ...change } })
    expect((await shadowOf(signedBy({ signature_scheme: 'unsigned:none' }))).errors).toEqual(['SIGNATURE_SCHEME_REFUSED'])
    expect((await shadowOf(signedBy({ signature_scheme: 'identity_hash_v1' }))).errors).toEqual(['SIGNATURE_SCHEME_REFUSED'])
    expect((await shadowOf(signedBy({ signer_node_id: 'nobody' }))).errors).toEqual(['SIGNER_UNKNOWN'])
    expect((await shadowOf(signedBy({ artifact_signature: new Uint8Array(64) }))).errors).toEqual(['SIGNATURE_INVALID'])
    expect((await shadowOf(register({ ...added.manifest, limits: { ...added.manifest.limits, max_emits: 5 } }))).errors).toEqual(['SIGNATURE_INVALID'])
  })

  it('fails on purpose where the policy of the world says so', async () => {
    expect((await shadowOf(upgradeTo(next.manifest), { governance: { shadow_policy: { mode: 'always_fail' } } })).errors).toEqual(['SHADOW_FORCED_FAIL'])
    const governance = { shadow_policy: { mode: 'by_module_id', module_ids: ['t.rule'] } } as const
    expect((await shadowOf(upgradeTo(next.manifest), { governance })).errors).toEqual(['SHADOW_FORCED_FAIL'])
    expect((await shadowOf(register(added.manifest), { governance })).errors).toEqual([])
  })

  it('fails everything but the end of failing', async () => {
    const world = new GovernedWorld({ shadow_policy: { mode: 'always_fail' } })
    const lift = { op: 'set', path: ['governance', 'shadow_policy'], value: { mode: 'always_pass' } } as const
    const more = { op: 'set', path: ['governance', 'shadow_blocks'], value: 3 } as const
    const statusOf = async (patch: readonly PatchOp[]) => world.report(await world.proposeAndShadow({ patch })).status
    expect(await statusOf([more])).toBe('failed')
    expect(await statusOf([lift, more])).toBe('failed')
    expect(await statusOf([lift])).toBe('passed')
  })

  it('does not let a trusted signer go whose modules still run', async () => {
    const world = new GovernedWorld({}, { modules: [old] })
    const id = await world.proposeAndShadow({ patch: [{ op: 'remove', path: ['trusted_signers', 'test.signer'] }] })
    expect(world.report(id).errors).toMatchObject([{ code: 'SIGNER_UNKNOWN', module_id: 't.rule' }])
  })
})

describe('a policy set', () => {
  const grant = { effect_kinds: ['http.*'], expires_height: null }
  const allow = { when: { effect_kind: 'http.get' }, decision: 'allow' } as const
  it('allows a capability when it allows anything of it', () => {
    expect(mayBeAllowed([], grant, 'net', 't.a')).toBe(false)
    expect(mayBeAllowed([allow], grant, 'net', 't.a')).toBe(true)
    expect(mayBeAllowed([{ when: { effect_kind: 'http.post' }, decision: 'deny' }, allow], grant, 'net', 't.a')).toBe(true)
    expect(mayBeAllowed([{ when: { effect_kind: 'http.*' }, decision: 'deny' }, allow], grant, 'net', 't.a')).toBe(false)
    expect(mayBeAllowed([{ when: {}, decision: 'deny' }, allow], grant, 'net', 't.a')).toBe(false)
    expect(mayBeAllowed([{ when: { module_id: 't.b' }, decision: 'allow' }], grant, 'net', 't.a')).toBe(false)
    expect(mayBeAllowed([{ when: { origin_kind: 'tick' }, decision: 'allow' }], grant, 'net', 't.a')).toBe(true)
    expect(mayBeAllowed([{ when: { effect_kind: 'file.*' }, decision: 'allow' }], grant, 'net', 't.a')).toBe(false)
  })
})
