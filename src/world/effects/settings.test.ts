import { describe, expect, it } from 'vitest'
import type { Value, ValueMap } from '../../codec/index.ts'
import type { GenesisInit } from '../create-genesis.ts'
import { manifestContent } from '../governance/manifest.ts'
import { ann, bob, GovernedWorld } from '../governance/testing/governed-world.ts'
import type { PatchOp } from '../governance/records.ts'
import { EventFold } from '../testing/event-fold.ts'
import { emitting } from '../testing/hand-made.ts'
import { signerOf } from '../testing/test-world.ts'
import type { Inhabitant } from '../testing/test-world.ts'
import { capabilityKey, EFFECT_POLICIES_KEY, executorKey } from './keys.ts'
import { whyBadEffectSettings } from './settings.ts'
import type { EffectSettings } from './settings.ts'

const MOVE_AWAY = { kind: 'move_agent', to: 'asteroid/0007' }
const fetching = emitting('t.asks', [], { subscriptions: { action_kinds: ['move_agent'], event_kinds: [], stage: 'post_action' }, required_caps: ['net'] }, {
  effects: [{ kind: 'http.fetch', params: { method: 'GET', url: 'https://a/' }, cap_ref: 'net' }],
})
const NODE = { kind: 'node', public_key: signerOf('node-a').publicKey, effect_kinds: ['http.fetch'] } as const
const OTHER = { kind: 'node', public_key: signerOf('node-b').publicKey, effect_kinds: [] } as const
const GRANT = { effect_kinds: ['http.fetch'], expires_height: null }
const ALLOW = { when: { effect_kind: 'http.fetch' }, decision: 'allow' } as const
const set = (path: readonly string[], value: unknown): PatchOp => ({ op: 'set', path: ['effects', ...path], value: value as Value })
const remove = (...path: readonly string[]): PatchOp => ({ op: 'remove', path: ['effects', ...path] })

/** A module that may ask for nothing yet, and nobody who would do it. */
const world = (init: Partial<GenesisInit> = {}): GovernedWorld => new GovernedWorld({}, {
  modules: [fetching], capabilities: [{ module_id: 't.asks', name: 'net', effect_kinds: [], expires_height: null }], policies: [], ...init,
})
const GRANTED = [set(['executors', 'node-a'], NODE), set(['grants', 't.asks', 'net'], GRANT), set(['policies'], [ALLOW])]

async function carriedOut(into: GovernedWorld, patch: readonly PatchOp[]): Promise<void> {
  const id = await into.proposeAndShadow({ patch, salt: String(into.kernel.height()) })
  expect(into.report(id).errors).toEqual([])
  await into.passes(id)
  expect(into.proposal(id).state).toBe('applied')
}

/** What a move of somebody made the module get. */
async function asked(of: GovernedWorld, who: Inhabitant): Promise<string> {
  const { events } = await of.act(who, { ...MOVE_AWAY, to: of.agent(who.id).location === MOVE_AWAY.to ? 'asteroid/0009' : MOVE_AWAY.to })
  const [event] = events.filter(({ kind }) => kind.startsWith('effect.'))
  return event?.kind === 'effect.denied' ? String(event.payload['code']) : event?.kind ?? 'nothing'
}

