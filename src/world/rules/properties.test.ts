import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../../codec/index.ts'
import type { NodeConsensusAction, ValueMap } from '../../codec/index.ts'
import type { Genesis } from '../genesis.ts'
import { createKernel } from '../kernel.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import { EventFold } from '../testing/event-fold.ts'
import { answering, deciding, emitting, handMade } from '../testing/hand-made.ts'
import type { HandMade } from '../testing/hand-made.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../testing/test-world.ts'
import type { BlockContext, BlockResult, Kernel } from '../types.ts'

const NAMES = ['ann', 'bob', 'cid', 'dora']
const people = NAMES.map(inhabitant)
const on = (stage: 'pre_action' | 'post_action' | 'post_event' | 'tick', ...kinds: string[]): ModuleManifest['subscriptions'] =>
  ({ action_kinds: stage === 'pre_action' || stage === 'post_action' ? kinds : [], event_kinds: stage === 'post_event' ? kinds : [], stage })
const EFFECT = { kind: 'http.get', params: null, cap_ref: 'net' }
const noise = [{ kind: 'noise', payload: null }]
/** Costs little to reserve, so that poor owners get to pay for some calls before they run out. */
const cheap = { max_output_bytes: 512, max_effects: 1, max_emits: 1 }

/** Everything a module can do to those around it: allow, deny, charge, keep, emit, ask for effects, trap, loop and talk nonsense. */
const MODULES: readonly HandMade[] = [
  deciding('t.allow', 'allow', {}, { subscriptions: on('pre_action', '*'), limits: cheap }),
  answering('t.ask', encodeCanonical({ emits: [], effects: [EFFECT] }), { subscriptions: on('post_action', 'move_agent'), required_caps: ['net'], limits: cheap }),
  emitting('t.clock', noise, { subscriptions: on('tick'), limits: cheap }, { tick_lifecycle: { mode: 'wake_after_ticks', ticks: 2 } }),
  deciding('t.deny', 'deny', {}, { subscriptions: { ...on('pre_action', 'transfer_resource'), filters: { all: [{ path: '/action/amount', gt: 12 }] } }, limits: cheap }),
  answering('t.keep', encodeCanonical({ emits: [], effects: [], new_state: Uint8Array.of(7) }), { kind: 'reducer', subscriptions: on('pre_action', '*'), limits: cheap }),
  handMade('t.loop', '(loop $again (br $again)) unreachable', undefined, { subscriptions: on('post_event', 'resource.*', 'agent.*'), limits: { ...cheap, max_gas: 20_000 } }),
  answering('t.nonsense', Uint8Array.of(0xff), { subscriptions: on('pre_action', 'move_agent'), limits: cheap }),
  deciding('t.toll', 'allow', { cost: { electricity: 1, data: 1 } }, { subscriptions: on('pre_action', 'transfer_resource'), limits: cheap }),
  handMade('t.trap', 'unreachable', undefined, { subscriptions: on('pre_action', '*'), limits: { ...cheap, max_gas: 10_000 } }),
  emitting('t.watch', noise, { subscriptions: on('post_event', '*'), limits: { ...cheap, max_call_rate: 1 } }),
]

const instance = fc.record({ module: fc.nat(MODULES.length - 1), owner: fc.nat(people.length - 1), place: fc.constantFrom(null, 'asteroid/0001', 'asteroid/0002') })
/** Modules are used by agents and at places alone: what would fail for the whole world would stop it. */
const instances = fc.array(instance, { minLength: 1, maxLength: 12 }).map((wishes): Genesis['instances'] => {
  const used = MODULES.map(() => 1)
  const listed = wishes.map(({ module, owner, place }) => ({
    instance_id: `${MODULES[module]!.manifest.module_id}#${++used[module]!}`,
    target: place === null ? { kind: 'self_agent', agent: people[owner]!.id } as const : { kind: 'location_infrastructure', asteroid: place } as const,
    owner: people[owner]!.id,
  }))
  const firsts = MODULES.map(({ manifest: { module_id } }) => ({ instance_id: `${module_id}#1`, target: { kind: 'location_infrastructure', asteroid: 'asteroid/0060' } as const, owner: people[0]!.id }))
  return [...firsts, ...listed]
})

const who = fc.nat(people.length - 1)
const action = fc.oneof(
  fc.integer({ min: 1, max: 2 }).map((n): ValueMap => ({ kind: 'move_agent', to: `asteroid/000${n}` })),
  fc.tuple(who, fc.constantFrom('electricity', 'data'), fc.nat(25)).map(([to, resource, amount]): ValueMap => ({ kind: 'transfer_resource', to: people[to]!.id, resource, amount })),
  fc.constant<ValueMap>({ kind: 'query_observation' }),
)
const plans = fc.record({
  instances, fuelPrice: fc.constantFrom(500, 5_000, 100_000), start: fc.constantFrom(12, 40, 200),
  blocks: fc.array(fc.array(fc.tuple(who, action), { maxLength: 6, size: 'max' }), { minLength: 2, maxLength: 10, size: 'max' }),
})
type Plan = typeof plans extends fc.Arbitrary<infer P> ? P : never

