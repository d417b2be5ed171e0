import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import type { Genesis } from '../genesis.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import type { WorldParams } from '../params.ts'
import { answering, deciding, emitting, handMade } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const worldWith = (modules: readonly HandMade[], instances: Genesis['instances'] = [], params: Partial<WorldParams> = {}): TestWorld => new TestWorld(testGenesis({ modules, instances, params }))
const ROOM = { limits: { max_output_bytes: 65_536, max_emits: 1_024 } }
/** A character of two UTF-16 units: where a text is cut, it may be cut in two. */
const WIDE = '\u{1f600}'

describe('texts of modules that the kernel cuts short', () => {
  it.each([0, 1])('notes of a denial stay texts, wherever they are cut (offset %i)', async (offset) => {
    const notes = Array.from({ length: 8 }, (_, index) => `${index === 0 ? 'a'.repeat(offset) : ''}${WIDE.repeat(59)}`)
    const world = worldWith([deciding('t.deny', 'deny', { notes }, ROOM)])
    const { receipt } = await world.act(ann, MOVE)
    expect(receipt).toMatchObject({ status: 'rejected', code: 'RULE_DENIED' })
    expect((receipt.detail['notes'] as string).isWellFormed()).toBe(true)
  })

  it.each([0, 1])('so does the reason why an answer cannot be used (offset %i)', async (offset) => {
    const strange = { [`${'a'.repeat(offset)}${WIDE.repeat(400)}`]: 1 }
    const world = worldWith([emitting('t.odd', [{ kind: 'rule.decision', payload: { verdict: 'allow', override_action: null, cost: {}, notes: [], ...strange } }], ROOM)])
    expect((await world.act(ann, MOVE)).receipt.code).toBe('RULE_FAILED')
  })

  it.each([0, 1])('and the type of a directive nobody knows (offset %i)', async (offset) => {
    const directives: Value = [{ type: `${'a'.repeat(offset)}${WIDE.repeat(100)}` }]
    const world = worldWith([emitting('t.game', [{ kind: 'gameplay.lifecycle.directives', payload: { directives } }], {
      ...ROOM, role: 'gameplay', abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind: 'meta' } },
      subscriptions: { action_kinds: [], event_kinds: ['agent.departed'], stage: 'post_event' },
    })])
    const { events } = world.block([await world.sign(ann, MOVE)])
    const refused = events.find(({ kind }) => kind === 'directive.refused')
    expect((refused!.payload['type'] as string).isWellFormed()).toBe(true)
  })
})

describe('what modules can put on record in one block', () => {
  /** As storage and the feed take them. */
  const MOST_BYTES = 16 << 20
  const hearing = { subscriptions: { action_kinds: [], event_kinds: ['*'], stage: 'post_event' } } satisfies Partial<ModuleManifest>
  const game = { ...ROOM, ...hearing, role: 'gameplay', abi_contract: { cap_slots: {}, policy_hooks: [], gameplay: { kind: 'meta' } } } satisfies Parameters<typeof emitting>[2]
  const directing = (directives: readonly Value[]): { kind: string; payload: Value } => ({ kind: 'gameplay.lifecycle.directives', payload: { directives } })

  /** A block of `count` transfers, and the bytes of its events. */
  function busyBlock(world: TestWorld, count: number) {
    const give = { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 1 }
    const actions = Array.from({ length: count }, (_, n) => unsignedAction(world.unsigned(ann.id, give, { nonce: n + 1 })))
    const result = world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true])))
    return { ...result, bytes: encodeCanonical(result.events as unknown as Value).length }
  }

  it('is bounded for a module of the world that says a lot about everything', () => {
    const world = worldWith([emitting('t.loud', [{ kind: 'noise', payload: 'a'.repeat(60_000) }], { ...ROOM, ...hearing })])
    const { bytes, events, receipts } = busyBlock(world, 400)
    expect(bytes).toBeLessThan(MOST_BYTES)
    expect(events.filter(({ kind }) => kind === 'module.call_failed').map(({ payload }) => payload['code'])).toEqual(['OUTPUT_TOO_LARGE'])
    expect(receipts).toHaveLength(400)
  })

  it.each<[string, HandMade]>([
    ['emits much that is small', emitting('t.many', Array.from({ length: 1_000 }, () => ({ kind: 'x', payload: null })), { ...ROOM, ...hearing })],
    ['directs nonsense', emitting('t.game', [directing(Array.from({ length: 64 }, () => 0))], game)],
    ['fails at once', handMade('t.trap', 'unreachable', undefined, { ...hearing, limits: { max_gas: 1 } })],
  ])('and for one that %s', (_what, module) => {
    const { bytes, receipts } = busyBlock(worldWith([module]), 1_000)
    expect(bytes).toBeLessThan(MOST_BYTES)
    expect(receipts).toHaveLength(1_000)
  })

  it('a call directs only so much, in however many emits', () => {
    const world = worldWith([emitting('t.game', Array.from({ length: 40 }, () => directing([0, 0])), game)])
    const { events } = busyBlock(world, 1)
    expect(events.filter(({ kind }) => kind === 'directive.refused')).toEqual([])
    expect(events.find(({ kind }) => kind === 'module.call_failed')?.payload['code']).toBe('INVALID_OUTPUT')
  })

  it('and the states of its instances fit as well', () => {
    const keeping = answering('t.keep', encodeCanonical({ new_state: new Uint8Array(4_000), emits: [], effects: [] }), {
      kind: 'reducer', limits: { max_output_bytes: 65_536 }, subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' },
    })
    const instances = Array.from({ length: 99 }, (_, n) => ({ instance_id: `t.keep#${n + 10}`, target: { kind: 'location_infrastructure', asteroid: 'asteroid/0001' }, owner: null } as const))
    const { events } = worldWith([keeping], instances).block()
    expect(events.filter(({ kind }) => kind === 'module.state_updated')).toHaveLength(32)
    expect(events.filter(({ kind, payload }) => kind === 'module.call_failed' && payload['code'] === 'OUTPUT_TOO_LARGE')).toHaveLength(68)
  })
})