describe('effects in the manifest', () => {
  it('are those of the genesis', () => {
    const of = world({ effectExecutors: [{ executor_id: 'node-a', executor: NODE }], policies: [ALLOW] })
    expect(of.manifest().effects).toEqual({ executors: { 'node-a': NODE }, policies: [ALLOW], grants: { 't.asks': { net: { effect_kinds: [], expires_height: null } } } })
  })

  it('stay small enough to be kept, sent and signed with the manifest', () => {
    const kinds = Array.from({ length: 16 }, (_, n) => `k${'x'.repeat(55)}.${n}`)
    const grantsOf = (modules: number): EffectSettings['grants'] => Object.fromEntries(Array.from({ length: modules }, (_, n) => [`t.module_${n}`, { net: { effect_kinds: kinds, expires_height: null }, web: { effect_kinds: kinds, expires_height: null } }]))
    const settings = (modules: number): EffectSettings => ({ executors: {}, policies: [], grants: grantsOf(modules) })
    expect(whyBadEffectSettings(settings(30), null)).toBeNull()
    expect(whyBadEffectSettings(settings(40), settings(30))).toContain('at most')
    expect(whyBadEffectSettings(settings(40), settings(40)), 'as they were').toBeNull()
  })

  it('may be granted by a proposal, with who carries them out, and taken away by a later one', async () => {
    const of = world()
    expect(await asked(of, ann)).toBe('CAPS_DENIED')
    await carriedOut(of, GRANTED)
    expect(of.manifest().effects).toEqual({ executors: { 'node-a': NODE }, policies: [ALLOW], grants: { 't.asks': { net: GRANT } } })
    expect([of.read(executorKey('node-a')), of.read(capabilityKey('t.asks', 'net')), of.read(EFFECT_POLICIES_KEY)]).toEqual([NODE, GRANT, [ALLOW]])
    expect(await asked(of, bob)).toBe('effect.queued')

    await carriedOut(of, [remove('executors', 'node-a'), remove('grants', 't.asks', 'net'), set(['policies'], [])])
    expect(of.manifest().effects).toEqual({ executors: {}, policies: [], grants: { 't.asks': {} } })
    expect([of.read(executorKey('node-a')), of.read(capabilityKey('t.asks', 'net')), of.read(EFFECT_POLICIES_KEY)]).toEqual([null, null, []])
    of.advanceTo(of.kernel.height() + 20)
    expect(await asked(of, bob)).toBe('CAPS_DENIED')
  })

  it('are tried in shadow: what modules would have got is in the report', async () => {
    const of = world()
    const id = await of.propose({ patch: GRANTED })
    expect(of.proposal(id).state).toBe('proposed')
    await of.act(ann, MOVE_AWAY)
    while (of.proposal(id).shadow === null) of.block()
    expect(of.report(id)).toMatchObject({ status: 'passed', replay: { blocks: 2, actions: 1, events: { 'effect.queued': 1, 'effect.denied': -1, 'module.call_failed': -1 } } })
    expect(of.read('effects/queue')).toMatchObject({ queued: 0 })
  })

  it('follow from the events alone', async () => {
    const of = world()
    const fold = new EventFold(of.genesis, of.kernel.worldId)
    const id = await recorded(of, fold, () => of.sign({ id: 'signer/s1', signer: signerOf('s1') }, of.proposalAction({ patch: GRANTED })))
    while (of.proposal(id).shadow?.block_hash == null) await recorded(of, fold)
    for (const name of ['s2', 's3']) await recorded(of, fold, () => of.sign({ id: `signer/${name}`, signer: signerOf(name) }, { kind: 'approve_proposal', proposal_id: id, signature: of.share(name, of.statement(id)) }))
    while (of.proposal(id).state !== 'applied') await recorded(of, fold)
    expect(of.read(executorKey('node-a'))).toEqual(NODE)
  })

  it('may come as a whole manifest', async () => {
    const of = world()
    const content = manifestContent(of.manifest())
    const id = await of.proposeAndShadow({ manifest: { ...content, effects: { executors: { 'node-a': NODE }, policies: [ALLOW], grants: {} } } })
    await of.passes(id)
    expect(of.read(executorKey('node-a'))).toEqual(NODE)
    expect(of.read(capabilityKey('t.asks', 'net'))).toBeNull()
  })

  it('may come with the module that needs them, and not without', async () => {
    const of = new GovernedWorld({}, { policies: [] })
    await of.deploy(fetching.wasm)
    const changes = { register: [fetching.manifest], activate: [{ module_id: 't.asks', version: '1.0.0' }] }
    const without = await of.proposeAndShadow({ changes })
    expect(of.report(without).errors.map(({ code }) => code)).toEqual(['CAPS_DENIED'])
    const id = await of.proposeAndShadow({ changes, patch: GRANTED })
    expect(of.report(id).errors).toEqual([])
    await of.passes(id)
    expect(await asked(of, ann)).toBe('effect.queued')
  })

  it('leave alone what waits already: who may answer it is asked when the answer comes', async () => {
    const of = world({ effectExecutors: [{ executor_id: 'node-a', executor: NODE }], capabilities: [{ module_id: 't.asks', name: 'net', ...GRANT }], policies: [ALLOW] })
    expect(await asked(of, ann)).toBe('effect.queued')
    await carriedOut(of, [remove('grants', 't.asks', 'net')])
    expect(of.read('effects/queue')).toMatchObject({ queued: 1 })
  })
})

