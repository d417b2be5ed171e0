import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import type { Genesis } from '../genesis.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import type { WorldParams } from '../params.ts'
import { moduleInstanceKey, moduleStateKey } from '../state/keys.ts'
import { answering, deciding, decision, emitting, handMade } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'
import type { BlockResult } from '../types.ts'
import { feeOf, reserveOf } from './metering.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const GIVE = { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 2 }

type Instances = Genesis['instances']
/** The module is ann's alone: the whole world has no instance of it. */
const forAnn = (moduleId: string): Instances => [{ instance_id: `${moduleId}#1`, target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }]
const onGive: Partial<ModuleManifest> = { subscriptions: { action_kinds: ['transfer_resource'], event_kinds: [], stage: 'pre_action' } }

const worldWith = (modules: readonly HandMade[], instances: Instances = [], params: Partial<WorldParams> = {}): TestWorld => new TestWorld(testGenesis({ modules, instances, params }))
const chargesIn = (events: BlockResult['events']): ValueMap[] => events.filter(({ kind }) => kind === 'module.runtime_charged').map(({ payload }) => payload)
const failuresIn = (events: BlockResult['events']): unknown[] => events.filter(({ kind }) => kind === 'module.call_failed').map(({ payload }) => [payload['instance_id'], payload['code']])
const treasuryOf = (world: TestWorld): { electricity: number; data: number } => world.read('treasury') as { electricity: number; data: number }

describe('the fee of a call', () => {
  const params = { ...DEFAULT_PARAMS, metering: { fuel_per_electricity: 100 } }
  const nothing = { inputBytes: 0, outputBytes: 0, effects: 0, emits: 0, newState: false, fuel: 0 }

  it('is data for bytes and wishes, electricity for running, wishes, state and fuel', () => {
    expect(feeOf(nothing, params)).toEqual({ data: 0, electricity: 1 })
    expect(feeOf({ ...nothing, inputBytes: 1, outputBytes: 1_025 }, params)).toEqual({ data: 1 + 2, electricity: 1 })
    expect(feeOf({ ...nothing, inputBytes: 1_024, effects: 3, emits: 2 }, params)).toEqual({ data: 1 + 6 + 2, electricity: 1 + 3 + 2 })
    expect(feeOf({ ...nothing, newState: true, fuel: 101 }, params)).toEqual({ data: 0, electricity: 1 + 1 + 2 })
  })

  it('never exceeds what was reserved for it', () => {
    const { limits } = handMade('t.a', 'unreachable').manifest
    expect(reserveOf(limits, 1_000, params)).toEqual({ data: 1 + 4 + 8 + 4, electricity: 1 + 4 + 4 + 1 + 1_000 })
  })
})

describe('the calls of the world itself', () => {
  it('cost nobody anything and are summed up in one event each', async () => {
    const world = worldWith([deciding('t.a', 'allow'), deciding('t.b', 'allow')])
    const before = treasuryOf(world)
    const actions = [await world.sign(ann, MOVE), await world.sign(bob, MOVE)]
    const { events } = world.block(actions)
    const charges = chargesIn(events)
    expect(charges.map(({ instance_id, payer, calls, failures, emit_count, trace_id }) => [instance_id, payer, calls, failures, emit_count, trace_id])).toEqual([
      ['t.a#1', 'treasury', 2, 0, 2, 'block-1-t.a#1'], ['t.b#1', 'treasury', 2, 0, 2, 'block-1-t.b#1'],
    ])
    expect(events.slice(-2).map(({ kind, caused_by }) => [kind, caused_by])).toEqual([['module.runtime_charged', 'block'], ['module.runtime_charged', 'block']])
    // Each call: one unit for up to 1,024 bytes in, one for those out, one for the emit; one to run, one for the emit, one for the fuel.
    expect(charges[0]).toMatchObject({ compute_fee_kind: 'data', compute_fee_amount: 2 * 3, electricity_fee_kind: 'electricity', electricity_fee_amount: 2 * 3, effect_count: 0 })
    expect(treasuryOf(world)).toEqual(before)
  })

  it('say how many failed, of refused actions too', async () => {
    const world = worldWith([handMade('t.trap', 'unreachable')])
    const { events } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
    expect(chargesIn(events)).toEqual([expect.objectContaining({ calls: 2, failures: 2, fuel: 200_000, output_bytes: 0 })])
  })

  it('leave no event in a block without calls', () => expect(chargesIn(worldWith([deciding('t.a', 'allow')]).advanceTo(2))).toEqual([]))
})

