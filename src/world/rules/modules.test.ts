import { describe, expect, it } from 'vitest'
import { decodeCanonical, encodeCanonical } from '../../codec/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { createExecutor, ExecutorHostFault } from '../../wasm/index.ts'
import type { ModuleCall, ModuleCallResult } from '../../wasm/index.ts'
import { ExecutionInterrupted } from '../errors.ts'
import { moduleInstanceKey, moduleStateKey } from '../state/keys.ts'
import type { WorldParams } from '../params.ts'
import { answering, deciding, decision, emitting, handMade } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const bob = inhabitant('bob')
const MOVE = { kind: 'move_agent', to: 'asteroid/0007' }
const GIVE = { kind: 'transfer_resource', to: bob.id, resource: 'data', amount: 2 }
const onTransfer = { subscriptions: { action_kinds: ['transfer_resource'], event_kinds: [], stage: 'pre_action' } } as const
const give = (to: string, amount: number): ValueMap => ({ kind: 'emit_resource_transfer', to, resource: 'data', amount })

const worldWith = (modules: readonly HandMade[], params: Partial<WorldParams> = {}): TestWorld => new TestWorld(testGenesis({ modules, params }))

describe('a rule module that fails', () => {
  const cases: readonly (readonly [string, HandMade, string])[] = [
    ['traps', handMade('t.trap', 'unreachable'), 'TRAP'],
    ['never ends', handMade('t.loop', '(loop $again (br $again)) unreachable'), 'OUT_OF_FUEL'],
    ['returns garbage', answering('t.garbage', Uint8Array.of(0xff, 0x00, 0x13)), 'INVALID_OUTPUT'],
    ['returns nothing', answering('t.nothing', new Uint8Array(0)), 'INVALID_OUTPUT'],
    ['points outside its memory', handMade('t.liar', `(i64.const ${(100n << 32n) | 0xffff_fff0n})`), 'INVALID_OUTPUT'],
    ['returns too much', handMade('t.huge', `(i64.const ${(5_000n << 32n) | 16n})`), 'OUTPUT_TOO_LARGE'],
    ['asks for effects it may not have', answering('t.effects', encodeCanonical({ emits: [], effects: [{ kind: 'http', params: null, cap_ref: 'net' }] })), 'CAPS_DENIED'],
    ['asks for more effects than it may', answering('t.effects', encodeCanonical({ emits: [], effects: Array.from({ length: 5 }, () => ({ kind: 'http', params: null, cap_ref: 'net' })) })), 'EFFECT_LIMIT_EXCEEDED'],
    ['emits too often', emitting('t.emits', Array.from({ length: 5 }, () => ({ kind: 'noise', payload: null }))), 'EMIT_LIMIT_EXCEEDED'],
    ['keeps a state although it is pure', emitting('t.pure', [], {}, { new_state: Uint8Array.of(1) }), 'INVALID_OUTPUT'],
    ['decides twice', emitting('t.twice', [decision('allow'), decision('deny')]), 'INVALID_OUTPUT'],
    ['decides nonsense', emitting('t.nonsense', [{ kind: 'rule.decision', payload: { verdict: 'perhaps' } }]), 'INVALID_OUTPUT'],
    ['charges a negative price', deciding('t.gift', 'allow', { cost: { electricity: -5 } }), 'INVALID_OUTPUT'],
    ['modifies what cannot be modified', deciding('t.modify', 'modify', { override: { kind: 'emit_teleport' } }), 'INVALID_OUTPUT'],
    ['modifies into nothing', deciding('t.empty', 'modify', {}), 'INVALID_OUTPUT'],
    ['is called too often', deciding('t.rate', 'allow', {}, { limits: { max_call_rate: 1 } }), 'POLICY_DENIED'],
  ]
  for (const [what, module, code] of cases) {
    it(`${what}: the action is denied, the failure is an event, the block goes on`, async () => {
      const world = worldWith([module])
      const first = code === 'POLICY_DENIED' ? [await world.sign(bob, MOVE)] : []
      const result = world.block([...first, await world.sign(ann, MOVE), await world.sign(inhabitant('cid'), GIVE)])
      const [denied, other] = result.receipts.slice(first.length)
      expect(denied).toMatchObject({ status: 'rejected', code: 'RULE_FAILED', detail: { module_id: module.manifest.module_id, failure: code }, fees: { electricity: 0, data: 0 } })
      expect(other).toMatchObject({ status: 'applied' })
      const failure = result.events.find(({ kind }) => kind === 'module.call_failed')
      expect(failure?.payload).toMatchObject({ module_id: module.manifest.module_id, code })
      expect(failure?.caused_by).toBe(`action:${denied!.action_id}`)
      expect(world.agent(ann.id)).toMatchObject({ nonce: 1, motion: null, electricity: 100 })
      if (code === 'TRAP' || code === 'OUT_OF_FUEL') expect(denied!.fuel).toBe(100_000)
    })
  }

  it('is a rule whatever its role says: every module asked before an action fails closed', async () => {
    const world = worldWith([handMade('t.body', 'unreachable', undefined, { role: 'body' })])
    expect((await world.act(ann, MOVE)).receipt.code).toBe('RULE_FAILED')
  })
})

