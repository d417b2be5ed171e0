import { schema } from '../../codec/index.ts'
import { slotCounts } from '../body/slots.ts'
import { updateAgent } from '../ledger.ts'
import type { Settlement } from '../ledger.ts'
import { MAX_AMOUNT } from '../params.ts'
import type { DueHandler } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readModifiers } from '../society/modifiers.ts'
import { readAgent, readAsteroid } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import { defineAction } from './action-rule.ts'

const { int, literal, object } = schema

export type HarvestStarted = Settlement & {
  readonly agent: string
  readonly asteroid: string
  readonly blocks: number
  readonly amount: number
  readonly capacity: number
  readonly since_height: number
  readonly until_height: number
}

/** `amount` is what was credited, `promised` what the rules had granted; the difference did not fit. */
export type AgentHarvested = { readonly agent: string; readonly asteroid: string; readonly amount: number; readonly promised: number }

/** Turns radiation into electricity, the only way any comes into the world. How much is for the rules to say. */
export const harvestRadiation = defineAction({
  kind: 'harvest_radiation',
  actors: 'agents',
  shape: object({ kind: literal('harvest_radiation'), blocks: int() }),
  override: object({ kind: literal('emit_harvest'), blocks: int(), amount: int() }),
  fuel: 0,
  examine: ({ state, params, actor, agent, height }, { blocks }) => {
    const { location, motion, task, electricity } = agent!
    if (blocks < 1 || blocks > params.harvest_blocks_max) return reject('INVALID_AMOUNT', { blocks, max: params.harvest_blocks_max })
    if (motion !== null) return reject('ALREADY_MOVING', { to: motion.to_asteroid, arrive_height: motion.arrive_height })
    if (task !== null) return reject('BUSY', { task: task.kind, until_height: task.until_height })
    if (location === null) return reject('NOT_AT_ASTEROID')
    return {
      facts: {
        asteroid: location, radiation: readAsteroid(state, location)!.radiation, blocks, electricity,
        power_slots: slotCounts(state, actor).power, harvest_bps: readModifiers(state, height).harvest_bps,
      },
    }
  },
  conclude: ({ params, actor, agent, height }, _action, { asteroid, radiation }, { override, storageLimit }) => {
    if (radiation === 0) return reject('NO_RADIATION', { asteroid })
    if (override === null) return reject('RULE_MISSING')
    const { blocks, amount } = override
    if (blocks < 1 || blocks > params.harvest_blocks_max || amount > MAX_AMOUNT) return reject('INVALID_AMOUNT', { blocks, amount })
    const capacity = storageLimit ?? params.electricity_capacity
    if (agent!.electricity >= capacity) return reject('STORAGE_FULL', { electricity: agent!.electricity, capacity })
    return {
      event: 'harvest.started',
      payload: { agent: actor, asteroid, blocks, amount, capacity, since_height: height, until_height: height + blocks },
    }
  },
})

export function applyHarvestStarted(state: StagedState, event: HarvestStarted, eventId: string): void {
  const { agent, asteroid, since_height, until_height, amount, capacity } = event
  updateAgent(state, agent, { task: { kind: 'harvest', asteroid, since_height, until_height, amount, capacity } })
  scheduleAt(state, until_height, { kind: 'harvest_end', subject: agent, cause: eventId })
}

/** What was promised, as far as it fits. */
export const harvestEnd: DueHandler = ({ state, height }, { subject: agent }) => {
  const { task, electricity } = readAgent(state, agent)!
  if (task?.kind !== 'harvest' || task.until_height > height) return []
  const amount = Math.min(task.amount, Math.max(0, task.capacity - electricity))
  return [{ event: 'agent.harvested', payload: { agent, asteroid: task.asteroid, amount, promised: task.amount } }]
}

export function applyHarvested(state: StagedState, { agent, amount }: AgentHarvested): void {
  updateAgent(state, agent, { task: null, electricity: readAgent(state, agent)!.electricity + amount })
}
