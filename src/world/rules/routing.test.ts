import { describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { createExecutor, decodeModuleInput, encodeModuleOutput } from '../../wasm/index.ts'
import type { Genesis } from '../genesis.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import type { WorldParams } from '../params.ts'
import { moduleInstanceKey, moduleStateKey } from '../state/keys.ts'
import { answering, deciding, emitting, handMade } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, m1Modules, testGenesis, TestWorld } from '../testing/test-world.ts'
import type { BlockResult } from '../types.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const GIVE = { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 2 }

const worldWith = (modules: readonly HandMade[], params: Partial<WorldParams> = {}, instances: Genesis['instances'] = []): TestWorld => new TestWorld(testGenesis({ modules, params, instances }))
const at = (stage: 'pre_action' | 'post_action' | 'post_event' | 'tick', ...kinds: string[]): Pick<ModuleManifest, 'subscriptions'> => ({
  subscriptions: { action_kinds: stage === 'pre_action' || stage === 'post_action' ? kinds : [], event_kinds: stage === 'post_event' ? kinds : [], stage },
})
const note = [{ kind: 'noted', payload: null }]
/** The events a noting module was called about. */
const noted = (events: BlockResult['events'], moduleId: string): string[] =>
  events.filter(({ kind, payload }) => kind === 'module.emitted' && payload['module_id'] === moduleId)
    .map(({ caused_by }) => (caused_by.startsWith('event:') ? events.find(({ id }) => `event:${id}` === caused_by)!.kind : caused_by))

const GRANT = { type: 'meta_grant', agent: ann.id, track: 'war', points: 1, achievement: null }
const directing = (moduleId: string, subscription: Pick<ModuleManifest, 'subscriptions'>, directives: readonly Value[] = [GRANT]): HandMade =>
  emitting(moduleId, [{ kind: 'gameplay.lifecycle.directives', payload: { directives } }], { ...subscription, role: 'gameplay', abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind: 'war' } } })

describe('every event reaches its subscribers once', () => {
  it('when an action causes it, whatever post-action modules emit first', async () => {
    const world = worldWith([emitting('t.after', note, at('post_action', '*')), emitting('t.watch', note, at('post_event', '*'))])
    const action = await world.sign(ann, MOVE)
    const { events } = world.block([action])
    expect(noted(events, 't.after')).toEqual([`action:${action.action_id}`])
    expect(noted(events, 't.watch')).toEqual(['agent.departed'])
  })

  it('when the schedule or a refusal causes it', async () => {
    const world = worldWith([emitting('t.watch', note, at('post_event', '*'))], { speed_cm_per_block: 10_000_000 })
    const departed = world.block([await world.sign(ann, MOVE), await world.sign(bob, { ...MOVE, to: 'asteroid/0099' })])
    expect(noted(departed.events, 't.watch')).toEqual(['agent.departed', 'action.rejected'])
    const { arrive_height } = world.agent(ann.id).motion!
    expect(noted(world.advanceTo(arrive_height), 't.watch')).toEqual(['agent.arrived'])
    expect(noted(world.block().events, 't.watch')).toEqual([])
  })

  it('when a directive causes it, at a tick or after an event', async () => {
    const world = worldWith([directing('t.after', at('post_event', 'agent.departed')), emitting('t.watch', note, at('post_event', 'meta.*'))])
    const { events } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
    expect(events.filter(({ kind }) => kind === 'meta.granted')).toHaveLength(2)
    expect(noted(events, 't.watch')).toEqual(['meta.granted', 'meta.granted'])
  })

  it('but not what modules emit, nor what is said about modules', async () => {
    const world = worldWith([emitting('t.a', note, at('post_event', '*')), handMade('t.b', 'unreachable', undefined, at('post_event', '*'))])
    const { events } = world.block([await world.sign(ann, MOVE)])
    expect(noted(events, 't.a')).toEqual(['agent.departed'])
    expect(events.filter(({ kind }) => kind === 'module.call_failed')).toHaveLength(1)
  })

  it('so that modules that answer each other for ever come to an end', async () => {
    const world = worldWith([directing('t.loop', at('post_event', 'agent.departed', 'meta.granted'))])
    const { events, receipts } = world.block([await world.sign(ann, MOVE), await world.sign(bob, GIVE)])
    expect(receipts.map(({ code }) => code)).toEqual([null, 'SELF_TRANSFER'])
    expect(events.filter(({ kind }) => kind === 'meta.granted')).toHaveLength(9)
  })
})