describe('rule decisions', () => {
  it('add up their costs and charge them to the actor, for the treasury', async () => {
    const world = worldWith([deciding('t.a', 'allow', { cost: { electricity: 3, data: 1 } }), deciding('t.b', 'allow', { cost: { electricity: 4 } })])
    const treasury = world.read('treasury') as { electricity: number; data: number }
    const { receipt } = await world.act(ann, MOVE)
    expect(receipt).toMatchObject({ status: 'applied', fees: { electricity: 7, data: 1 } })
    expect(world.agent(ann.id)).toMatchObject({ electricity: 93, data: 19 })
    expect(world.read('treasury')).toEqual({ electricity: treasury.electricity + 7, data: treasury.data + 1 })
  })

  it('charge nothing when the actor cannot pay', async () => {
    const world = worldWith([deciding('t.dear', 'allow', { cost: { electricity: 101 } })])
    const { receipt } = await world.act(ann, MOVE)
    expect(receipt).toMatchObject({ code: 'INSUFFICIENT_ELECTRICITY', detail: { required: 101, available: 100 }, fees: { electricity: 0 } })
    expect(world.agent(ann.id).electricity).toBe(100)
  })

  it('count what the action itself takes together with the cost', async () => {
    const world = worldWith([deciding('t.fee', 'allow', { cost: { data: 19 } }, onTransfer)])
    expect((await world.act(ann, GIVE)).receipt).toMatchObject({ code: 'INSUFFICIENT_DATA', detail: { required: 21, available: 20 } })
  })

  it('deny when any rule denies, wherever it stands among those that allow', async () => {
    for (const [first, second] of [['allow', 'deny'], ['deny', 'allow']] as const) {
      const world = worldWith([deciding('t.a', first, { notes: ['because'] }), deciding('t.b', second, { notes: ['because'] })])
      const denier = first === 'deny' ? 't.a' : 't.b'
      expect((await world.act(ann, MOVE)).receipt).toMatchObject({ code: 'RULE_DENIED', detail: { module_id: denier, notes: 'because' } })
    }
  })

  it('give a denial the stable code its notes name, and no other text', async () => {
    expect((await worldWith([deciding('t.a', 'deny', { notes: ['far too far', 'NOT_CO_LOCATED'] })]).act(ann, MOVE)).receipt.code).toBe('NOT_CO_LOCATED')
    expect((await worldWith([deciding('t.a', 'deny', { notes: ['toString', '__proto__', 'constructor'] })]).act(ann, MOVE)).receipt.code).toBe('RULE_DENIED')
  })

  it('may put one outcome in place of the action, which two rules may agree on', async () => {
    const same = { override: give(bob.id, 1) }
    const world = worldWith([deciding('t.a', 'modify', same, onTransfer), deciding('t.b', 'modify', same, onTransfer)])
    const { receipt, events } = await world.act(ann, GIVE)
    expect(receipt.status).toBe('applied')
    expect(events[0]!.payload).toMatchObject({ to: bob.id, amount: 1 })
    expect(world.agent(bob.id).data).toBe(21)
  })

  it('conflict when they want different outcomes', async () => {
    const world = worldWith([deciding('t.a', 'modify', { override: give(bob.id, 1) }, onTransfer), deciding('t.b', 'modify', { override: give(bob.id, 2) }, onTransfer)])
    const { receipt } = await world.act(ann, GIVE)
    expect(receipt).toMatchObject({ code: 'RULE_CONFLICT', detail: { module_id: 't.b', other_module_id: 't.a' } })
    expect(world.agent(bob.id).data).toBe(20)
  })

  it('cannot create resources: an override is checked like an action', async () => {
    for (const [override, code] of [
      [give(bob.id, 21), 'INSUFFICIENT_DATA'], [give(ann.id, 1), 'SELF_TRANSFER'], [give(bob.id, 0), 'INVALID_AMOUNT'],
      [give(`agent/${'0'.repeat(32)}`, 1), 'AGENT_NOT_FOUND'], [give(bob.id, Number.MAX_SAFE_INTEGER), 'INVALID_AMOUNT'],
    ] as const) {
      const world = worldWith([deciding('t.a', 'modify', { override }, onTransfer)])
      expect((await world.act(ann, GIVE)).receipt.code).toBe(code)
      expect([world.agent(ann.id).data, world.agent(bob.id).data]).toEqual([20, 20])
    }
  })

  it('cannot charge a validator, which has no ledger', async () => {
    const world = worldWith([deciding('t.toll', 'allow', { cost: { data: 1 } }, { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'pre_action' } })])
    const newcomer = inhabitant('dora')
    const { receipt } = await world.act(newcomer, { kind: 'register_agent', public_key: newcomer.signer.publicKey, name: 'Dora' })
    expect(receipt.code).toBe('NOT_ALLOWED')
  })

  it('with other emits go on record when the action succeeds, and only then', async () => {
    const noise = { kind: 'weather.report', payload: { wind: 3 } }
    const allowed = await worldWith([emitting('t.a', [noise])]).act(ann, MOVE)
    expect(allowed.events.map(({ kind }) => kind)).toEqual(['module.emitted', 'agent.departed'])
    expect(allowed.events[0]!.payload).toMatchObject({ module_id: 't.a', ...noise })
    const denied = await worldWith([emitting('t.a', [noise]), deciding('t.b', 'deny')]).act(ann, MOVE)
    expect(denied.events.map(({ kind }) => kind)).toEqual(['action.rejected'])
  })
})