describe("an agent's instance", () => {
  const kib = (bytes: unknown): number => Math.ceil((bytes as number) / 1_024)

  it('is paid for by its owner, call by call, and the treasury gets it', async () => {
    const world = worldWith([deciding('t.own', 'allow')], forAnn('t.own'))
    const before = treasuryOf(world)
    expect(chargesIn((await world.act(bob, MOVE)).events)).toEqual([])
    const { events, receipt } = await world.act(ann, MOVE)
    const [charge] = chargesIn(events)
    expect(charge).toMatchObject({ module_id: 't.own', instance_id: 't.own#1', payer: ann.id, calls: 1, failures: 0, trace_id: `action-${receipt.action_id.slice(0, 16)}-t.own#1` })
    expect(charge).toMatchObject({ compute_fee_amount: kib(charge!['input_bytes']) + kib(charge!['output_bytes']) + 1, electricity_fee_amount: 3 })
    expect(world.agent(ann.id)).toMatchObject({ data: 17, electricity: 97 })
    expect(treasuryOf(world)).toEqual({ electricity: before.electricity + 3, data: before.data + 3 })
    expect(receipt.fees).toEqual({ electricity: 0, data: 0 })
  })

  it('is paid for although the action it judged is refused', async () => {
    const world = worldWith([deciding('t.a', 'allow'), deciding('t.z', 'deny')], forAnn('t.a'))
    const { receipt, events } = await world.act(ann, MOVE)
    expect(receipt).toMatchObject({ code: 'RULE_DENIED', events: { count: 2 }, fees: { electricity: 0, data: 0 } })
    expect(events.map(({ kind }) => kind)).toEqual(['module.runtime_charged', 'action.rejected'])
    expect(world.agent(ann.id)).toMatchObject({ data: 17, electricity: 97, nonce: 1, motion: null })
  })

  it('pays its whole limit when it traps, and the action goes on without it', async () => {
    for (const [body, code] of [['unreachable', 'TRAP'], ['(loop $again (br $again)) unreachable', 'OUT_OF_FUEL']] as const) {
      const world = worldWith([handMade('t.trap', body, undefined, onGive)], forAnn('t.trap'), { metering: { fuel_per_electricity: 10_000 } })
      const { receipt, events } = await world.act(ann, GIVE)
      expect(receipt.status).toBe('applied')
      expect(failuresIn(events)).toEqual([['t.trap#1', code]])
      expect(chargesIn(events)).toEqual([expect.objectContaining({ payer: ann.id, fuel: 100_000, failures: 1, electricity_fee_amount: 1 + 10, compute_fee_amount: 1 })])
      expect(world.agent(ann.id)).toMatchObject({ electricity: 89, data: 20 - 1 - 2 })
    }
  })

  it('that its owner cannot pay is passed over at no cost, which is said once a block', async () => {
    const world = worldWith([deciding('t.dear', 'deny', {}, { ...onGive, limits: { max_emits: 500 } })], forAnn('t.dear'))
    const { events, receipts } = world.block([await world.sign(ann, GIVE), await world.sign(ann, { ...GIVE, amount: 1 }, { nonce: 2 })])
    expect(receipts.map(({ status }) => status)).toEqual(['applied', 'applied'])
    expect(failuresIn(events)).toEqual([['t.dear#1', 'INSUFFICIENT_BALANCE']])
    expect(chargesIn(events)).toEqual([])
    expect(world.agent(ann.id)).toMatchObject({ electricity: 100, data: 17 })
  })

  it('is called when its owner can pay the most it may cost, and not for a unit less', async () => {
    const failuresWith = async (start_electricity: number, start_data: number): Promise<unknown[]> =>
      failuresIn((await worldWith([deciding('t.own', 'allow')], forAnn('t.own'), { start_electricity, start_data }).act(ann, MOVE)).events)
    // 11 = 1 + 4 effects + 4 emits + a state + 100,000 fuel; 17 = an input of less than 1 KiB + an output of 4 + 2 · 4 effects + 4 emits.
    expect(await failuresWith(11, 17)).toEqual([])
    expect(await failuresWith(10, 17)).toEqual([['t.own#1', 'INSUFFICIENT_BALANCE']])
    expect(await failuresWith(11, 16)).toEqual([['t.own#1', 'INSUFFICIENT_BALANCE']])
  })

  it('takes what it costs before the action spends the rest', async () => {
    const world = worldWith([deciding('t.own', 'allow', {}, onGive)], forAnn('t.own'))
    expect((await world.act(ann, { ...GIVE, amount: 18 })).receipt).toMatchObject({ code: 'INSUFFICIENT_DATA', detail: { required: 18, available: 17 } })
    expect([world.agent(ann.id).data, world.agent(bob.id).data]).toEqual([17, 20])
  })

  it('is paid before the kernel decides on the action, which sees what is left', async () => {
    const onHarvest = { subscriptions: { action_kinds: ['harvest_radiation'], event_kinds: [], stage: 'pre_action' } } as const
    const yields = emitting('t.power', [decision('modify', { override: { kind: 'emit_harvest', blocks: 1, amount: 1 } }), { kind: 'power.storage_limit', payload: { capacity: 100 } }], onHarvest)
    const harvest = async (modules: readonly HandMade[], instances: Instances): Promise<string | null> => {
      const world = worldWith(modules, instances)
      await world.travel(ann, 'asteroid/0007')
      return (await world.act(ann, { kind: 'harvest_radiation', blocks: 1 })).receipt.code
    }
    expect(await harvest([yields], [])).toBe('STORAGE_FULL')
    expect(await harvest([deciding('t.own', 'allow', {}, onHarvest), yields], forAnn('t.own'))).toBeNull()
  })

  it('may deny and charge, but never put another outcome in place of an action', async () => {
    const strict = worldWith([deciding('t.own', 'deny', { notes: ['not today'] }, onGive)], forAnn('t.own'))
    expect((await strict.act(ann, GIVE)).receipt.code).toBe('RULE_DENIED')
    const toll = worldWith([deciding('t.own', 'allow', { cost: { data: 1 } }, onGive)], forAnn('t.own'))
    expect((await toll.act(ann, GIVE)).receipt.fees).toEqual({ electricity: 0, data: 1 })
    const override = { kind: 'emit_resource_transfer', to: bob.id, resource: 'data', amount: 1 }
    const thief = worldWith([deciding('t.own', 'modify', { override }, onGive)], forAnn('t.own'))
    const { receipt, events } = await thief.act(ann, GIVE)
    expect(receipt.status).toBe('applied')
    expect(failuresIn(events)).toEqual([['t.own#1', 'INVALID_OUTPUT']])
    expect(thief.agent(bob.id).data).toBe(22)
  })

  it('makes no plan for an action', async () => {
    const plan = { kind: 'power.storage_limit', payload: { capacity: 100 } }
    const world = worldWith([emitting('t.own', [decision('modify', { override: { kind: 'emit_harvest', blocks: 1, amount: 1_000 } }), plan], { subscriptions: { action_kinds: ['harvest_radiation'], event_kinds: [], stage: 'pre_action' } })], forAnn('t.own'))
    await world.travel(ann, 'asteroid/0007')
    expect((await world.act(ann, { kind: 'harvest_radiation', blocks: 1 })).receipt.code).toBe('RULE_MISSING')
  })

  it('that fails at a place holds nobody up there, while a rule of the world that fails there does', async () => {
    const at = String(worldWith([]).agent(bob.id).location)
    const at7 = (owner: string | null): Instances => [{ instance_id: 't.port#1', target: { kind: 'location_infrastructure', asteroid: at }, owner }]
    const port = handMade('t.port', 'unreachable')
    expect((await worldWith([port], at7(ann.id)).act(bob, MOVE)).receipt.status).toBe('applied')
    expect((await worldWith([port], at7(null)).act(bob, MOVE)).receipt.code).toBe('RULE_FAILED')
  })

  it('cannot direct the world, whatever its role', async () => {
    const directive = { kind: 'gameplay.lifecycle.directives', payload: { directives: [{ type: 'meta_grant', agent: ann.id, track: 'industry', points: 1, achievement: null }] } }
    const module = emitting('t.own', [directive], { role: 'gameplay', subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'post_action' }, abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind: 'meta' } } })
    const { events } = await worldWith([module], forAnn('t.own')).act(ann, MOVE)
    expect(events.map(({ kind }) => kind)).not.toContain('meta.granted')
    expect(events.filter(({ kind }) => kind === 'module.emitted').map(({ payload }) => payload['kind'])).toEqual(['gameplay.lifecycle.directives'])
  })

  it('waits for its own wake-ups, and is charged for them', () => {
    const clock = emitting('t.clock', [{ kind: 'tock', payload: null }], { subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' } }, { tick_lifecycle: { mode: 'wake_after_ticks', ticks: 2 } })
    const world = worldWith([clock], [{ instance_id: 't.clock#2', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }])
    const events = world.advanceTo(4)
    expect(chargesIn(events.filter(({ height }) => height === 3)).map(({ payer }) => payer)).toEqual([ann.id, 'treasury'])
    expect(chargesIn(events.filter(({ height }) => height === 2))).toEqual([])
    expect(world.read(moduleInstanceKey('t.clock#2'))).toEqual({ module_id: 't.clock', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id, wake_height: 5 })
  })

  it('keeps a state of its own', async () => {
    const keeper = answering('t.keeper', encodeCanonical({ emits: [], effects: [], new_state: Uint8Array.of(7) }), { kind: 'reducer' })
    const world = worldWith([keeper], [{ instance_id: 't.keeper#2', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }])
    await world.act(bob, MOVE)
    expect([world.read(moduleStateKey('t.keeper#1')), world.read(moduleStateKey('t.keeper#2'))]).toEqual([Uint8Array.of(7), null])
    await world.act(ann, MOVE)
    expect(world.read(moduleStateKey('t.keeper#2'))).toEqual(Uint8Array.of(7))
  })
})
