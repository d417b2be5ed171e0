import { describe, expect, it } from 'vitest'
import type { ActionContext } from '../actions/action-rule.ts'
import { newId } from '../new-id.ts'
import { emitting } from '../testing/hand-made.ts'
import { testGenesis, TestWorld } from '../testing/test-world.ts'
import { POWER_ORDER_PREFIX, powerBookKey, powerOrdersOfKey } from './keys.ts'
import { placePowerOrder } from './place-power-order.ts'
import { ann, Bazaar, bob, cid, totalsOf } from './testing/bazaar.ts'

const order = (side: 'buy' | 'sell', amount: number, limit_price: number): { kind: string; side: string; amount: number; limit_price: number } => ({ kind: 'place_power_order', side, amount, limit_price })
const cancel = (order_id: string): { kind: string; order_id: string } => ({ kind: 'cancel_power_order', order_id })

describe('place_power_order', () => {
  it('sets aside what it offers: electricity to sell, data to buy', () => {
    const world = new Bazaar()
    const sell = world.offer(ann, 'sell', 30, 7)
    const buy = world.offer(bob, 'buy', 20, 5)
    expect(world.purse(ann)).toEqual({ electricity: 70, data: 1_000 })
    expect(world.purse(bob)).toEqual({ electricity: 100, data: 900 })
    expect(world.order(sell)).toEqual({ owner: ann.id, side: 'sell', limit_price: 7, amount: 30, remaining: 30, placed_height: 1, expires_height: 601 })
    expect(world.book('sell')).toEqual([{ order_id: sell, limit_price: 7, remaining: 30 }])
    expect(world.book('buy')).toEqual([{ order_id: buy, limit_price: 5, remaining: 20 }])
    expect(world.read(powerOrdersOfKey(ann.id))).toEqual([sell])
  })

  it('trades at the price of the order that rested, and gives back what the buyer had offered beyond it', () => {
    const world = new Bazaar()
    const sell = world.offer(ann, 'sell', 30, 4)
    const events = world.must(bob, order('buy', 10, 9))
    expect(events.map(({ kind }) => kind)).toEqual(['power_order.placed', 'power.traded'])
    expect(events[1]).toMatchObject({ caused_by: `event:${events[0]!.id}`, payload: { sell_order: sell, buyer: bob.id, seller: ann.id, amount: 10, price: 4, value: 40, fee: 0, refund: 50 } })
    expect(world.purse(bob)).toEqual({ electricity: 110, data: 960 })
    expect(world.purse(ann)).toEqual({ electricity: 70, data: 1_040 })
    expect(world.order(sell)).toMatchObject({ amount: 30, remaining: 20 })
    expect(world.book('sell')).toMatchObject([{ remaining: 20 }])
    expect(world.book('buy')).toEqual([])
  })

  it('takes the best price first, then the oldest order, and rests with what is left', () => {
    const world = new Bazaar()
    const dear = world.offer(ann, 'sell', 10, 6)
    const first = world.offer(ann, 'sell', 10, 5)
    const second = world.offer(cid, 'sell', 10, 5)
    expect(world.book('sell').map(({ order_id }) => order_id)).toEqual([first, second, dear])
    const events = world.must(bob, order('buy', 25, 5))
    expect(events.slice(1).map(({ payload }) => [payload['sell_order'], payload['amount']])).toEqual([[first, 10], [second, 10]])
    expect(world.book('buy')).toMatchObject([{ limit_price: 5, remaining: 5 }])
    expect(world.book('sell')).toMatchObject([{ order_id: dear }])
    expect(world.purse(bob)).toEqual({ electricity: 120, data: 1_000 - 125 })
    expect(world.read(powerOrdersOfKey(cid.id))).toBeNull()
  })

  it('sells to the highest bid first', () => {
    const world = new Bazaar()
    const low = world.offer(bob, 'buy', 10, 3)
    const high = world.offer(cid, 'buy', 10, 8)
    world.must(ann, order('sell', 15, 3))
    expect(world.order(high)).toBeNull()
    expect(world.order(low)).toMatchObject({ remaining: 5 })
    expect(world.purse(ann)).toEqual({ electricity: 85, data: 1_000 + 80 + 15 })
    expect(world.purse(cid)).toEqual({ electricity: 110, data: 920 })
  })

  it('gives the treasury the share the policy names, out of what the seller gets, rounded down', () => {
    const world = new Bazaar({ feeBps: 250 })
    const before = world.read('treasury') as { data: number }
    world.offer(ann, 'sell', 30, 7)
    const [, trade] = world.must(bob, order('buy', 30, 7))
    expect(trade!.payload).toMatchObject({ value: 210, fee: 5 })
    expect(world.purse(ann).data).toBe(1_205)
    expect(world.purse(bob).data).toBe(790)
    expect((world.read('treasury') as { data: number }).data).toBe(before.data + 5)
  })

  it('is refused for impossible amounts and prices, and for what the agent does not have', () => {
    const world = new Bazaar()
    for (const [amount, price] of [[0, 1], [10_001, 1], [1, 0], [1, 10_001], [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]] as const) {
      expect(world.code(ann, order('sell', amount, price))).toBe('INVALID_AMOUNT')
    }
    expect(world.do(ann, order('sell', 101, 1)).receipt).toMatchObject({ code: 'INSUFFICIENT_ELECTRICITY', detail: { required: 101, available: 100 } })
    expect(world.do(ann, order('buy', 10, 101)).receipt).toMatchObject({ code: 'INSUFFICIENT_DATA', detail: { required: 1_010, available: 1_000 } })
    expect(world.code(ann, { kind: 'place_power_order', side: 'hold', amount: 1, limit_price: 1 })).toBe('BAD_ACTION')
    expect(world.purse(ann)).toEqual({ electricity: 100, data: 1_000 })
  })

  it('is refused when a buyer has no room for all of it, in the world or by its rules', async () => {
    const world = new Bazaar({ electricity_capacity: 150 })
    expect(world.do(ann, order('buy', 51, 1)).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { capacity: 150 } })
    expect(world.code(ann, order('buy', 50, 1))).toBeNull()
    const limit = emitting('t.storage', [{ kind: 'power.storage_limit', payload: { capacity: 103 } }], { subscriptions: { action_kinds: ['place_power_order'], event_kinds: [], stage: 'pre_action' } })
    const strict = new TestWorld(testGenesis({ modules: [limit] }))
    expect((await strict.act(ann, order('buy', 4, 1))).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { capacity: 103 } })
    expect((await strict.act(ann, order('buy', 3, 1))).receipt.code).toBeNull()
  })

  it('never trades with orders of its own agent', () => {
    const world = new Bazaar()
    const own = world.offer(ann, 'sell', 10, 5)
    expect(world.code(ann, order('buy', 5, 5))).toBe('SELF_TRADE')
    expect(world.code(ann, order('buy', 5, 4))).toBeNull()
    expect(world.order(own)).toMatchObject({ remaining: 10 })
    // Nor past a better offer of somebody else.
    world.offer(bob, 'sell', 3, 4 + 1)
    expect(world.code(ann, order('buy', 5, 5))).toBe('SELF_TRADE')
    expect(world.purse(ann)).toEqual({ electricity: 90, data: 980 })
  })

  it('is refused to an agent with as many open orders as it may have', () => {
    const world = new Bazaar({ market: { orders_per_agent: 2 } })
    const first = world.offer(ann, 'sell', 1, 5)
    world.offer(ann, 'buy', 1, 4)
    expect(world.code(ann, order('sell', 1, 6))).toBe('ORDER_LIMIT')
    world.must(ann, cancel(first))
    expect(world.code(ann, order('sell', 1, 6))).toBeNull()
  })

  it('displaces the last of a full book only for a better price', () => {
    const world = new Bazaar({ market: { orders_per_side: 2 } })
    world.offer(ann, 'sell', 10, 5)
    const last = world.offer(ann, 'sell', 20, 6)
    expect(world.code(bob, order('sell', 1, 6))).toBe('BOOK_FULL')
    const events = world.must(bob, order('sell', 1, 5))
    expect(events.slice(1)).toMatchObject([{ kind: 'power_order.cancelled', payload: { agent: ann.id, order_id: last, reason: 'displaced', refund: { resource: 'electricity', amount: 20 } } }])
    expect(world.book('sell').map(({ limit_price }) => limit_price)).toEqual([5, 5])
    expect(world.purse(ann).electricity).toBe(90)
  })

  it('finds room for its rest after trading, since it then is the best of its side', () => {
    const world = new Bazaar({ market: { orders_per_side: 1 } })
    world.offer(bob, 'sell', 10, 4)
    const displaced = world.offer(cid, 'buy', 1, 3)
    const events = world.must(ann, order('buy', 15, 4))
    expect(events.map(({ kind }) => kind)).toEqual(['power_order.placed', 'power.traded', 'power_order.cancelled'])
    expect(events[2]!.payload).toMatchObject({ order_id: displaced, reason: 'displaced' })
    expect(world.book('buy')).toMatchObject([{ limit_price: 4, remaining: 5 }])
    expect(world.purse(cid).data).toBe(1_000)
  })

  it('trades with so many orders at most; then the rest goes back instead of crossing the book', () => {
    const world = new Bazaar({ market: { trades_per_order: 2 } })
    for (let n = 0; n < 4; n++) world.offer(bob, 'sell', 1, 5)
    const events = world.must(ann, order('buy', 4, 6))
    expect(events.slice(1).map(({ kind, payload }) => [kind, payload['reason']])).toEqual([['power.traded', undefined], ['power.traded', undefined], ['power_order.cancelled', 'unmatched']])
    expect(world.purse(ann)).toEqual({ electricity: 102, data: 990 })
    expect(world.book('buy')).toEqual([])
    expect(world.book('sell')).toHaveLength(2)
  })

  it('fills a resting buyer up to its room and cancels what it can no longer hold', () => {
    const world = new Bazaar({ electricity_capacity: 120 })
    world.offer(bob, 'buy', 16, 5)
    const partly = world.offer(bob, 'buy', 15, 4) // room for either, not for both
    const none = world.offer(bob, 'buy', 10, 3)
    const events = world.must(cid, order('sell', 40, 3))
    expect(events.slice(1).map(({ kind, payload }) => [kind, payload['amount'] ?? payload['reason'], payload['buy_order'] ?? payload['order_id']]).slice(1)).toEqual([
      ['power.traded', 4, partly], ['power_order.cancelled', 'no_room', partly], ['power_order.cancelled', 'no_room', none],
    ])
    expect(world.purse(bob)).toEqual({ electricity: 120, data: 1_000 - 16 * 5 - 4 * 4 })
    expect(world.book('buy')).toEqual([])
    expect(world.book('sell')).toMatchObject([{ limit_price: 3, remaining: 20 }])
  })

  it("goes by the world's limits where others are concerned: an agent's own module narrows only its own", async () => {
    const worldWhereAnnSays = (capacity: number): TestWorld => new TestWorld(testGenesis({
      modules: [emitting('t.own', [{ kind: 'power.storage_limit', payload: { capacity } }], { subscriptions: { action_kinds: ['place_power_order'], event_kinds: [], stage: 'pre_action' } })],
      instances: [{ instance_id: 't.own#1', target: { kind: 'self_agent', agent: ann.id }, owner: ann.id }],
      params: { start_data: 1_000 },
    }))
    const nothing = worldWhereAnnSays(0)
    await nothing.act(bob, order('buy', 10, 2))
    await nothing.act(ann, order('sell', 3, 1))
    expect(nothing.agent(bob.id).electricity).toBe(103)
    expect(nothing.read(powerBookKey('buy'))).toMatchObject([{ remaining: 7 }])
    expect((await nothing.act(ann, order('buy', 1, 1))).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { capacity: 0 } })
    expect((await worldWhereAnnSays(1_000_000_000).act(ann, order('buy', 101, 1))).receipt).toMatchObject({ code: 'STORAGE_FULL', detail: { capacity: 200 } })
  })

  it('gets no id that is taken', () => {
    const world = new Bazaar()
    const taken = newId(POWER_ORDER_PREFIX, ann.id, world.agent(ann.id).nonce + 1)
    const context = {
      state: { get: (key: string) => (key === taken ? {} : null) }, params: world.genesis.params, actor: ann.id, agent: world.agent(ann.id), height: 9,
    } as unknown as ActionContext
    const ruling = { override: null, storageLimit: null, commonStorageLimit: null, cargoLimit: null }
    expect(placePowerOrder.conclude(context, order('buy', 1, 1), { electricity: 0 }, ruling)).toMatchObject({ code: 'ID_TAKEN' })
  })
})

