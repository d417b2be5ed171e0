import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import { createKernel } from '../kernel.ts'
import { EventFold } from '../testing/event-fold.ts'
import { inhabitant, TestWorld, unsignedAction } from '../testing/test-world.ts'
import type { Inhabitant } from '../testing/test-world.ts'
import type { BlockContext, BlockResult } from '../types.ts'
import { artifactKey, powerBookKey, powerOrdersOfKey } from './keys.ts'
import type { ArtifactRecord, PowerBook, PowerOrderRecord, Side } from './records.ts'
import { bazaarGenesis, hashOf, moduleBytes, totalsOf } from './testing/bazaar.ts'

const NAMES = ['ann', 'bob', 'cid', 'dora']
const people = NAMES.map(inhabitant)
const ARTIFACTS = [1, 2]
const MARKET = { orders_per_side: 4, orders_per_agent: 3, order_blocks: 6, trades_per_order: 2, bids_per_artifact: 2, bid_blocks: 8, artifacts_per_agent: 1 }
const genesis = bazaarGenesis({ electricity_capacity: 130, feeBps: 333, market: MARKET }, NAMES)

/** What ids an action may name is known only when it is played. */
type Move = (world: TestWorld, who: Inhabitant) => ValueMap

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)]
const ordersOf = (world: TestWorld, who: Inhabitant): readonly string[] => (world.read(powerOrdersOfKey(who.id)) ?? []) as readonly string[]
const bookOf = (world: TestWorld, side: Side): PowerBook => (world.read(powerBookKey(side)) ?? []) as PowerBook

const price = fc.record({ resource: fc.constantFrom('data', 'electricity'), amount: fc.integer({ min: 1, max: 60 }) })
const wasm_hash = fc.constantFrom(...ARTIFACTS.map(hashOf))
const fixed = (kind: string, fields: Record<string, fc.Arbitrary<unknown>> = {}): fc.Arbitrary<Move> => fc.record(fields).map((action) => () => ({ kind, ...action }) as ValueMap)

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: fixed('place_power_order', { side: fc.constantFrom('buy', 'sell'), amount: fc.integer({ min: 0, max: 60 }), limit_price: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 2, arbitrary: fc.nat(9).map((n): Move => (world, who) => ({ kind: 'cancel_power_order', order_id: pick(ordersOf(world, who), n) ?? `power_order/${'0'.repeat(16)}` })) },
  { weight: 3, arbitrary: fixed('collect_held_power') },
  fc.constantFrom(...ARTIFACTS).map((n): Move => () => ({ kind: 'deploy_module_artifact', wasm: moduleBytes(n) })),
  { weight: 2, arbitrary: fixed('list_module_artifact_for_sale', { wasm_hash, price }) },
  fixed('delist_module_artifact', { wasm_hash }),
  { weight: 2, arbitrary: fixed('buy_module_artifact', { wasm_hash }) },
  { weight: 2, arbitrary: fixed('place_module_artifact_bid', { wasm_hash, price }) },
  fc.tuple(wasm_hash, fc.nat(9)).map(([hash, n]): Move => (world) => ({
    kind: 'cancel_module_artifact_bid', wasm_hash: hash, bid_id: pick((world.read(artifactKey(hash)) as ArtifactRecord | null)?.bids ?? [], n) ?? `artifact_bid/${'0'.repeat(16)}`,
  })),
  fixed('destroy_module_artifact', { wasm_hash }),
)
const plans = fc.array(fc.array(fc.tuple(fc.nat(people.length - 1), move), { maxLength: 4 }), { minLength: 5, maxLength: 40, size: 'max' })

function play(plan: readonly (readonly (readonly [number, Move])[])[], inspect: (world: TestWorld, result: BlockResult, context: BlockContext) => void): void {
  const world = new TestWorld(genesis)
  for (const steps of plan) {
    const seen = new Set<number>()
    const actions = steps.filter(([index]) => !seen.has(index) && seen.add(index)).map(([index, make]) => {
      const who = people[index]!
      return unsignedAction(world.unsigned(who.id, make(world, who)))
    })
    const context = world.context()
    inspect(world, world.block(actions, new Map(actions.map(({ action_id }) => [action_id, true]))), context)
  }
}

