import { readAgent } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import { isBetter, readBook, readOrder } from './power-book.ts'
import type { Side } from './records.ts'

/** An order that comes to the market. */
export interface Taker {
  readonly owner: string
  readonly side: Side
  readonly amount: number
  readonly limit_price: number
}

/** What happens to one resting order: it trades, and a buy order whose owner has no room for more is cancelled. */
export interface Meeting {
  readonly order_id: string
  readonly owner: string
  /** Its own price: that of the trade. */
  readonly price: number
  /** Traded; 0 when the buyer has no room at all. */
  readonly amount: number
  /** What is left of it and goes back to the buyer; 0 when it stays. */
  readonly cancelled: number
}

export interface Match {
  readonly meetings: readonly Meeting[]
  /** Of the new order. */
  readonly rest: number
  /** Whether orders it could trade with remain: then its rest must not enter the book. */
  readonly crossed: boolean
  /** It came to an order of its own owner. */
  readonly selfTrade: boolean
}

/**
 * Meets resting orders in the order of the book, at most `meetingsMax` of them. `capacity` is what an agent can hold: a resting buyer gets
 * what it has room for. Changes nothing.
 */
export function matchPowerOrder(state: StateReader, { owner, side, amount, limit_price }: Taker, capacity: number, meetingsMax: number): Match {
  const against: Side = side === 'buy' ? 'sell' : 'buy'
  const meetings: Meeting[] = []
  const received = new Map<string, number>()
  let rest = amount
  for (const { order_id, limit_price: price, remaining } of readBook(state, against)) {
    if (rest === 0 || isBetter(against, limit_price, price)) break
    const { owner: other } = readOrder(state, order_id)!
    if (other === owner) return { meetings, rest, crossed: true, selfTrade: true }
    if (meetings.length === meetingsMax) return { meetings, rest, crossed: true, selfTrade: false }
    const got = received.get(other) ?? 0
    const room = against === 'buy' ? Math.max(0, capacity - readAgent(state, other)!.electricity - got) : remaining
    const traded = Math.min(rest, remaining, room)
    meetings.push({ order_id, owner: other, price, amount: traded, cancelled: room < Math.min(rest, remaining) ? remaining - traded : 0 })
    received.set(other, got + traded)
    rest -= traded
  }
  return { meetings, rest, crossed: false, selfTrade: false }
}
