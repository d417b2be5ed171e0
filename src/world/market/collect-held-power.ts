import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { updateAgent } from '../ledger.ts'
import { reject } from '../rejections.ts'
import { readAgent } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import type { HeldPowerCollected } from './events.ts'
import { heldPowerKey } from './keys.ts'
import { readHeldPower } from './power-book.ts'

const { literal, object } = schema

/** Takes electricity that came back when there was no room for it, as far as it fits now. */
export const collectHeldPower = defineAction({
  kind: 'collect_held_power',
  actors: 'agents',
  shape: object({ kind: literal('collect_held_power') }),
  override: null,
  fuel: 0,
  examine: ({ state, actor, agent }) => {
    const held = readHeldPower(state, actor)
    return held === 0 ? reject('NOTHING_HELD') : { facts: { held, electricity: agent!.electricity } }
  },
  conclude: ({ params, actor }, _action, { held, electricity }, { storageLimit }) => {
    const capacity = storageLimit ?? params.electricity_capacity
    if (electricity >= capacity) return reject('STORAGE_FULL', { electricity, capacity })
    return { event: 'power.held_collected', payload: { agent: actor, amount: Math.min(held, capacity - electricity) } }
  },
})

export function applyHeldPowerCollected(state: StagedState, { agent, amount }: HeldPowerCollected): void {
  const left = readHeldPower(state, agent) - amount
  state.set(heldPowerKey(agent), left === 0 ? null : { electricity: left })
  updateAgent(state, agent, { electricity: readAgent(state, agent)!.electricity + amount })
}