interface PlayedBlock {
  readonly context: BlockContext
  readonly actions: readonly NodeConsensusAction[]
  readonly verdicts: ReadonlyMap<string, boolean>
  readonly result: BlockResult
}

function play(plan: Plan): { readonly genesis: Genesis; readonly world: TestWorld; readonly blocks: readonly PlayedBlock[] } {
  const genesis = testGenesis({
    agentNames: NAMES, modules: MODULES, instances: plan.instances, policies: [{ when: {}, decision: 'allow' }],
    capabilities: [{ module_id: 't.ask', name: 'net', effect_kinds: ['*'], expires_height: 6 }],
    params: { speed_cm_per_block: 10_000_000, start_electricity: plan.start, start_data: plan.start, metering: { fuel_per_electricity: plan.fuelPrice }, effects: { ...DEFAULT_PARAMS.effects, expires_blocks: 2, max_queued: 3 } },
  })
  const world = new TestWorld(genesis)
  const blocks = plan.blocks.map((steps): PlayedBlock => {
    const ahead = new Map<number, number>()
    const actions = steps.map(([actor, wish]) => {
      const offset = ahead.get(actor) ?? 0
      ahead.set(actor, offset + 1)
      const unsigned = world.unsigned(people[actor]!.id, wish)
      return unsignedAction({ ...unsigned, nonce: unsigned.nonce + offset })
    })
    const verdicts = new Map(actions.map(({ action_id }) => [action_id, true]))
    const context = world.context()
    return { context, actions, verdicts, result: world.block(actions, verdicts) }
  })
  return { genesis, world, blocks }
}

function totals(kernel: Kernel): { electricity: number; data: number } {
  const sum = { ...(kernel.query('treasury').value as { electricity: number; data: number }) }
  for (const { id } of people) {
    const { electricity, data } = kernel.query(id).value as { electricity: number; data: number }
    expect(electricity >= 0 && data >= 0).toBe(true)
    sum.electricity += electricity
    sum.data += data
  }
  return sum
}

describe("whatever agents' modules do", () => {
  it('electricity and data are conserved to the unit, and nobody is charged below nothing', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { genesis, world } = play(plan)
      expect(totals(world.kernel)).toEqual(totals(createKernel(genesis)))
    }), { numRuns: 60 })
  })

  it('the treasury gains what is on record as paid', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { genesis, world, blocks } = play(plan)
      const paid = { electricity: 0, data: 0 }
      for (const { result } of blocks) {
        for (const { kind, payload } of result.events) {
          if (kind !== 'module.runtime_charged' || payload['payer'] === 'treasury') continue
          paid.electricity += payload['electricity_fee_amount'] as number
          paid.data += payload['compute_fee_amount'] as number
        }
        for (const { fees } of result.receipts) {
          paid.electricity += fees.electricity
          paid.data += fees.data
        }
      }
      const treasury = (kernel: Kernel): { electricity: number; data: number } => kernel.query('treasury').value as { electricity: number; data: number }
      const before = treasury(createKernel(genesis))
      expect(treasury(world.kernel)).toEqual({ electricity: before.electricity + paid.electricity, data: before.data + paid.data })
    }), { numRuns: 40 })
  })

  it('replays to the same results, and the state follows from the events', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { genesis, world, blocks } = play(plan)
      const replayed = createKernel(genesis)
      const fold = new EventFold(genesis, world.kernel.worldId)
      for (const { context, actions, verdicts, result } of blocks) {
        expect(replayed.executeBlock(context, actions, verdicts)).toEqual(result)
        replayed.commit()
        expect(fold.apply(context, result)).toEqual(result.state_root)
      }
    }), { numRuns: 30 })
  })

  it('is what these worlds are made to reach', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(plans, (plan) => {
      for (const { result } of play(plan).blocks) {
        for (const { kind, payload } of result.events) seen.add(kind === 'module.call_failed' ? String(payload['code']) : kind)
        for (const { code } of result.receipts) seen.add(code ?? 'applied')
      }
    }), { numRuns: 60, seed: 42 })
    for (const kind of ['applied', 'RULE_DENIED', 'module.runtime_charged', 'module.state_updated', 'module.tick_scheduled', 'effect.queued', 'effect.expired', 'effect.removed', 'INSUFFICIENT_BALANCE', 'TRAP', 'OUT_OF_FUEL', 'INVALID_OUTPUT', 'CAPS_DENIED', 'POLICY_DENIED']) {
      expect([...seen]).toContain(kind)
    }
    expect([...seen]).not.toContain('RULE_FAILED')
  })
})