describe('a gameplay module', () => {
  it('is not called at a tick when there is nothing for it to do, and stays due', () => {
    const idle = directing('t.idle', at('tick'))
    const world = worldWith([idle, emitting('t.clock', note, at('tick'))])
    const events = world.advanceTo(2)
    expect(events.filter(({ kind }) => kind === 'module.runtime_charged').map(({ payload }) => payload['instance_id'])).toEqual(['t.clock#1', 't.clock#1'])
    expect(world.read(moduleInstanceKey('t.idle#1'))).toMatchObject({ wake_height: 0 })
  })
})

describe('a filter', () => {
  const filtered = (subscriptions: ModuleManifest['subscriptions']): HandMade => emitting('t.a', note, { subscriptions })

  it('keeps a module from being called about other actions', async () => {
    const world = worldWith([filtered({ ...at('post_action', '*').subscriptions, filters: { any: [{ path: '/action/amount', gt: 1 }, { path: '/facts/distance_cm', lt: 0 }] } })])
    expect((await world.act(ann, GIVE)).events.map(({ kind }) => kind)).toEqual(['resource.transferred', 'module.emitted'])
    expect((await world.act(ann, { ...GIVE, amount: 1 })).events.map(({ kind }) => kind)).toEqual(['resource.transferred'])
  })

  it('keeps a module from being called about other events', async () => {
    const world = worldWith([filtered({ ...at('post_event', '*').subscriptions, filters: { all: [{ path: '/kind', re: '^agent\\.' }, { path: '/payload/agent', eq: ann.id }] } })])
    const { events } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
    expect(events.filter(({ kind }) => kind === 'module.emitted').map(({ caused_by }) => caused_by)).toEqual([`event:${events[0]!.id}`])
  })
})

describe('limits of a module', () => {
  const failures = (events: BlockResult['events']): unknown[] => events.filter(({ kind }) => kind === 'module.call_failed').map(({ payload }) => payload['code'])
  const effects = Array.from({ length: 5 }, () => ({ kind: 'http.get', params: null, cap_ref: 'net' }))
  const cases: readonly (readonly [string, HandMade, string])[] = [
    ['effects', answering('t.x', encodeCanonical({ emits: [], effects }), at('post_event', 'agent.*')), 'EFFECT_LIMIT_EXCEEDED'],
    ['emits', emitting('t.x', Array.from({ length: 5 }, () => ({ kind: 'noise', payload: null })), at('post_event', 'agent.*')), 'EMIT_LIMIT_EXCEEDED'],
    ['output size', answering('t.x', encodeCanonical({ emits: [{ kind: 'long', payload: 'x'.repeat(5_000) }], effects: [] }), at('post_event', 'agent.*')), 'OUTPUT_TOO_LARGE'],
    ['fuel', handMade('t.x', '(loop $again (br $again)) unreachable', undefined, at('post_event', 'agent.*')), 'OUT_OF_FUEL'],
    ['memory', handMade('t.x', '(if (i32.lt_s (memory.grow (i32.const 1)) (i32.const 0)) (then unreachable)) (i64.const 0)', undefined, at('post_event', 'agent.*')), 'TRAP'],
  ]
  for (const [what, module, code] of cases) {
    it(`hold for ${what}: the call fails, and everything else goes on`, async () => {
      const world = worldWith([module, emitting('t.y', note, at('post_event', 'agent.*'))])
      const { events, receipts } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
      expect(receipts.map(({ status }) => status)).toEqual(['applied', 'applied'])
      expect(failures(events)).toEqual([code, code])
      expect(noted(events, 't.y')).toEqual(['agent.departed', 'agent.departed'])
    })
  }

  it('hold for calls in one block, by instance, and are said once', async () => {
    const world = worldWith([emitting('t.x', note, { ...at('post_event', 'agent.*'), limits: { max_call_rate: 1 } })], {}, [{ instance_id: 't.x#2', target: { kind: 'self_agent', agent: bob.id }, owner: null }])
    const cid = inhabitant('cid')
    const { events } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE), await world.sign(cid, MOVE)])
    expect(events.filter(({ kind }) => kind === 'module.emitted').map(({ payload }) => payload['instance_id'])).toEqual(['t.x#1', 't.x#2'])
    expect(failures(events)).toEqual(['POLICY_DENIED'])
    expect(world.block().events).toEqual([])
  })

  it('hold for the fuel of the block: who comes too late is not called, and said so once', async () => {
    const burning = handMade('t.burn', '(loop $again (br $again)) unreachable', undefined, at('post_event', 'agent.*'))
    const world = worldWith([burning], { block_fuel_limit: 250_000 })
    const { events, receipts, fuel_used } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE), await world.sign(inhabitant('cid'), MOVE)])
    expect(receipts.map(({ status }) => status)).toEqual(['applied', 'applied', 'applied'])
    expect(fuel_used).toBe(200_000)
    expect(events.filter(({ kind }) => kind === 'module.call_failed').map(({ payload }) => payload['detail'])).toEqual(['fuel limit reached', 'fuel limit reached', 'the block has no fuel left for this call'])
  })

  it("pass over agents' instances before the world's rules run dry", async () => {
    const world = worldWith([deciding('t.own', 'deny'), deciding('t.rule', 'allow')], { block_fuel_limit: 150_000 }, [{ instance_id: 't.own#1', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }])
    const { receipt, events } = await world.act(ann, MOVE)
    expect(receipt.status).toBe('applied')
    expect(events.map(({ kind, payload }) => [kind, payload['code'] ?? null])).toEqual([['module.call_failed', 'OUT_OF_FUEL'], ['agent.departed', null]])
  })
})