describe('cancel_power_order', () => {
  it('gives back what is left', () => {
    const world = new Bazaar()
    const sell = world.offer(ann, 'sell', 30, 7)
    world.offer(bob, 'buy', 10, 7)
    const [event] = world.must(ann, cancel(sell))
    expect(event).toMatchObject({ kind: 'power_order.cancelled', payload: { agent: ann.id, order_id: sell, reason: 'owner', refund: { resource: 'electricity', amount: 20 } } })
    expect(world.purse(ann)).toEqual({ electricity: 90, data: 1_070 })
    const buy = world.offer(bob, 'buy', 10, 7)
    world.must(bob, cancel(buy))
    expect(world.purse(bob)).toEqual({ electricity: 110, data: 930 })
    expect([world.book('buy'), world.book('sell'), world.read(powerOrdersOfKey(ann.id))]).toEqual([[], [], null])
  })

  it('is refused for orders that are gone, and to others', () => {
    const world = new Bazaar()
    const sell = world.offer(ann, 'sell', 30, 7)
    expect(world.do(bob, cancel(sell)).receipt).toMatchObject({ code: 'NOT_ORDER_OWNER', detail: { owner: ann.id } })
    world.must(ann, cancel(sell))
    expect(world.code(ann, cancel(sell))).toBe('ORDER_NOT_FOUND')
    expect(world.code(ann, cancel('power_order/1'))).toBe('BAD_ACTION')
  })

  it('holds electricity that does not fit any more, until it does', () => {
    const world = new Bazaar({ electricity_capacity: 100 })
    const before = totalsOf(world.kernel)
    const sell = world.offer(ann, 'sell', 30, 7)
    world.offer(bob, 'sell', 25, 2)
    world.must(ann, order('buy', 25, 2))
    world.must(ann, cancel(sell))
    expect(world.purse(ann).electricity).toBe(100)
    expect(world.held(ann)).toBe(25)
    expect(world.do(ann, { kind: 'collect_held_power' }).receipt).toMatchObject({ code: 'STORAGE_FULL' })
    world.offer(ann, 'sell', 10, 9)
    const [event] = world.must(ann, { kind: 'collect_held_power' })
    expect(event).toMatchObject({ kind: 'power.held_collected', payload: { amount: 10 } })
    expect([world.purse(ann).electricity, world.held(ann)]).toEqual([100, 15])
    world.offer(ann, 'sell', 20, 9)
    world.must(ann, { kind: 'collect_held_power' })
    expect([world.purse(ann).electricity, world.held(ann)]).toEqual([95, 0])
    expect(world.code(ann, { kind: 'collect_held_power' })).toBe('NOTHING_HELD')
    expect(totalsOf(world.kernel)).toEqual(before)
  })
})

