import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { ActionContext } from '../actions/action-rule.ts'
import { insufficient } from '../actions/transfer-resource.ts'
import { freshId } from '../industry/fresh-id.ts'
import { payTreasury, updateAgent } from '../ledger.ts'
import type { EventInit } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readModifiers } from '../society/modifiers.ts'
import { readPolicy } from '../society/read.ts'
import { readAgent } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import { cancelled } from './cancel-power-order.ts'
import type { PowerOrderPlaced, PowerTraded } from './events.ts'
import { POWER_ORDER_PREFIX } from './keys.ts'
import { matchPowerOrder } from './match-power-order.ts'
import type { Match, Meeting, Taker } from './match-power-order.ts'
import { addOrder, isBetter, ORDER_EXPIRY, readBook, readOrder, readOrdersOf, reduceOrder } from './power-book.ts'
import { SIDE } from './records.ts'
import type { Price } from './records.ts'

const { int, literal, object } = schema

/** Walking and rewriting a full book, twice: about as long as this much fuel takes a module. */
const PLACE_FUEL = 100_000

/**
 * Offers electricity for data, or data for electricity, at a limit price per unit. Trades at once with resting orders, best price first,
 * then oldest; each trade is at the price of the order that rested. What is left rests in the book. A buyer must have room for all it asks for.
 */
export const placePowerOrder = defineAction({
  kind: 'place_power_order',
  actors: 'agents',
  shape: object({ kind: literal('place_power_order'), side: SIDE, amount: int(), limit_price: int() }),
  override: null,
  fuel: PLACE_FUEL,
  examine: ({ state, params: { market }, actor, agent }, { side, amount, limit_price }) => {
    const { electricity, data } = agent!
    if (amount < 1 || amount > market.order_amount_max) return reject('INVALID_AMOUNT', { amount, max: market.order_amount_max })
    if (limit_price < 1 || limit_price > market.order_price_max) return reject('INVALID_AMOUNT', { limit_price, max: market.order_price_max })
    if (readOrdersOf(state, actor).length >= market.orders_per_agent) return reject('ORDER_LIMIT', { max: market.orders_per_agent })
    if (side === 'sell' && electricity < amount) return insufficient('electricity', agent!, amount)
    if (side === 'buy' && data < amount * limit_price) return insufficient('data', agent!, amount * limit_price)
    return { facts: { side, amount, limit_price, electricity, data } }
  },
  conclude: (context, { side, amount, limit_price }, { electricity }, { storageLimit, commonStorageLimit }) => {
    const { state, params: { market, electricity_capacity }, actor, height } = context
    const capacity = storageLimit ?? electricity_capacity
    const capacityOfOthers = commonStorageLimit ?? electricity_capacity
    if (side === 'buy' && electricity + amount > capacity) return reject('STORAGE_FULL', { balance: electricity, amount, capacity })
    const taker: Taker = { owner: actor, side, amount, limit_price }
    const match = matchPowerOrder(state, taker, capacityOfOthers, market.trades_per_order)
    if (match.selfTrade) return reject('SELF_TRADE')
    const place = placeInBook(context, taker, match)
    if (place === 'full' && match.meetings.length === 0) return reject('BOOK_FULL', { side, max: market.orders_per_side })
    const order_id = freshId(context, POWER_ORDER_PREFIX)
    if (order_id === null) return reject('ID_TAKEN')
    const escrow = side === 'sell' ? amount : amount * limit_price
    const placed = { agent: actor, order_id, side, amount, limit_price, escrow, placed_height: height, expires_height: height + market.order_blocks }
    const sequel = match.meetings.flatMap((meeting) => meetingEvents(context, order_id, taker, meeting, capacityOfOthers))
    if (match.rest > 0 && place !== 'free' && place !== 'full') sequel.push(cancelled(place.displaced, readOrder(state, place.displaced)!, 'displaced', capacityOfOthers))
    if (match.rest > 0 && place === 'full') sequel.push(cancelled(order_id, { owner: actor, side, limit_price, remaining: match.rest }, 'unmatched', capacity))
    return { event: 'power_order.placed', payload: placed, spends: { [side === 'sell' ? 'electricity' : 'data']: escrow }, sequel }
  },
})

type Place = 'free' | 'full' | { readonly displaced: string }

/** Where the rest of an order can go. The last in a full book gives way to a better price. */
function placeInBook({ state, params: { market } }: ActionContext, { side, limit_price }: Taker, { crossed }: Match): Place {
  if (crossed) return 'full'
  const book = readBook(state, side)
  if (book.length < market.orders_per_side) return 'free'
  const last = book[book.length - 1]!
  return isBetter(side, limit_price, last.limit_price) ? { displaced: last.order_id } : 'full'
}

function meetingEvents(context: ActionContext, orderId: string, taker: Taker, meeting: Meeting, capacity: number): EventInit[] {
  const { order_id: resting, owner, price, amount, cancelled: left } = meeting
  const events: EventInit[] = []
  if (amount > 0) {
    const [buyer, seller] = taker.side === 'buy' ? [taker.owner, owner] : [owner, taker.owner]
    const [buy_order, sell_order] = taker.side === 'buy' ? [orderId, resting] : [resting, orderId]
    const value = amount * price
    const refund = taker.side === 'buy' ? amount * (taker.limit_price - price) : 0
    events.push({ event: 'power.traded', payload: { buy_order, sell_order, buyer, seller, amount, price, value, fee: tradeFee(context, value), refund } })
  }
  if (left > 0) events.push(cancelled(resting, { ...readOrder(context.state, resting)!, remaining: left }, 'no_room', capacity))
  return events
}

const BASIS_POINTS = 10_000

/** The treasury's share of what the seller gets, rounded down: set by the policy of the world, and higher in a crisis. */
function tradeFee({ state, height }: ActionContext, value: number): number {
  const bps = readPolicy(state).power_trade_fee_bps + readModifiers(state, height).trade_fee_bps
  return Math.floor((value * Math.min(bps, BASIS_POINTS)) / BASIS_POINTS)
}

export function applyPowerOrderPlaced(state: StagedState, event: PowerOrderPlaced, eventId: string): void {
  const { agent, order_id, side, amount, limit_price, escrow, placed_height, expires_height } = event
  const resource: Price['resource'] = side === 'sell' ? 'electricity' : 'data'
  updateAgent(state, agent, { [resource]: readAgent(state, agent)![resource] - escrow })
  addOrder(state, order_id, { owner: agent, side, limit_price, amount, remaining: amount, placed_height, expires_height })
  scheduleAt(state, expires_height, { kind: ORDER_EXPIRY, subject: order_id, cause: eventId })
}

export function applyPowerTraded(state: StagedState, { buy_order, sell_order, buyer, seller, amount, value, fee, refund }: PowerTraded): void {
  const { electricity, data } = readAgent(state, buyer)!
  updateAgent(state, buyer, { electricity: electricity + amount, data: data + refund })
  updateAgent(state, seller, { data: readAgent(state, seller)!.data + value - fee })
  if (fee > 0) payTreasury(state, 0, fee)
  reduceOrder(state, buy_order, amount)
  reduceOrder(state, sell_order, amount)
}