async function recorded(of: GovernedWorld, fold: EventFold, action?: () => ReturnType<GovernedWorld['sign']>): Promise<string> {
  const actions = action === undefined ? [] : [await action()]
  const context = of.context()
  const result = of.block(actions)
  expect(result.receipts.map(({ code }) => code)).toEqual(actions.map(() => null))
  expect(fold.apply(context, result)).toEqual(result.state_root)
  return String(result.events.find(({ kind }) => kind === 'governance.proposed')?.payload['proposal_id'] ?? '')
}

describe('a proposal about effects is refused', () => {
  const group = (change: ValueMap): PatchOp => set(['executors', 'group'], { kind: 'group', threshold: 2, participants: ['node-a', 'node-b'], group_key: null, effect_kinds: [], ...change })
  const NODES = [set(['executors', 'node-a'], NODE), set(['executors', 'node-b'], OTHER)]

  it.each<[string, readonly PatchOp[]]>([
    ['an executor with a key of small order', [set(['executors', 'x'], { ...NODE, public_key: new Uint8Array(32) })]],
    ['one key for two executors', [...NODES, set(['executors', 'x'], NODE)]],
    ['an id that is none', [set(['executors', 'Node A'], NODE)]],
    ['a group of strangers', [group({})]],
    ['a group that can never be enough', [...NODES, group({ threshold: 3 })]],
    ['participants out of order', [...NODES, group({ participants: ['node-b', 'node-a'] })]],
    ['a group with the key of a participant', [...NODES, group({ group_key: NODE.public_key })]],
    ['a node of a group that goes', [...NODES, group({}), remove('executors', 'node-a')]],
    ['a grant to what is no module', [set(['grants', 'Not a module', 'net'], GRANT)]],
    ['a grant under no name', [set(['grants', 't.asks', 'No Name'], GRANT)]],
    ['a grant of nonsense', [set(['grants', 't.asks', 'net'], { effect_kinds: ['HTTP'], expires_height: null })]],
    ['a policy that neither allows nor denies', [set(['policies'], [{ when: {}, decision: 'maybe' }])]],
    ['no policies', [remove('policies')]],
  ])('that brings %s', async (_what, patch) => {
    const of = world()
    const { receipt } = await of.act({ id: 'signer/s1', signer: signerOf('s1') }, of.proposalAction({ patch }))
    expect(receipt.code).toBe('MANIFEST_INVALID')
  })

  it('that replaces all of it by nothing', async () => {
    const of = world()
    const { receipt } = await of.act({ id: 'signer/s1', signer: signerOf('s1') }, of.proposalAction({ patch: [{ op: 'remove', path: ['effects'] }] }))
    expect(receipt.code).toBe('PATCH_INVALID_PATH')
  })

  it('a group of nodes of the manifest is fine', async () => {
    const of = world()
    await carriedOut(of, [...NODES, group({ group_key: signerOf('group').publicKey, effect_kinds: ['http.*'] })])
    expect(of.read(executorKey('group'))).toMatchObject({ kind: 'group', threshold: 2 })
  })
})
