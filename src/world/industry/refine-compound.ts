import { defineAction } from '../actions/action-rule.ts'
import { slotCounts } from '../body/slots.ts'
import { updateAgent } from '../ledger.ts'
import type { DueHandler } from '../part.ts'
import { isRejection, reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readAgent } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import { addMaterials, unitsOf } from './bill.ts'
import { cargoCapacity, cargoUsed, putIntoCargo, takeFromCargo, whyMissing } from './cargo.ts'
import type { CompoundRefined, RefiningStarted } from './events.ts'
import { badPlan, checkRecipePlan, recipePlanSchema } from './plans.ts'
import { readIndustry } from './read.ts'
import { refineCompoundShape } from './shapes.ts'
import { whyCannotWork } from './work.ts'

/** A recipe worked by hand, from cargo to cargo, wherever the agent is docked. What goes in and comes out is for the rules to say. */
export const refineCompound = defineAction({
  kind: 'refine_compound',
  actors: 'agents',
  shape: refineCompoundShape,
  override: recipePlanSchema,
  plan: 'economy.recipe_execution_plan',
  fuel: 0,
  examine: ({ state, params, actor, agent }, { recipe_id, batches }) => {
    const max = params.industry.batches_max
    if (batches < 1 || batches > max) return reject('INVALID_AMOUNT', { batches, max })
    const problem = whyCannotWork(agent!)
    if (problem !== null) return problem
    const { location, materials, electricity } = agent!
    return {
      facts: {
        asteroid: location!, recipe_id, batches, materials, electricity, cargo_used: cargoUsed(agent!), cargo_slots: slotCounts(state, actor).cargo,
        industry_stage: readIndustry(state).stage,
      },
    }
  },
  conclude: (context, { recipe_id, batches }, { asteroid, materials, cargo_used }, ruling) => {
    const { params, actor, height } = context
    if (ruling.override === null) return reject('RULE_MISSING', { recipe_id })
    const plan = checkRecipePlan(params.industry, ruling.override, batches)
    if (isRejection(plan)) return plan
    if (unitsOf(plan.extract) > 0) return badPlan('nothing is extracted by hand')
    const missing = whyMissing(materials, plan.consume)
    if (missing !== null) return missing
    const produce = addMaterials(plan.produce, plan.byproducts)
    const capacity = cargoCapacity(context, ruling)
    const used = cargo_used - unitsOf(plan.consume) + unitsOf(produce)
    if (used > capacity) return reject('CARGO_FULL', { used, capacity })
    return {
      event: 'refining.started',
      payload: {
        agent: actor, asteroid, recipe_id, batches: plan.accepted_batches, consume: plan.consume, produce, capacity,
        since_height: height, until_height: height + plan.duration_blocks,
      },
      cost: { electricity: plan.power_required },
    }
  },
})

export function applyRefiningStarted(state: StagedState, event: RefiningStarted, eventId: string): void {
  const { agent, asteroid, recipe_id, batches, consume, produce, capacity, since_height, until_height } = event
  takeFromCargo(state, agent, consume)
  updateAgent(state, agent, { task: { kind: 'refine', asteroid, recipe_id, batches, produce, capacity, since_height, until_height } })
  scheduleAt(state, until_height, { kind: 'refining_end', subject: agent, cause: eventId })
}

/** All of it arrives: the room was claimed when the work began. */
export const refiningEnd: DueHandler = ({ state, height }, { subject: agent }) => {
  const { task } = readAgent(state, agent)!
  if (task?.kind !== 'refine' || task.until_height > height) return []
  const { asteroid, recipe_id, batches, produce } = task
  return [{ event: 'compound.refined', payload: { agent, asteroid, recipe_id, batches, produce } }]
}

export function applyRefined(state: StagedState, { agent, produce }: CompoundRefined): void {
  updateAgent(state, agent, { task: null })
  putIntoCargo(state, agent, produce)
}