describe('a reducer', () => {
  // Returns {"emits": [], "effects": [], "new_state": h'07'} whatever it is given.
  const keeper = (id: string, stage: 'pre_action' | 'post_action' | 'post_event' = 'pre_action'): HandMade => answering(
    id, encodeCanonical({ emits: [], effects: [], new_state: Uint8Array.of(7) }),
    { kind: 'reducer', subscriptions: { action_kinds: stage === 'post_event' ? [] : ['move_agent'], event_kinds: stage === 'post_event' ? ['agent.*'] : [], stage } },
  )

  it('keeps its state when the action succeeds', async () => {
    const world = worldWith([keeper('t.keeper')])
    const { events } = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
    expect(world.read(moduleStateKey('t.keeper#1'))).toEqual(Uint8Array.of(7))
    const updates = events.filter(({ kind }) => kind === 'module.state_updated')
    expect(updates.map(({ caused_by, payload }) => [caused_by, payload])).toEqual([['block', { module_id: 't.keeper', instance_id: 't.keeper#1', state: Uint8Array.of(7) }]])
    const again = world.block([await world.sign(inhabitant('cid'), MOVE)])
    expect(again.receipts[0]!.status).toBe('applied')
    expect(again.events.map(({ kind }) => kind)).not.toContain('module.state_updated') // it keeps what it has
  })

  it('loses it when another rule denies the action', async () => {
    const world = worldWith([keeper('t.keeper'), deciding('t.strict', 'deny')])
    await world.act(ann, MOVE)
    expect(world.read(moduleStateKey('t.keeper#1'))).toBeNull()
  })

  it('is told about actions and events after they happened', async () => {
    const world = worldWith([keeper('t.after', 'post_action'), keeper('t.watcher', 'post_event')])
    const { events } = await world.act(ann, MOVE)
    expect(events.map(({ kind }) => kind)).toEqual(['agent.departed'])
    expect(world.read(moduleStateKey('t.after#1'))).toEqual(Uint8Array.of(7))
    expect(world.read(moduleStateKey('t.watcher#1'))).toEqual(Uint8Array.of(7))
  })

  it('is put on record at the end of the block, in the order of ids', async () => {
    const world = worldWith([keeper('t.a', 'post_event'), keeper('t.b', 'post_action'), keeper('t.c')])
    const { events } = world.block([await world.sign(ann, MOVE)])
    expect(events.filter(({ kind }) => kind === 'module.state_updated').map(({ payload }) => payload['instance_id'])).toEqual(['t.a#1', 't.b#1', 't.c#1'])
  })

  it('that fails afterwards undoes nothing', async () => {
    const world = worldWith([handMade('t.late', 'unreachable', undefined, { subscriptions: { action_kinds: ['*'], event_kinds: [], stage: 'post_action' } })])
    const { receipt, events } = await world.act(ann, MOVE)
    expect(receipt.status).toBe('applied')
    expect(events.map(({ kind }) => kind)).toEqual(['agent.departed', 'module.call_failed'])
  })
})