/** Sorted, within bounds, never crossed, and the same as the orders and their owners' lists say. */
function checkBook(world: TestWorld): void {
  const [buys, sells] = [bookOf(world, 'buy'), bookOf(world, 'sell')]
  const owned = new Map<string, string[]>(people.map(({ id }) => [id, []]))
  for (const [side, book, sign] of [['buy', buys, -1], ['sell', sells, 1]] as const) {
    expect(book.length).toBeLessThanOrEqual(MARKET.orders_per_side)
    book.forEach(({ order_id, limit_price, remaining }, index) => {
      if (index > 0) expect(sign * book[index - 1]!.limit_price).toBeLessThanOrEqual(sign * limit_price)
      const order = world.read(order_id) as PowerOrderRecord
      expect(order).toMatchObject({ side, limit_price, remaining })
      expect(order.expires_height).toBeGreaterThan(world.kernel.height())
      owned.get(order.owner)!.push(order_id)
    })
  }
  if (buys.length > 0 && sells.length > 0) expect(buys[0]!.limit_price).toBeLessThan(sells[0]!.limit_price)
  for (const who of people) {
    expect([...ordersOf(world, who)].sort()).toEqual(owned.get(who.id)!.sort())
    expect(ordersOf(world, who).length).toBeLessThanOrEqual(MARKET.orders_per_agent)
    expect((world.agent(who.id)).electricity).toBeLessThanOrEqual(130)
    expect((world.agent(who.id)).data).toBeGreaterThanOrEqual(0)
  }
}

describe('whatever is traded', () => {
  it('nothing is made or lost, in trades, escrows, cancellations and what runs out; the book is in order', () => {
    const before = totalsOf(createKernel(genesis))
    fc.assert(fc.property(plans, (plan) => {
      play(plan, (world) => {
        expect(totalsOf(world.kernel)).toEqual(before)
        checkBook(world)
      })
    }), { numRuns: 60 })
  })

  it('the events alone bring about the state', () => {
    fc.assert(fc.property(plans, (plan) => {
      const fold = new EventFold(genesis, createKernel(genesis).worldId)
      play(plan, (_world, result, context) => expect(fold.apply(context, result)).toEqual(result.state_root))
    }), { numRuns: 20 })
  })

  it('a snapshot of any market restores to the same root', () => {
    fc.assert(fc.property(plans, (plan) => {
      let last: TestWorld | null = null
      play(plan, (world) => { last = world })
      const { kernel } = last!
      const { manifest, chunks } = kernel.snapshot()
      const restored = createKernel(genesis)
      restored.restore(manifest, chunks())
      expect(restored.stateRoot()).toEqual(kernel.stateRoot())
    }), { numRuns: 15 })
  })

  it('the plans reach what they are to test', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(plans, (plan) => {
      play(plan, (_world, { events, receipts }) => {
        for (const { kind, payload } of events) seen.add(payload['reason'] === undefined ? kind : `${kind} ${payload['reason'] as string}`)
        for (const { code } of receipts) if (code !== null) seen.add(code)
      })
    }), { numRuns: 120, seed: 7 })
    for (const kind of [
      'power.traded', 'power_order.cancelled owner', 'power_order.cancelled expired', 'power_order.cancelled displaced', 'power_order.cancelled no_room', 'power_order.cancelled unmatched',
      'power.held_collected', 'artifact.sold', 'artifact.bid_cancelled owner', 'artifact.bid_cancelled expired', 'artifact.bid_cancelled destroyed',
      'SELF_TRADE', 'BOOK_FULL', 'ORDER_LIMIT', 'STORAGE_FULL', 'BIDS_FULL', 'ARTIFACT_LIMIT', 'BID_EXISTS',
    ]) expect(seen).toContain(kind)
  })
})
