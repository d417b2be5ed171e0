import { defineAction } from '../actions/action-rule.ts'
import { slotCounts } from '../body/slots.ts'
import { updateAgent } from '../ledger.ts'
import type { DueHandler } from '../part.ts'
import { reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readModifiers } from '../society/modifiers.ts'
import { readAgent, readAsteroid } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import { unitsOf } from './bill.ts'
import { cargoCapacity, cargoUsed, putIntoCargo } from './cargo.ts'
import type { CompoundMined, MiningStarted } from './events.ts'
import { changeOre, remainingOre } from './ore.ts'
import { MATERIAL_KINDS, oreElement } from './materials.ts'
import { badPlan, miningPlanSchema } from './plans.ts'
import { mineCompoundShape } from './shapes.ts'
import { whyCannotWork } from './work.ts'

/** Ore out of the asteroid an agent is docked at. How much of what was asked for, how long and for what price is for the rules to say. */
export const mineCompound = defineAction({
  kind: 'mine_compound',
  actors: 'agents',
  shape: mineCompoundShape,
  override: miningPlanSchema,
  plan: 'economy.mining_plan',
  fuel: 0,
  examine: ({ state, params, actor, agent, height }, { material, amount }) => {
    if (!MATERIAL_KINDS.has(material)) return reject('MATERIAL_UNKNOWN', { material })
    if (oreElement(material) === null) return reject('NOT_MINABLE', { material })
    const max = params.industry.mine_amount_max
    if (amount < 1 || amount > max) return reject('INVALID_AMOUNT', { amount, max })
    const problem = whyCannotWork(agent!)
    if (problem !== null) return problem
    const asteroid = agent!.location!
    const remaining = remainingOre(readAsteroid(state, asteroid)!, material)
    if (remaining === 0) return reject('ASTEROID_DEPLETED', { asteroid, material, remaining })
    return {
      facts: {
        asteroid, material, amount, remaining, cargo_used: cargoUsed(agent!), cargo_slots: slotCounts(state, actor).cargo, electricity: agent!.electricity,
        mining_bps: readModifiers(state, height).mining_bps,
      },
    }
  },
  conclude: (context, { amount: wanted }, { asteroid, material, remaining, cargo_used }, ruling) => {
    const { params, actor, height } = context
    if (ruling.override === null) return reject('RULE_MISSING')
    const { amount, blocks } = ruling.override
    if (amount > wanted) return badPlan('the plan takes more than was asked for')
    if (blocks > params.industry.plan_blocks_max) return badPlan('the plan takes too long')
    if (amount > remaining) return reject('ASTEROID_DEPLETED', { asteroid, material, remaining })
    const capacity = cargoCapacity(context, ruling)
    if (cargo_used >= capacity) return reject('CARGO_FULL', { used: cargo_used, capacity })
    return { event: 'mining.started', payload: { agent: actor, asteroid, material, amount, capacity, since_height: height, until_height: height + blocks } }
  },
})

export function applyMiningStarted(state: StagedState, event: MiningStarted, eventId: string): void {
  const { agent, asteroid, material, amount, capacity, since_height, until_height } = event
  changeOre(state, asteroid, { [material]: -amount })
  updateAgent(state, agent, { task: { kind: 'mine', asteroid, material, amount, capacity, since_height, until_height } })
  scheduleAt(state, until_height, { kind: 'mining_end', subject: agent, cause: eventId })
}

/** What was dug, as far as it fits; the rest goes back. */
export const miningEnd: DueHandler = ({ state, height }, { subject: agent }) => {
  const { task, materials } = readAgent(state, agent)!
  if (task?.kind !== 'mine' || task.until_height > height) return []
  const amount = Math.min(task.amount, Math.max(0, task.capacity - unitsOf(materials)))
  return [{ event: 'compound.mined', payload: { agent, asteroid: task.asteroid, material: task.material, amount, returned: task.amount - amount } }]
}

export function applyMined(state: StagedState, { agent, asteroid, material, amount, returned }: CompoundMined): void {
  updateAgent(state, agent, { task: null })
  putIntoCargo(state, agent, { [material]: amount })
  if (returned > 0) changeOre(state, asteroid, { [material]: returned })
}
