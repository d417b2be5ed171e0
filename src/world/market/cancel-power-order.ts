import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { DueHandler, EventInit } from '../part.ts'
import { reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import type { PowerOrderCancelled } from './events.ts'
import { credit, readOrder, removeOrder } from './power-book.ts'
import { ORDER_ID } from './records.ts'
import type { PowerOrderRecord, Price } from './records.ts'

const { literal, object } = schema

/** Takes an order out of the book; what it holds goes back to its owner. */
export const cancelPowerOrder = defineAction({
  kind: 'cancel_power_order',
  actors: 'agents',
  shape: object({ kind: literal('cancel_power_order'), order_id: ORDER_ID }),
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent }, { order_id }) => {
    const order = readOrder(state, order_id)
    if (order === null) return reject('ORDER_NOT_FOUND', { order_id })
    if (order.owner !== actor) return reject('NOT_ORDER_OWNER', { owner: order.owner })
    return { facts: { side: order.side, remaining: order.remaining, electricity: agent!.electricity } }
  },
  conclude: ({ state, params }, { order_id }, _facts, { storageLimit }) =>
    cancelled(order_id, readOrder(state, order_id)!, 'owner', storageLimit ?? params.electricity_capacity),
})

/** The event that ends an order of which `remaining` is left. */
export function cancelled(
  order_id: string, { owner, side, remaining, limit_price }: Pick<PowerOrderRecord, 'owner' | 'side' | 'remaining' | 'limit_price'>,
  reason: PowerOrderCancelled['reason'], capacity: number,
): EventInit {
  const refund: Price = side === 'sell' ? { resource: 'electricity', amount: remaining } : { resource: 'data', amount: remaining * limit_price }
  return { event: 'power_order.cancelled', payload: { agent: owner, order_id, reason, refund, capacity } }
}

export function applyPowerOrderCancelled(state: StagedState, { agent, order_id, refund, capacity }: PowerOrderCancelled): void {
  removeOrder(state, order_id)
  credit(state, agent, refund.resource, refund.amount, capacity)
}

export const powerOrderExpiry: DueHandler = ({ state, params }, { subject }) => {
  const order = readOrder(state, subject)
  return order === null ? [] : [cancelled(subject, order, 'expired', params.electricity_capacity)]
}
