import type { Value } from '../../codec/index.ts'
import { updateAgent } from '../ledger.ts'
import { readAgent } from '../state/read.ts'
import { unschedule } from '../schedule.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { heldPowerKey, powerBookKey, powerOrdersOfKey } from './keys.ts'
import type { HeldPower, PowerBook, PowerOrderRecord, Side } from './records.ts'

export const readOrder = (state: StateReader, id: string): PowerOrderRecord | null => state.get(id) as unknown as PowerOrderRecord | null
export const readBook = (state: StateReader, side: Side): PowerBook => (state.get(powerBookKey(side)) ?? []) as unknown as PowerBook
export const readOrdersOf = (state: StateReader, agent: string): readonly string[] => (state.get(powerOrdersOfKey(agent)) ?? []) as readonly string[]
export const readHeldPower = (state: StateReader, agent: string): number => (state.get(heldPowerKey(agent)) as unknown as HeldPower | null)?.electricity ?? 0

/** What is scheduled for an order: its end, if it is still there by then. */
export const ORDER_EXPIRY = 'power_order_expiry'

/** Whether an order at `price` comes before one at `other` on its side of the book. */
export function isBetter(side: Side, price: number, other: number): boolean {
  return side === 'buy' ? price > other : price < other
}

/** A new order takes its place behind those of the same price. */
export function addOrder(state: StagedState, id: string, order: PowerOrderRecord): void {
  const { side, limit_price, remaining, owner } = order
  state.set(id, order as unknown as Value)
  const book = readBook(state, side)
  const behind = book.findIndex((entry) => isBetter(side, limit_price, entry.limit_price))
  const at = behind === -1 ? book.length : behind
  state.set(powerBookKey(side), [...book.slice(0, at), { order_id: id, limit_price, remaining }, ...book.slice(at)])
  state.set(powerOrdersOfKey(owner), [...readOrdersOf(state, owner), id])
}

/** So much of an order was traded; one with nothing left is gone. The order must exist. */
export function reduceOrder(state: StagedState, id: string, amount: number): void {
  const order = readOrder(state, id)!
  const remaining = order.remaining - amount
  if (remaining === 0) {
    removeOrder(state, id)
    return
  }
  state.set(id, { ...order, remaining } as unknown as Value)
  const book = readBook(state, order.side)
  state.set(powerBookKey(order.side), book.map((entry) => (entry.order_id === id ? { ...entry, remaining } : entry)))
}

export function removeOrder(state: StagedState, id: string): void {
  const { side, owner, expires_height } = readOrder(state, id)!
  state.set(id, null)
  unschedule(state, expires_height, ORDER_EXPIRY, id)
  setList(state, powerBookKey(side), readBook(state, side).filter((entry) => entry.order_id !== id))
  setList(state, powerOrdersOfKey(owner), readOrdersOf(state, owner).filter((own) => own !== id))
}

/** An empty list is no record. */
function setList(state: StagedState, key: string, list: readonly unknown[]): void {
  state.set(key, list.length === 0 ? null : (list as Value))
}

/** Gives an agent electricity up to `capacity`; the rest is held for it, so that none is lost and none is stored beyond the limit. */
export function creditElectricity(state: StagedState, agent: string, amount: number, capacity: number): void {
  const { electricity } = readAgent(state, agent)!
  const fits = Math.min(amount, Math.max(0, capacity - electricity))
  if (fits > 0) updateAgent(state, agent, { electricity: electricity + fits })
  if (fits < amount) state.set(heldPowerKey(agent), { electricity: readHeldPower(state, agent) + amount - fits })
}

/** Gives an agent electricity or data; see `creditElectricity`. */
export function credit(state: StagedState, agent: string, resource: 'electricity' | 'data', amount: number, capacity: number): void {
  if (resource === 'electricity') creditElectricity(state, agent, amount, capacity)
  else updateAgent(state, agent, { data: readAgent(state, agent)!.data + amount })
}