it('what modules of agents say leaves room for the rules of the world, however much is paid for it', () => {
  const loud = emitting('t.loud', [{ kind: 'noise', payload: 'a'.repeat(60_000) }], { ...ROOM, subscriptions: { action_kinds: [], event_kinds: ['*'], stage: 'post_event' } })
  const params = { start_data: 100_000, treasury_data: 1_000_000, start_electricity: 1_000, electricity_capacity: 1_000, treasury_electricity: 100_000 }
  const rule = deciding('t.rule', 'allow', {}, { subscriptions: { action_kinds: ['transfer_resource'], event_kinds: [], stage: 'pre_action' } })
  const world = worldWith([loud, rule], [{ instance_id: 't.loud#1', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }], params)
  const give = { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 1 }
  const actions = Array.from({ length: 100 }, (_, n) => unsignedAction(world.unsigned(ann.id, give, { nonce: n + 1 })))
  const { events, receipts } = world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true])))
  expect(events.filter(({ kind }) => kind === 'module.emitted').length).toBeLessThan(20)
  expect(receipts.every(({ status }) => status === 'applied')).toBe(true)
})

describe('the calls of a block', () => {
  it('come to an end however little fuel they take', async () => {
    const idle = emitting('t.idle', [], { limits: { max_gas: 100 }, subscriptions: { action_kinds: [], event_kinds: ['*'], stage: 'post_event' } })
    const instances = Array.from({ length: 250 }, (_, n) => ({ instance_id: `t.idle#${n + 100}`, target: { kind: 'self_agent', agent: ann.id }, owner: null } as const))
    const world = worldWith([idle], instances)
    const actions = Array.from({ length: 401 }, (_, n) => unsignedAction(world.unsigned(ann.id, MOVE, { nonce: n + 1 })))
    const { events, receipts } = world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true])))
    const calls = events.filter(({ kind }) => kind === 'module.runtime_charged').reduce((sum, { payload }) => sum + (payload['calls'] as number), 0)
    expect(calls).toBe(100_000)
    expect(receipts).toHaveLength(401)
  })
})

describe('the bytes that calls of a block move', () => {
  const calls = (module: HandMade, count: number): readonly [calls: number, codes: readonly unknown[]] => {
    const world = worldWith([module])
    const actions = Array.from({ length: count }, (_, n) => unsignedAction(world.unsigned(ann.id, MOVE, { nonce: n + 1 })))
    const { events } = world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true])))
    const charge = events.find(({ kind }) => kind === 'module.runtime_charged')!
    return [charge.payload['calls'] as number, events.filter(({ kind }) => kind === 'module.call_failed').map(({ payload }) => payload['code'])]
  }
  const hearing = { subscriptions: { action_kinds: [], event_kinds: ['*'], stage: 'post_event' } } satisfies Partial<ModuleManifest>

  it('are bounded for a large state that is passed in every time', () => {
    const [made, codes] = calls(answering('t.keep', encodeCanonical({ new_state: new Uint8Array(60_000), emits: [], effects: [] }), { limits: { ...ROOM.limits, max_call_rate: 10_000 }, ...hearing, kind: 'reducer' }), 1_500)
    expect(made).toBeGreaterThan(1_000)
    expect(made).toBeLessThan(1_300)
    expect(codes).toEqual(['POLICY_DENIED'])
  })

  it('and for long answers that mean nothing', () => {
    const [made, codes] = calls(answering('t.babble', new Uint8Array(60_000).fill(1), { ...ROOM, ...hearing }), 500)
    expect(made).toBeLessThan(300)
    expect(new Set(codes)).toEqual(new Set(['INVALID_OUTPUT', 'POLICY_DENIED']))
  })
})

describe('the fuel of a block', () => {
  it('is taken by patterns of filters as well', async () => {
    const filters = { all: [{ path: '/actor', re: 'x'.repeat(100) }] }
    const world = worldWith([deciding('t.picky', 'deny', {}, { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action', filters } })], [], { block_fuel_limit: 150_000 })
    const actions = [await world.sign(ann, MOVE), await world.sign(bob, MOVE), await world.sign(inhabitant('cid'), MOVE)]
    const { receipts } = world.block(actions)
    expect(receipts.map(({ code, fuel }) => [code, fuel])).toEqual([[null, 64_000], [null, 64_000], ['BLOCK_FUEL_EXHAUSTED', 0]])
  })

  it('goes to modules of agents in part only, whatever their owners can pay', async () => {
    const burning = handMade('t.burn', '(loop $again (br $again)) unreachable', undefined, { limits: { max_gas: 10_000 }, subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' } })
    const owned = Array.from({ length: 20 }, (_, n) => ({ instance_id: `t.burn#${n + 10}`, target: { kind: 'self_agent', agent: ann.id }, owner: ann.id } as const))
    const world = worldWith([burning], [{ instance_id: 't.burn#1', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }, ...owned], { block_fuel_limit: 100_000 })
    const { fuel_used, receipts } = world.block([await world.sign(bob, MOVE)])
    expect(fuel_used).toBe(20_000)
    expect(receipts.map(({ code }) => code)).toEqual([null])
  })
})