describe('an order that runs out', () => {
  it('leaves the book, and what is left goes back', () => {
    const world = new Bazaar({ market: { order_blocks: 3 } })
    const sell = world.offer(ann, 'sell', 30, 7)
    const buy = world.offer(bob, 'buy', 10, 6)
    const events = world.pass(3)
    expect(events).toMatchObject([
      { kind: 'power_order.cancelled', height: 4, payload: { agent: ann.id, order_id: sell, reason: 'expired' } },
      { kind: 'power_order.cancelled', height: 5, payload: { agent: bob.id, order_id: buy, reason: 'expired', refund: { resource: 'data', amount: 60 } } },
    ])
    expect(events[0]!.caused_by).toMatch(/^schedule:1-/)
    expect([world.purse(ann), world.purse(bob)]).toEqual([{ electricity: 100, data: 1_000 }, { electricity: 100, data: 1_000 }])
    expect([world.book('buy'), world.book('sell')]).toEqual([[], []])
  })

  it('is not there any more, and nothing is due for it, when it was filled or cancelled', () => {
    const world = new Bazaar({ market: { order_blocks: 4 } })
    world.offer(ann, 'sell', 30, 7)
    world.offer(bob, 'buy', 30, 7)
    world.must(ann, cancel(world.offer(ann, 'sell', 5, 7)))
    expect(world.kernel.keys('schedule/', 9)).toEqual([])
    expect(world.pass(10)).toEqual([])
  })
})
