import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import { createKernel } from '../kernel.ts'
import { totalsOf } from '../market/testing/bazaar.ts'
import { EventFold } from '../testing/event-fold.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../testing/test-world.ts'
import { surveyKey } from './keys.ts'
import { BODY_MODULES, DEFAULT_BODY, slotCounts } from './slots.ts'

const NAMES = ['ann', 'bob', 'cid']
const people = NAMES.map(inhabitant)
const genesis = testGenesis({ agentNames: NAMES, params: { start_electricity: 150, start_data: 100, speed_cm_per_block: 10_000_000 } })
const worldId = createKernel(genesis).worldId

const action: fc.Arbitrary<ValueMap> = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 6 }).map((blocks): ValueMap => ({ kind: 'collect_data', blocks })) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 6 }).map((blocks): ValueMap => ({ kind: 'harvest_radiation', blocks })) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...DEFAULT_BODY.slots.map(({ slot_id }) => slot_id)), fc.constantFrom(null, ...Object.keys(BODY_MODULES))).map(([slot_id, module]): ValueMap => ({ kind: 'equip_body_slot', slot_id, module })) },
  fc.record({ mass_kg: fc.nat(200), radius_cm: fc.integer({ min: 5, max: 60 }), thrust_limit: fc.nat(3_000), cross_section_cm2: fc.integer({ min: 1_000, max: 12_000 }) }).map((view): ValueMap => ({ kind: 'body_action', view })),
  fc.tuple(fc.constantFrom('grant_data_access', 'revoke_data_access'), fc.constantFrom(...people)).map(([kind, { id }]): ValueMap => ({ kind, grantee: id })),
  fc.constant<ValueMap>({ kind: 'query_observation' }),
  fc.constant<ValueMap>({ kind: 'expand_body_interface' }),
  fc.record({ side: fc.constantFrom('buy', 'sell'), amount: fc.integer({ min: 1, max: 80 }), limit_price: fc.constant(1) }).map((order): ValueMap => ({ kind: 'place_power_order', ...order })),
)
const plans = fc.array(fc.array(fc.tuple(fc.nat(people.length - 1), action), { maxLength: 3 }), { minLength: 5, maxLength: 30, size: 'max' })

describe('whatever bodies do under the set m1', () => {
  it('only collecting makes data and only harvesting makes electricity, and the events alone bring about the state', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(plans, (plan) => {
      const world = new TestWorld(genesis)
      const fold = new EventFold(genesis, worldId)
      const expected = { ...totalsOf(world.kernel) }
      for (const steps of plan) {
        const actions = [...new Map(steps).entries()].map(([index, step]) => unsignedAction(world.unsigned(people[index]!.id, step)))
        const context = world.context()
        const result = world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true])))
        for (const { kind, payload } of result.events) {
          seen.add(kind)
          if (kind === 'data.collected') expected.data += payload['amount'] as number
          if (kind === 'agent.harvested') expected.electricity += payload['amount'] as number
        }
        for (const { code } of result.receipts) if (code !== null) seen.add(code)
        expect(totalsOf(world.kernel)).toEqual(expected)
        expect(fold.apply(context, result)).toEqual(result.state_root)
      }
      for (const { id } of people) {
        expect(world.agent(id).electricity).toBeLessThanOrEqual(200)
        const slots = slotCounts({ get: (key) => world.read(key) as never }, id)
        expect(Object.values(slots).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(DEFAULT_BODY.slots.length)
        expect(((world.read(surveyKey(id)) ?? []) as unknown[]).length).toBeLessThanOrEqual(1) // nobody moved
      }
    }), { numRuns: 40, seed: 3 })
    for (const kind of ['data.collected', 'agent.harvested', 'body.slot_equipped', 'body.attributes_updated', 'power.traded', 'data.access_granted', 'NO_SENSOR', 'BODY_OUT_OF_RANGE', 'SLOT_MISMATCH', 'STORAGE_FULL']) expect(seen).toContain(kind)
  })
})
