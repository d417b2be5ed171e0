import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { DueHandler } from '../part.ts'
import { isRejection, reject } from '../rejections.ts'
import { scheduleAt } from '../schedule.ts'
import { readAsteroid } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'
import { addMaterials, entriesOf, subtractMaterials, unitsOf } from './bill.ts'
import { takeFromCargo, whyMissing } from './cargo.ts'
import { durabilityAt } from './durability.ts'
import type { RecipeCompleted, RecipeStarted } from './events.ts'
import { freshId } from './fresh-id.ts'
import { changeOre, remainingOre } from './ore.ts'
import { checkRecipePlan, recipePlanSchema } from './plans.ts'
import { countOne, stageAfter } from './progress.ts'
import { reachFactory } from './reach-factory.ts'
import { readFactory, readIndustry, readJob, updateFactory } from './read.ts'
import type { JobRecord } from './records.ts'
import { scheduleRecipeShape } from './shapes.ts'

/** A recipe in a factory: inputs from the requester's cargo, ore from the asteroid, results into the factory's ledger at the end. */
export const scheduleRecipe = defineAction({
  kind: 'schedule_recipe',
  actors: 'agents',
  shape: scheduleRecipeShape,
  override: recipePlanSchema,
  plan: 'economy.recipe_execution_plan',
  fuel: 0,
  examine: (context, { factory_id, recipe_id, batches }) => {
    const { state, params, agent, height } = context
    const max = params.industry.batches_max
    if (batches < 1 || batches > max) return reject('INVALID_AMOUNT', { batches, max })
    const reached = reachFactory(context, factory_id)
    if (isRejection(reached)) return reached
    const { factory_kind, spec, jobs, asteroid } = reached.factory
    const slots_free = spec.recipe_slots - jobs.length
    if (slots_free <= 0) return reject('FACTORY_BUSY', { factory: factory_id, jobs: jobs.length })
    const durability_ppm = durabilityAt(reached.factory, height)
    if (durability_ppm === 0) return reject('FACTORY_WORN_OUT', { factory: factory_id })
    return {
      facts: {
        factory_id, recipe_id, batches, factory_kind, factory_tags: spec.tags, factory_tier: spec.tier, slots_free, durability_ppm, asteroid,
        materials: agent!.materials, elements: readAsteroid(state, asteroid)!.elements, electricity: agent!.electricity, industry_stage: readIndustry(state).stage,
      },
    }
  },
  conclude: (context, { factory_id, recipe_id, batches }, { asteroid, materials, elements }, { override }) => {
    const { state, params, actor, height } = context
    if (override === null) return reject('RULE_MISSING', { recipe_id })
    const plan = checkRecipePlan(params.industry, override, batches)
    if (isRejection(plan)) return plan
    const missing = whyMissing(materials, plan.consume)
    if (missing !== null) return missing
    for (const [material, amount] of entriesOf(plan.extract)) {
      const remaining = remainingOre({ elements }, material)
      if (remaining < amount) return reject('ASTEROID_DEPLETED', { asteroid, material, required: amount, remaining })
    }
    const { materials: stored, reserved, spec } = readFactory(state, factory_id)!
    const used = unitsOf(stored) + reserved + unitsOf(plan.produce) + unitsOf(plan.byproducts)
    if (used > spec.storage_capacity) return reject('FACTORY_STORAGE_FULL', { factory: factory_id, used, capacity: spec.storage_capacity })
    const job = freshId(context, 'job')
    if (job === null) return reject('ID_TAKEN')
    return {
      event: 'recipe.started',
      payload: {
        agent: actor, job, factory: factory_id, recipe_id, asteroid, batches: plan.accepted_batches, consume: plan.consume, extract: plan.extract,
        produce: plan.produce, byproducts: plan.byproducts, power_required: plan.power_required,
        started_height: height, until_height: height + plan.duration_blocks,
      },
      cost: { electricity: plan.power_required },
    }
  },
})

export function applyRecipeStarted(state: StagedState, event: RecipeStarted, eventId: string): void {
  const { agent, job, factory, recipe_id, asteroid, batches, consume, extract, produce, byproducts, started_height, until_height } = event
  takeFromCargo(state, agent, consume)
  if (unitsOf(extract) > 0) changeOre(state, asteroid, subtractMaterials({}, extract))
  const before = readFactory(state, factory)!
  updateFactory(state, factory, {
    jobs: [...before.jobs, job],
    reserved: before.reserved + unitsOf(produce) + unitsOf(byproducts),
    durability_ppm: durabilityAt(before, started_height),
    durability_height: started_height,
  })
  const record: JobRecord = { factory, requester: agent, recipe_id, batches, consume, extract, produce, byproducts, started_height, until_height }
  state.set(job, record as unknown as Value)
  scheduleAt(state, until_height, { kind: 'recipe_end', subject: job, cause: eventId })
}

/** Results find the room that was reserved for them: a factory with running jobs cannot be taken apart. */
export const recipeEnd: DueHandler = ({ state, height }, { subject: job }) => {
  const record = readJob(state, job)
  const at = record === null ? null : readFactory(state, record.factory)
  if (record === null || at === null || record.until_height > height) return []
  const { factory, requester, recipe_id, batches, produce, byproducts } = record
  return [
    {
      event: 'recipe.completed',
      payload: { job, factory, requester, recipe_id, asteroid: at.asteroid, batches, produce, byproducts, durability_ppm: durabilityAt(at, height), height },
    },
    ...stageAfter(state, 'completed_recipe_jobs'),
  ]
}

export function applyRecipeCompleted(state: StagedState, { job, factory, produce, byproducts, durability_ppm, height }: RecipeCompleted): void {
  const { jobs, reserved, materials } = readFactory(state, factory)!
  updateFactory(state, factory, {
    jobs: jobs.filter((other) => other !== job),
    reserved: reserved - unitsOf(produce) - unitsOf(byproducts),
    materials: addMaterials(materials, addMaterials(produce, byproducts)),
    durability_ppm,
    durability_height: height,
  })
  state.set(job, null)
  countOne(state, 'completed_recipe_jobs')
}
