import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeConsensusAction, ValueMap } from '../codec/index.ts'
import { createKernel } from './kernel.ts'
import type { BlockContext, BlockResult, Kernel } from './types.ts'
import { EventFold } from './testing/event-fold.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from './testing/test-world.ts'

const NAMES = ['ann', 'bob', 'cid', 'dora', 'eve', 'finn']
const people = NAMES.map(inhabitant)
// Four are settled, two may register; few asteroids are used, so that they meet.
const genesis = testGenesis({ agentNames: NAMES.slice(0, 4), params: { speed_cm_per_block: 5_000_000, start_electricity: 180, epoch_blocks: 3, registrations_per_block: 1 } })

interface Step {
  readonly who: number
  readonly action: ValueMap
  readonly badNonce: boolean
}

const who = fc.nat(people.length - 1)
const place = fc.integer({ min: 1, max: 2 }).map((n) => `asteroid/000${n}`)
const actionOf = (actor: number): fc.Arbitrary<ValueMap> => fc.oneof(
  place.map((to): ValueMap => ({ kind: 'move_agent', to })),
  fc.integer({ min: 0, max: 22 }).map((blocks): ValueMap => ({ kind: 'harvest_radiation', blocks })),
  fc.tuple(who, fc.constantFrom('electricity', 'data'), fc.oneof({ weight: 5, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.maxSafeNat() })).map(([to, resource, amount]): ValueMap => ({ kind: 'transfer_resource', to: people[to]!.id, resource, amount })),
  fc.constant<ValueMap>({ kind: 'query_observation' }),
  fc.constant<ValueMap>({ kind: 'register_agent', public_key: people[actor]!.signer.publicKey, name: NAMES[actor]! }),
)
const step: fc.Arbitrary<Step> = who.chain((actor) => fc.record({ who: fc.constant(actor), action: actionOf(actor), badNonce: fc.boolean().map((often) => often && actor === 0) }))
const plans = fc.array(fc.array(step, { maxLength: 8, size: 'max' }), { minLength: 1, maxLength: 14, size: 'max' })

interface Played {
  readonly world: TestWorld
  readonly blocks: readonly { readonly context: BlockContext; readonly actions: readonly NodeConsensusAction[]; readonly verdicts: ReadonlyMap<string, boolean>; readonly result: BlockResult }[]
}

/** Settled agents meet at one asteroid before the plan begins. */
const GATHERING: readonly (readonly Step[])[] = [
  [0, 1, 2, 3].map((index) => ({ who: index, action: { kind: 'move_agent', to: 'asteroid/0001' }, badNonce: false })), [], [], [],
]

/** Plays a plan; signatures are vouched for by verdicts, since what is under test comes after them. */
function play(plan: readonly (readonly Step[])[]): Played {
  const world = new TestWorld(genesis)
  const blocks = [...GATHERING, ...plan].map((steps) => {
    const ahead = new Map<number, number>()
    const actions = steps.map(({ who: index, action, badNonce }) => {
      const offset = ahead.get(index) ?? 0
      if (!badNonce) ahead.set(index, offset + 1)
      const unsigned = world.unsigned(people[index]!.id, action)
      return unsignedAction({ ...unsigned, nonce: unsigned.nonce + offset + (badNonce ? 5 : 0) })
    })
    const verdicts = new Map(actions.map(({ action_id }) => [action_id, true]))
    const context = world.context()
    return { context, actions, verdicts, result: world.block(actions, verdicts) }
  })
  return { world, blocks }
}

function totals(kernel: Kernel): { electricity: number; data: number } {
  const { ids } = kernel.view().agents
  const sum = { ...(kernel.query('treasury').value as { electricity: number; data: number }) }
  for (const id of ids) {
    const { electricity, data } = kernel.query(id).value as { electricity: number; data: number }
    expect(electricity >= 0 && data >= 0 && Number.isSafeInteger(electricity) && Number.isSafeInteger(data)).toBe(true)
    sum.electricity += electricity
    sum.data += data
  }
  return sum
}

const harvested = (events: BlockResult['events']): number => events.filter(({ kind }) => kind === 'agent.harvested').reduce((sum, { payload }) => sum + (payload['amount'] as number), 0)

describe('whatever agents do', () => {
  it('electricity and data are conserved: only harvests create, and what they say', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { world, blocks } = play(plan)
      const before = totals(createKernel(genesis))
      const after = totals(world.kernel)
      expect(after.data).toBe(before.data)
      expect(after.electricity).toBe(before.electricity + blocks.reduce((sum, { result }) => sum + harvested(result.events), 0))
    }), { numRuns: 60 })
  })

  it('replay from genesis and from any snapshot gives the same results at every height', () => {
    fc.assert(fc.property(plans, fc.nat(), (plan, pick) => {
      const { blocks } = play(plan)
      const replayed = createKernel(genesis)
      let restored: Kernel | null = null
      const snapshotAt = pick % blocks.length
      for (const [index, { context, actions, verdicts, result }] of blocks.entries()) {
        if (index === snapshotAt) {
          const { manifest, chunks } = replayed.snapshot()
          restored = createKernel(genesis)
          restored.restore(manifest, chunks())
        }
        expect(replayed.executeBlock(context, actions, verdicts)).toEqual(result)
        replayed.rollback()
        expect(replayed.executeBlock(context, actions, verdicts)).toEqual(result)
        replayed.commit()
        expect(replayed.stateRoot()).toEqual(result.state_root)
        if (restored === null) continue
        expect(restored.executeBlock(context, actions, verdicts)).toEqual(result)
        restored.commit()
      }
    }), { numRuns: 25 })
  })

  it('the state follows from the events: folding them over the genesis gives the same root', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { world, blocks } = play(plan)
      const fold = new EventFold(genesis, world.kernel.worldId)
      for (const { context, result } of blocks) expect(fold.apply(context, result)).toEqual(result.state_root)
    }), { numRuns: 40 })
  })

  it('the plans reach what they are to test', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(plans, (plan) => {
      for (const { result } of play(plan).blocks) {
        for (const { kind } of result.events) seen.add(kind)
        for (const { code } of result.receipts) if (code !== null) seen.add(code)
      }
    }), { numRuns: 60, seed: 42 })
    for (const kind of ['agent.departed', 'agent.arrived', 'agent.registered', 'resource.transferred', 'observation.recorded', 'harvest.started', 'agent.harvested', 'action.rejected', 'BAD_NONCE', 'NOT_CO_LOCATED', 'BUSY', 'REGISTRATION_LIMIT']) {
      expect(seen).toContain(kind)
    }
  })
})