describe('a module of ABI 1', () => {
  it('is given byte fields as lists of integers, and gives them back so', async () => {
    const output = encodeModuleOutput({ new_state: Uint8Array.of(1, 2, 3), effects: [], emits: [{ kind: 'noted', payload: { n: 1 } }] }, 1)
    const old = answering('t.old', output, { kind: 'reducer', abi_version: 1, ...at('post_action', 'move_agent') })
    const seen: Uint8Array[] = []
    const real = createExecutor()
    const world = new TestWorld(testGenesis({ modules: [old] }), { executor: { call: (request) => { seen.push(request.input); return real.call(request) } } })
    const { events } = await world.act(ann, MOVE)
    expect(events.map(({ kind }) => kind)).toEqual(['agent.departed', 'module.emitted'])
    expect(world.read(moduleStateKey('t.old#1'))).toEqual(Uint8Array.of(1, 2, 3))
    await world.act(bob, MOVE)
    expect((decodeCanonical(seen[1]!) as ValueMap)['state']).toEqual([1, 2, 3])
    const { ctx, action, state } = decodeModuleInput(seen[1]!, 1)
    expect(ctx).toMatchObject({ module_id: 't.old', stage: 'post_action', time: 2 })
    expect(ctx.trace_id).toMatch(/^action-[0-9a-f]{16}-t\.old#1$/)
    expect(decodeCanonical(action!)).toMatchObject({ actor: bob.id, action: MOVE })
    expect(state).toEqual(Uint8Array.of(1, 2, 3))
  })
})

describe('traces', () => {
  it('tell instances apart', async () => {
    const world = worldWith([emitting('t.a', note, at('post_action', '*'))], {}, [{ instance_id: 't.a#2', target: { kind: 'self_agent', agent: ann.id }, owner: null }])
    const { events, receipt } = await world.act(ann, MOVE)
    expect(events.flatMap(({ payload }) => payload['trace_id'] ?? [])).toEqual([1, 2].map((n) => `action-${receipt.action_id.slice(0, 16)}-t.a#${n}`))
  })

  it('of built-in modules name their instances', async () => {
    const world = new TestWorld(testGenesis({ modules: m1Modules }))
    const { events } = world.block([await world.sign(ann, MOVE)])
    expect(events.filter(({ kind }) => kind === 'module.runtime_charged').map(({ payload }) => payload['instance_id'])).toContain('m1.rule.move#1')
  })
})
