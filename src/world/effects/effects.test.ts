import { describe, expect, it } from 'vitest'
import { decodeCanonical } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { createExecutor } from '../../wasm/index.ts'
import type { GenesisInit } from '../create-genesis.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import { answering, emitting, handMade } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'
import type { BlockResult } from '../types.ts'
import { capabilityKey, EFFECT_QUEUE_KEY, effectKey } from './keys.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const GET = { kind: 'http.get', params: { path: '/weather' }, cap_ref: 'net' }

const onMove: ModuleManifest['subscriptions'] = { action_kinds: ['move_agent'], event_kinds: [], stage: 'post_action' }
type Change = Parameters<typeof answering>[2]

/** Asks for these effects whenever somebody moves. */
const asking = (effects: readonly Value[] = [GET], change: Change = {}, more: ValueMap = {}): HandMade =>
  emitting('t.asks', [], { subscriptions: onMove, required_caps: ['net'], ...change }, { effects, ...more })
const hook = (id: string, emits: readonly string[], kinds: readonly string[] = ['http.*'], change: Change = {}): HandMade =>
  emitting(id, emits.map((kind) => ({ kind, payload: null })), { subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' }, abi_contract: { cap_slots: {}, policy_hooks: kinds, gameplay: null }, ...change }, { tick_lifecycle: { mode: 'suspend' } })

const GRANT = { module_id: 't.asks', name: 'net', effect_kinds: ['http.*'], expires_height: null }
const ALLOW = { when: {}, decision: 'allow' } as const
const worldWith = (init: Partial<GenesisInit> = {}): TestWorld => new TestWorld(testGenesis({ modules: [asking()], capabilities: [GRANT], policies: [ALLOW], ...init }))
const ofKind = (events: BlockResult['events'], wanted: string): ValueMap[] => events.filter(({ kind }) => kind === wanted).map(({ payload }) => payload)
/** What became of the effects when ann moved: `queued`, or the code and detail of the refusal, which is also how the call failed. */
async function outcome(world: TestWorld): Promise<readonly unknown[]> {
  const { receipts, events } = world.block([await world.sign(ann, MOVE)])
  expect(receipts[0]!.status).toBe('applied')
  const denied = ofKind(events, 'effect.denied').map(({ code, detail }) => [code, detail])
  const failed = ofKind(events, 'module.call_failed').filter(({ module_id }) => module_id === 't.asks').map(({ code, detail }) => [code, detail])
  expect(failed).toEqual(denied)
  return [...ofKind(events, 'effect.queued').map(() => 'queued'), ...denied.map(([code, detail]) => `${code}: ${detail}`)]
}

describe('an effect a module asks for', () => {
  it('is queued when capability and policy allow it, and is in the state', async () => {
    const world = worldWith()
    const { receipt, events } = await world.act(ann, MOVE)
    const [queued] = events.filter(({ kind }) => kind === 'effect.queued')
    const intent = { intent_id: 'intent/1-0', module_id: 't.asks', instance_id: 't.asks#1', kind: 'http.get', params: { path: '/weather' }, cap_ref: 'net', height: 1, expires_height: 101 }
    expect(queued).toMatchObject({ caused_by: `action:${receipt.action_id}`, payload: intent })
    expect(world.read(effectKey('intent/1-0'))).toEqual({ ...intent, event_id: queued!.id, state: 'queued' })
    expect(world.read(EFFECT_QUEUE_KEY)).toEqual({ queued: 1, height: 1, in_block: 1 })
    expect(world.read(capabilityKey('t.asks', 'net'))).toEqual({ effect_kinds: ['http.*'], expires_height: null })
  })

  it('has an id that is never used again', async () => {
    const world = worldWith({ modules: [asking([GET, GET])] })
    const first = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
    expect(ofKind(first.events, 'effect.queued').map(({ intent_id }) => intent_id)).toEqual([0, 1, 2, 3].map((n) => `intent/1-${n}`))
    expect(ofKind(world.block([await world.sign(inhabitant('cid'), MOVE)]).events, 'effect.queued').map(({ intent_id }) => intent_id)).toEqual(['intent/2-0', 'intent/2-1'])
  })

  it('may be asked for by the slot of a capability', async () => {
    const contract = { abi_contract: { cap_slots: { outside: 'net' }, policy_hooks: [], gameplay: null } }
    const bySlot = (cap_ref: string, cap_slot: string): TestWorld => worldWith({ modules: [asking([{ ...GET, cap_ref, cap_slot }], contract)] })
    expect(await outcome(bySlot('', 'outside'))).toEqual(['queued'])
    expect(await outcome(bySlot('net', 'outside'))).toEqual(['queued'])
    expect(await outcome(bySlot('disk', 'outside'))).toEqual(['CAPS_DENIED: the slot does not stand for this capability'])
    expect(await outcome(bySlot('net', 'inside'))).toEqual(['CAPS_DENIED: the slot does not stand for this capability'])
    expect(await outcome(bySlot('', 'toString'))).toEqual(['CAPS_DENIED: the slot does not stand for this capability'])
  })

  it('is denied without a capability that holds and covers it', async () => {
    const denials: readonly (readonly [Partial<GenesisInit>, string])[] = [
      [{ modules: [asking([{ ...GET, cap_ref: 'disk' }])] }, 'the manifest does not require this capability'],
      [{ modules: [asking([{ ...GET, kind: 'HTTP get' }])] }, 'the kind of the effect is no name'],
      [{ capabilities: [{ ...GRANT, effect_kinds: ['http.post', 'mail.*'] }] }, 'the capability does not cover this kind of effect'],
      [{ capabilities: [{ ...GRANT, effect_kinds: [] }] }, 'the capability does not cover this kind of effect'],
    ]
    for (const [init, detail] of denials) expect(await outcome(worldWith(init))).toEqual([`CAPS_DENIED: ${detail}`])
  })

  it('is denied once the capability has expired', async () => {
    const world = worldWith({ capabilities: [{ ...GRANT, expires_height: 1 }] })
    const move = async (who: typeof ann): Promise<string[]> => ofKind(world.block([await world.sign(who, MOVE)]).events, 'effect.denied').map(({ detail }) => String(detail))
    expect(await move(ann)).toEqual([])
    expect(await move(bob)).toEqual(['the capability has expired'])
  })

  it('is decided by the first policy that matches, and denied by default', async () => {
    const deny = { when: {}, decision: 'deny' } as const
    const when = (rule: NonNullable<GenesisInit['policies']>[number]['when']): NonNullable<GenesisInit['policies']>[number] => ({ when: rule, decision: 'allow' })
    for (const policies of [[], [deny, ALLOW], [when({ effect_kind: 'http.post' })], [when({ origin_kind: 'tick' })], [when({ cap_name: 'disk' })], [when({ module_id: 't.other' })], [when({ effect_kind: 'http.*', module_id: 't.other' })]]) {
      const [refused] = await outcome(worldWith({ policies }))
      expect(refused).toMatch(/^POLICY_DENIED: /)
    }
    for (const policies of [[ALLOW, deny], [when({ effect_kind: 'http.*' })], [when({ origin_kind: 'action' })], [when({ cap_name: 'net', module_id: 't.asks', origin_kind: 'action', effect_kind: 'http.get' })], [when({ module_id: 't.other' }), ALLOW]]) {
      expect(await outcome(worldWith({ policies }))).toEqual(['queued'])
    }
  })

  it('that is denied takes the whole output with it', async () => {
    const world = worldWith({ modules: [emitting('t.asks', [{ kind: 'noise', payload: null }], { subscriptions: onMove, required_caps: ['net'], kind: 'reducer' }, { effects: [GET, { ...GET, kind: 'mail.send' }], new_state: Uint8Array.of(1) })] })
    const { events } = await world.act(ann, MOVE)
    expect(events.map(({ kind }) => kind)).toEqual(['agent.departed', 'effect.denied', 'module.call_failed'])
    expect(world.read('module_state/t.asks#1')).toBeNull()
  })

  it('is taken back with the action it was asked for, and its denial is not', async () => {
    const judging = { subscriptions: { ...onMove, stage: 'pre_action' } } as const
    const strict = emitting('t.z', [{ kind: 'rule.decision', payload: { verdict: 'deny', override_action: null, cost: {}, notes: [] } }])
    const world = worldWith({ modules: [asking([GET], judging), strict] })
    expect((await world.act(ann, MOVE)).events.map(({ kind }) => kind)).toEqual(['action.rejected'])
    expect(world.read(EFFECT_QUEUE_KEY)).toEqual({ queued: 0, height: 0, in_block: 0 })
    const denied = await worldWith({ modules: [asking([GET], judging)], policies: [] }).act(ann, MOVE)
    expect(denied.receipt).toMatchObject({ code: 'RULE_FAILED', detail: { failure: 'POLICY_DENIED' } })
    expect(denied.events.map(({ kind }) => kind)).toEqual(['effect.denied', 'module.call_failed', 'action.rejected'])
  })
})

describe('policy hooks', () => {
  const withHooks = (...hooks: HandMade[]): TestWorld => worldWith({ modules: [asking(), ...hooks] })

  it('must all allow: any deny wins, and one that says nothing or fails denies', async () => {
    const yes = hook('t.yes', ['policy.allow'])
    expect(await outcome(withHooks(yes))).toEqual(['queued'])
    expect(await outcome(withHooks(yes, hook('t.zno', ['policy.allow', 'policy.deny'])))).toEqual(['POLICY_DENIED: t.zno: the policy hook denies it'])
    expect(await outcome(withHooks(yes, hook('t.silent', [])))).toEqual(['POLICY_DENIED: t.silent: the policy hook does not allow it'])
    const trap = handMade('t.trap', 'unreachable', undefined, { subscriptions: { action_kinds: [], event_kinds: ['no.such'], stage: 'post_event' }, abi_contract: { cap_slots: {}, policy_hooks: ['*'], gameplay: null } })
    expect(await outcome(withHooks(trap))).toEqual(['POLICY_DENIED: t.trap: the policy hook failed'])
  })

  it('are asked about their kinds of effects only', async () => {
    expect(await outcome(withHooks(hook('t.no', ['policy.deny'], ['mail.*', 'http.post'])))).toEqual(['queued'])
  })

  it('are not asked when the policy set denies already', async () => {
    const world = worldWith({ modules: [asking(), hook('t.no', ['policy.deny'])], policies: [] })
    const { events } = world.block([await world.sign(ann, MOVE)])
    expect(ofKind(events, 'module.runtime_charged').map(({ instance_id, calls }) => [instance_id, calls])).toEqual([['t.asks#1', 1], ['t.no#1', 1]]) // its tick
  })

  it('may ask for no effects themselves', async () => {
    const greedy = emitting('t.greedy', [{ kind: 'policy.allow', payload: null }], { subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' }, required_caps: ['net'], abi_contract: { cap_slots: {}, policy_hooks: ['*'], gameplay: null } }, { effects: [GET] })
    const world = worldWith({ modules: [asking(), greedy], capabilities: [GRANT, { ...GRANT, module_id: 't.greedy' }] })
    const { events } = world.block([await world.sign(ann, MOVE)])
    expect(ofKind(events, 'effect.denied').map(({ instance_id }) => instance_id)).toEqual(['t.greedy#1', 't.asks#1'])
    expect(ofKind(events, 'effect.queued')).toEqual([])
  })

  it('are told what is asked for, by whom, and under which capability', async () => {
    const seen: Uint8Array[] = []
    const real = createExecutor()
    const world = new TestWorld(testGenesis({ modules: [asking(), hook('t.yes', ['policy.allow'])], capabilities: [GRANT], policies: [ALLOW] }), { executor: { call: (request) => { seen.push(request.input); return real.call(request) } } })
    await world.act(ann, MOVE)
    const { ctx, action } = decodeCanonical(seen.at(-1)!) as { ctx: ValueMap; action: Uint8Array }
    expect(ctx).toMatchObject({ module_id: 't.yes', stage: 'policy', origin: { kind: 'effect', id: 'intent/1-0' } })
    expect(decodeCanonical(action)).toEqual({ action_id: 'intent/1-0', actor: 't.asks#1', action: { kind: 'http.get', params: { path: '/weather' }, cap_ref: 'net' }, facts: { module_id: 't.asks', origin_kind: 'action' } })
  })
})

describe('the queue of effects', () => {
  const limited = (change: Partial<typeof DEFAULT_PARAMS.effects>, effects: readonly Value[] = [GET]): TestWorld =>
    worldWith({ modules: [asking(effects)], params: { effects: { ...DEFAULT_PARAMS.effects, ...change } } })

  it('pushes back when too many wait, or too many were asked for in a block', async () => {
    for (const change of [{ max_queued: 1 }, { max_per_block: 1 }]) {
      const world = limited(change)
      const { events, receipts } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
      expect(receipts.map(({ status }) => status)).toEqual(['applied', 'applied'])
      expect(ofKind(events, 'effect.queued')).toHaveLength(1)
      expect(ofKind(events, 'module.call_failed').map(({ code }) => code)).toEqual(['EFFECT_QUEUE_FULL'])
      const later = ofKind(world.block([await world.sign(inhabitant('cid'), MOVE)]).events, 'effect.queued')
      expect(later).toHaveLength('max_queued' in change ? 0 : 1)
    }
  })

  it('keeps half of the room for modules of the world, whatever those of agents ask for', async () => {
    for (const change of [{ max_queued: 3 }, { max_per_block: 3 }]) {
      const world = worldWith({
        modules: [asking()], params: { effects: { ...DEFAULT_PARAMS.effects, ...change } },
        instances: [{ instance_id: 't.asks#2', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }],
      })
      const { events } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
      expect(ofKind(events, 'effect.queued').map(({ instance_id }) => instance_id)).toEqual(['t.asks#1', 't.asks#1'])
      expect(ofKind(events, 'effect.denied').map(({ instance_id, code }) => [instance_id, code])).toEqual([['t.asks#2', 'EFFECT_QUEUE_FULL']])
    }
  })

  it('takes all effects of a call or none', async () => {
    expect(await outcome(limited({ max_queued: 1 }, [GET, GET]))).toEqual(['EFFECT_QUEUE_FULL: 0 of at most 1 effects wait'])
  })

  it('lets go of effects nobody answered, keeps them readable for a while, and makes room', async () => {
    const world = limited({ expires_blocks: 3, max_queued: 1 })
    await world.act(ann, MOVE)
    expect(ofKind(world.advanceTo(3), 'effect.expired')).toEqual([])
    expect(world.block().events.map(({ kind, caused_by, payload }) => [kind, caused_by.split(':')[0], payload])).toEqual([
      ['effect.expired', 'schedule', { intent_id: 'intent/1-0', module_id: 't.asks', instance_id: 't.asks#1', kind: 'http.get' }],
    ])
    expect(world.read(effectKey('intent/1-0'))).toMatchObject({ state: 'expired' })
    expect(world.read(EFFECT_QUEUE_KEY)).toMatchObject({ queued: 0 })
    expect(ofKind(world.block([await world.sign(bob, MOVE)]).events, 'effect.queued')).toHaveLength(1)
    expect(ofKind(world.advanceTo(7), 'effect.removed')).toEqual([{ intent_id: 'intent/1-0' }])
    expect(world.read(effectKey('intent/1-0'))).toBeNull()
    expect(world.read(effectKey('intent/5-0'))).toMatchObject({ state: 'queued' })
  })

  it('is told to modules when an effect expires', async () => {
    const watch = emitting('t.watch', [{ kind: 'noted', payload: null }], { subscriptions: { action_kinds: [], event_kinds: ['effect.*'], stage: 'post_event' } })
    const world = worldWith({ modules: [asking(), watch], params: { effects: { ...DEFAULT_PARAMS.effects, expires_blocks: 1 } } })
    expect(ofKind(world.block([await world.sign(ann, MOVE)]).events, 'module.emitted')).toEqual([])
    expect(ofKind(world.block().events, 'module.emitted')).toHaveLength(1)
  })

  it('survives a snapshot, and replays to the same state', async () => {
    const world = worldWith()
    await world.act(ann, MOVE)
    const { manifest, chunks } = world.kernel.snapshot()
    const other = new TestWorld(world.genesis)
    other.kernel.restore(manifest, chunks())
    expect(other.kernel.stateRoot()).toEqual(world.kernel.stateRoot())
    expect(other.read(effectKey('intent/1-0'))).toEqual(world.read(effectKey('intent/1-0')))
  })
})