describe('a call that fails', () => {
  const failing = (id: string, stage: 'pre_action' | 'post_action' | 'post_event' | 'tick'): HandMade => handMade(id, 'unreachable', undefined, {
    subscriptions: { stage, action_kinds: stage === 'pre_action' || stage === 'post_action' ? ['move_agent'] : [], event_kinds: stage === 'post_event' ? ['agent.departed'] : [] },
  })

  it('is on record with its trace and what caused it, at every stage', async () => {
    const world = worldWith([failing('t.after', 'post_action'), failing('t.clock', 'tick'), failing('t.hears', 'post_event')])
    const { receipts, events } = world.block([await world.sign(ann, MOVE)])
    const id = receipts[0]!.action_id
    const departed = events.find(({ kind }) => kind === 'agent.departed')!
    const failed = (module_id: string, trace: string): ValueMap => ({ module_id, instance_id: `${module_id}#1`, trace_id: `${trace}-${module_id}#1`, code: 'TRAP', detail: 'unreachable' })
    expect(events.filter(({ kind }) => kind === 'module.call_failed').map(({ caused_by, payload }) => ({ caused_by, payload: { ...payload, detail: 'unreachable' } }))).toEqual([
      { caused_by: 'block', payload: failed('t.clock', 'tick-1') },
      { caused_by: `action:${id}`, payload: failed('t.after', `action-${id.slice(0, 16)}`) },
      { caused_by: `event:${departed.id}`, payload: failed('t.hears', `event-${departed.id}`) },
    ])
    const denying = worldWith([failing('t.judge', 'pre_action')])
    const denied = await denying.act(ann, MOVE)
    expect(denied.events[0]).toMatchObject({ kind: 'module.call_failed', caused_by: `action:${denied.receipt.action_id}`, payload: { trace_id: `action-${denied.receipt.action_id.slice(0, 16)}-t.judge#1` } })
  })
})

