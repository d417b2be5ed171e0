import { schema } from '../../codec/index.ts'
import { distanceCm, positionAt } from '../geometry.ts'
import { updateAgent } from '../ledger.ts'
import type { Resource, Settlement } from '../ledger.ts'
import { MAX_AMOUNT } from '../params.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { readAgent } from '../state/read.ts'
import { AGENT_ID } from '../state/records.ts'
import type { AgentRecord } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { defineAction } from './action-rule.ts'

const { int, literal, object } = schema

const RESOURCE = literal('electricity', 'data')

export type ResourceTransferred = Settlement & { readonly agent: string; readonly to: string; readonly resource: Resource; readonly amount: number }

/** One agent gives to another. Nothing is made or lost; who may give to whom is for the rules to say. */
export const transferResource = defineAction({
  kind: 'transfer_resource',
  actors: 'agents',
  shape: object({ kind: literal('transfer_resource'), to: AGENT_ID, resource: RESOURCE, amount: int() }),
  override: object({ kind: literal('emit_resource_transfer'), to: AGENT_ID, resource: RESOURCE, amount: int() }),
  fuel: 0,
  examine: ({ state, actor, agent, height }, { to, resource, amount }) => {
    const giver = agent!
    if (amount < 1 || amount > MAX_AMOUNT) return reject('INVALID_AMOUNT', { amount, max: MAX_AMOUNT })
    if (to === actor) return reject('SELF_TRANSFER')
    const recipient = readAgent(state, to)
    if (recipient === null) return reject('AGENT_NOT_FOUND', { agent: to })
    if (giver[resource] < amount) return insufficient(resource, giver, amount)
    return {
      facts: {
        distance_cm: distanceCm(positionAt(giver, height), positionAt(recipient, height)),
        same_location: giver.location !== null && giver.location === recipient.location,
        resource, amount, actor_balance: giver[resource], recipient_balance: recipient[resource],
      },
    }
  },
  conclude: ({ state, params, actor }, action, _facts, { override, storageLimit }) => {
    const { to, resource, amount } = override ?? action
    if (amount < 1 || amount > MAX_AMOUNT) return reject('INVALID_AMOUNT', { amount, max: MAX_AMOUNT })
    if (to === actor) return reject('SELF_TRANSFER')
    const recipient = readAgent(state, to)
    if (recipient === null) return reject('AGENT_NOT_FOUND', { agent: to })
    const capacity = resource === 'electricity' ? (storageLimit ?? params.electricity_capacity) : MAX_AMOUNT
    if (recipient[resource] + amount > capacity) return reject('STORAGE_FULL', { balance: recipient[resource], amount, capacity })
    return { event: 'resource.transferred', payload: { agent: actor, to, resource, amount }, spends: { [resource]: amount } }
  },
})

export function insufficient(resource: Resource, { [resource]: available }: AgentRecord, required: number): Rejection {
  return reject(resource === 'electricity' ? 'INSUFFICIENT_ELECTRICITY' : 'INSUFFICIENT_DATA', { required, available })
}

export function applyTransferred(state: StagedState, { agent, to, resource, amount }: ResourceTransferred): void {
  updateAgent(state, agent, { [resource]: readAgent(state, agent)![resource] - amount })
  updateAgent(state, to, { [resource]: readAgent(state, to)![resource] + amount })
}
