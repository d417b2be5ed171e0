import { describe, expect, it } from 'vitest'
import { encodeCanonical, utf8Bytes } from '../../codec/index.ts'
import { createKernel } from '../kernel.ts'
import { readEntry } from '../load-state.ts'
import { artifactUsersKey, artifactWasmKey } from '../market/keys.ts'
import { moduleInstanceKey, moduleKey, moduleStateKey } from '../state/keys.ts'
import { CommittedState, hashKey } from '../state/state.ts'
import { answering, deciding, emitting } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { moduleLatestKey, moduleVersionKey } from './keys.ts'
import type { ModuleChanges } from './records.ts'
import { ann, GovernedWorld, official } from './testing/governed-world.ts'

const TICK = { subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' } } as const
const remembering = (version: string, text: string): HandMade => answering(
  't.memory', encodeCanonical({ new_state: utf8Bytes(text), effects: [], emits: [], tick_lifecycle: { mode: 'wake_after_ticks', ticks: 1 } }), { kind: 'reducer', role: 'domain', version, ...TICK },
)
const first = remembering('1.0.0', 'first')
const second = remembering('1.1.0', 'second')
const upgrade = (to: HandMade): Partial<ModuleChanges> => ({
  upgrade: [{ module_id: to.manifest.module_id, from_version: '1.0.0', to_version: to.manifest.version, wasm_hash: to.manifest.wasm_hash, manifest: to.manifest }],
})

async function enact(world: GovernedWorld, changes: Partial<ModuleChanges>) {
  const id = await world.proposeAndShadow({ changes, salt: String(world.kernel.height()) })
  expect(world.report(id).errors).toEqual([])
  return { id, events: await world.passes(id) }
}

describe('modules that come and go', () => {
  it('run from the block after they were activated, and are gone with what they kept after they were deactivated', async () => {
    const world = new GovernedWorld({}, { modules: [] })
    await world.deploy(first.wasm)
    const { events } = await enact(world, { register: [first.manifest], activate: [{ module_id: 't.memory', version: '1.0.0' }] })
    expect(events.filter(({ kind }) => kind === 'module.runtime_charged')).toEqual([])
    expect(world.read(moduleInstanceKey('t.memory#1'))).toMatchObject({ module_id: 't.memory', target: { kind: 'world' }, owner: null, wake_height: world.kernel.height() })
    expect(world.read(artifactUsersKey(first.manifest.wasm_hash))).toEqual(['t.memory'])
    expect(world.block().events.map(({ kind }) => kind)).toEqual(['module.tick_scheduled', 'module.state_updated', 'module.runtime_charged'])
    expect(world.read(moduleStateKey('t.memory#1'))).toEqual(utf8Bytes('first'))

    await enact(world, { deactivate: [{ module_id: 't.memory', reason: 'enough' }] })
    for (const key of [moduleKey('t.memory'), moduleInstanceKey('t.memory#1'), moduleStateKey('t.memory#1'), artifactUsersKey(first.manifest.wasm_hash)]) expect(world.read(key)).toBe(null)
    expect(world.block().events).toEqual([])
    expect(world.read(moduleVersionKey('t.memory', '1.0.0'))).toMatchObject({ manifest: { version: '1.0.0' } })

    await enact(world, { activate: [{ module_id: 't.memory', version: '1.0.0' }] })
    world.block()
    expect(world.read(moduleStateKey('t.memory#1'))).toEqual(utf8Bytes('first'))
  })

  it('keep their state over an upgrade', async () => {
    const world = new GovernedWorld({}, { modules: [first] })
    await world.deploy(second.wasm)
    world.block()
    const { id, events } = await enact(world, upgrade(second))
    expect(events.find(({ kind }) => kind === 'module.upgraded')!.payload).toMatchObject({
      module_id: 't.memory', from_version: '1.0.0', to_version: '1.1.0', new_wasm_hash: second.manifest.wasm_hash, upgraded_by: id,
    })
    expect(world.read(moduleStateKey('t.memory#1'))).toEqual(utf8Bytes('first'))
    world.block()
    expect(world.read(moduleStateKey('t.memory#1'))).toEqual(utf8Bytes('second'))
    expect(world.read(moduleLatestKey('t.memory'))).toBe('1.1.0')
  })

  it('do not run before they are applied: what shadow ran leaves no trace', async () => {
    const noisy = emitting('t.noisy', [{ kind: 'noise', payload: null }], { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'post_action' } })
    const world = new GovernedWorld({ shadow_blocks: 3 }, { modules: [] })
    await world.deploy(noisy.wasm)
    const id = await world.propose({ changes: { register: [noisy.manifest], activate: [{ module_id: 't.noisy', version: '1.0.0' }] } })
    const { events } = await world.act(official('s2'), { kind: 'reject_proposal', proposal_id: id, reason: 'not sure' })
    expect(events.map(({ kind }) => kind)).toEqual(['governance.rejected_by'])
    world.advanceTo(world.kernel.height() + 3)
    expect(world.report(id).replay).toMatchObject({ blocks: 3, actions: 1, events: { 'module.emitted': 1, 'module.runtime_charged': 1 } })
    expect(world.report(id).replay.fuel).toBeGreaterThan(0)
    expect(world.read(moduleKey('t.noisy'))).toBe(null)
  })

  it('are counted by what they would refuse', async () => {
    const strict = deciding('t.strict', 'deny', {}, { subscriptions: { action_kinds: ['query_observation'], event_kinds: [], stage: 'pre_action' } })
    const world = new GovernedWorld({}, { modules: [] })
    await world.deploy(strict.wasm)
    const id = await world.propose({ changes: { register: [strict.manifest], activate: [{ module_id: 't.strict', version: '1.0.0' }] } })
    const { receipt } = await world.act(ann, { kind: 'transfer_resource', to: ann.id, resource: 'data', amount: 1 })
    expect(receipt.code).toBe('SELF_TRANSFER')
    await world.act(ann, { kind: 'query_observation' })
    const { rejections } = world.report(id).replay
    expect(Object.keys(rejections).every((code) => code === 'RULE_DENIED')).toBe(true)
  })

  it('stop being shadowed when the budget is used up, and the report says so', async () => {
    const world = new GovernedWorld({ shadow_blocks: 5, shadow_fuel_budget: 0 }, { modules: [first] })
    await world.deploy(second.wasm)
    const id = await world.proposeAndShadow({ changes: upgrade(second) })
    expect(world.report(id)).toMatchObject({ status: 'warning', warnings: [{ code: 'SHADOW_BUDGET_EXCEEDED' }], replay: { blocks: 1, budget_exceeded: true } })
  })

  it('are shadowed one proposal at a time, those of signers first', async () => {
    const world = new GovernedWorld({}, { modules: [first] })
    await world.deploy(second.wasm)
    const proposals = await Promise.all([ann, official('s1'), official('s2')].map((who) => world.sign(who, world.proposalAction({ changes: upgrade(second) }))))
    const ids = world.block(proposals).events.filter(({ kind }) => kind === 'governance.proposed').map(({ payload }) => payload['proposal_id'] as string)
    world.advanceTo(world.kernel.height() + 9)
    const heights = ids.map((id) => world.report(id).checked_at)
    expect(heights).toEqual([heights[1]! + 6, heights[1]!, heights[1]! + 3])
    for (const id of ids) expect(world.report(id).replay.blocks).toBe(2)
  })

  it('are loaded by a node that starts from stored records, with bytes that are in the state alone', async () => {
    const world = new GovernedWorld({}, { modules: [first] })
    await world.deploy(second.wasm)
    await enact(world, upgrade(second))
    const entries = world.kernel.keys('', 4_096).map((key) => ({ key, value: world.kernel.query(key).value_bytes! }))
    const head = { height: world.kernel.height(), state_root: world.kernel.stateRoot() }
    const restarted = createKernel(world.genesis)
    restarted.load(entries, head)
    const context = world.context()
    expect(restarted.executeBlock(context, [])).toEqual(world.kernel.executeBlock(context, []))
    restarted.commit()
    expect(restarted.query(moduleStateKey('t.memory#1')).value).toEqual(utf8Bytes('second'))

    for (const missing of [artifactWasmKey(second.manifest.wasm_hash), moduleKey('t.memory'), moduleInstanceKey('t.memory#1'), 'manifest']) {
      const part = entries.filter(({ key }) => key !== missing)
      const { rootHash } = new CommittedState(head.height, part.map((entry) => readEntry(entry, hashKey(entry.key))))
      const load = (): void => createKernel(world.genesis).load(part, { ...head, state_root: rootHash })
      expect(load).toThrowError(expect.objectContaining({ code: 'BAD_STATE' }))
    }
  })
})