describe('a tick module', () => {
  const ticking = (lifecycle: ValueMap | null): HandMade => emitting(
    't.clock', [{ kind: 'tock', payload: null }], { subscriptions: { action_kinds: [], event_kinds: [], stage: 'tick' } }, lifecycle === null ? {} : { tick_lifecycle: lifecycle },
  )
  const tocks = (world: TestWorld, heights: number): number[] => world.advanceTo(heights).filter(({ kind }) => kind === 'module.emitted').map(({ height }) => height)

  it('is called every block', () => expect(tocks(worldWith([ticking(null)]), 4)).toEqual([1, 2, 3, 4]))
  it('sleeps as long as it asks', () => expect(tocks(worldWith([ticking({ mode: 'wake_after_ticks', ticks: 3 })]), 8)).toEqual([1, 4, 7]))
  it('sleeps for ever when suspended', () => {
    const world = worldWith([ticking({ mode: 'suspend' })])
    expect(tocks(world, 5)).toEqual([1])
    expect(world.read(moduleInstanceKey('t.clock#1'))).toMatchObject({ wake_height: null })
  })
})

describe('block fuel', () => {
  it('ends with a receipt that leaves the nonce unused, so that the action can come again', async () => {
    const world = worldWith([handMade('t.loop', '(loop $again (br $again)) unreachable')], { block_fuel_limit: 150_000 })
    const result = world.block([await world.sign(ann, MOVE), await world.sign(bob, MOVE)])
    expect(result.receipts.map(({ code }) => code)).toEqual(['RULE_FAILED', 'BLOCK_FUEL_EXHAUSTED'])
    expect(result.fuel_used).toBe(100_000)
    expect(world.agent(bob.id).nonce).toBe(0)
  })
})

describe('an engine that fails', () => {
  const failing = (after: number, fail: () => ModuleCallResult): { call: (request: ModuleCall) => ModuleCallResult } => {
    const real = createExecutor()
    let calls = 0
    return { call: (request) => (++calls > after ? fail() : real.call(request)) }
  }
  const faults: readonly (readonly [string, () => ModuleCallResult])[] = [
    ['throws', () => { throw new ExecutorHostFault('out of memory') }],
    ['is interrupted', () => ({ ok: false, failure: { code: 'INTERRUPTED', detail: 'watchdog' }, fuelUsed: 0 })],
  ]
  for (const [what, fail] of faults) {
    it(`and ${what} interrupts the block, which is never a result`, async () => {
      const world = new TestWorld(testGenesis(), { executor: failing(1, fail) })
      const root = world.kernel.stateRoot()
      const actions = [await world.sign(ann, MOVE), await world.sign(bob, MOVE)]
      expect(() => world.kernel.executeBlock(world.context(), actions)).toThrow(ExecutionInterrupted)
      expect(() => world.kernel.commit()).toThrow(expect.objectContaining({ code: 'NOT_STAGED' }))
      expect(world.kernel.stateRoot()).toEqual(root)
      expect(world.agent(ann.id).nonce).toBe(0)
    })
  }
})

describe('what a rule is given', () => {
  it('is the action with the facts the kernel computed', async () => {
    const seen: Uint8Array[] = []
    const real = createExecutor()
    const world = new TestWorld(testGenesis({ modules: [deciding('t.rule', 'allow')] }), { executor: { call: (request) => { seen.push(request.input); return real.call(request) } } })
    await world.act(ann, { ...MOVE })
    const { ctx, action } = decodeCanonical(seen[0]!) as { ctx: ValueMap; action: Uint8Array }
    expect(ctx).toMatchObject({ v: 'wasm-1', module_id: 't.rule', time: 1, stage: 'pre_action', origin: { kind: 'action' } })
    const judged = decodeCanonical(action) as { actor: string; action: ValueMap; facts: ValueMap }
    expect(judged.actor).toBe(ann.id)
    expect(judged.action).toEqual(MOVE)
    expect(Object.keys(judged.facts)).toEqual(expect.arrayContaining(['distance_cm', 'electricity', 'from', 'to']))
  })
})
