import { schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { addMaterials, amountOf, entriesOf, unitsOf, withoutNothing } from './bill.ts'
import { MATERIAL_KINDS, oreElement, ORES } from './materials.ts'
import type { IndustryParams } from './params.ts'
import { factorySpecSchema, MATERIAL_ID, MAX_STORAGE_CAPACITY } from './records.ts'

const { array, bool, int, object, record, text } = schema

// What modules may plan. The shapes keep every sum a safe integer; a plan that has another shape is the module's failure.

const MAX_PLAN_UNITS = 1_000_000
const MAX_PLAN_KINDS = 16
const bill = record(int(0, MAX_PLAN_UNITS), MAX_PLAN_KINDS, 32)
const blocks = int(1, 1_000_000)
const power = int(0, 1_000_000_000)

export const miningPlanSchema = object({ amount: int(1, MAX_PLAN_UNITS), blocks })

export const recipePlanSchema = object({
  accepted_batches: int(1, 1_000_000),
  consume: bill,
  /** Ore out of the asteroid. */
  extract: bill,
  produce: bill,
  byproducts: bill,
  /** Electricity of the requester, for all batches. */
  power_required: power,
  duration_blocks: blocks,
})
export type RecipePlan = Infer<typeof recipePlanSchema>

export const buildPlanSchema = object({ consume: bill, power_required: power, duration_blocks: blocks, spec: factorySpecSchema })
export type BuildPlan = Infer<typeof buildPlanSchema>

export const validationPlanSchema = object({
  material: MATERIAL_ID,
  stack_limit: int(1, MAX_STORAGE_CAPACITY),
  tradable: bool(),
  quality_levels: array(text(32), 8),
  notes: array(text(120), 8),
})

export const transitPlanSchema = object({ blocks, loss_bps: int(0, 10_000) })

/** A plan the kernel will not carry out whatever the actor has. The fault is the module's. */
export const badPlan = (reason: string): Rejection => reject('RULE_FAILED', { reason })

/** What every plan that takes time and power keeps to. */
export function whyTooMuch(params: IndustryParams, plan: { readonly duration_blocks: number; readonly power_required: number }): Rejection | null {
  if (plan.duration_blocks > params.plan_blocks_max) return badPlan('the plan takes too long')
  return plan.power_required > params.plan_power_max ? badPlan('the plan takes too much power') : null
}

export function whyUnknown(materials: Readonly<Record<string, number>>): Rejection | null {
  const unknown = entriesOf(materials).find(([material]) => !MATERIAL_KINDS.has(material))
  return unknown === undefined ? null : badPlan(`the plan names a material that does not exist: ${unknown[0]}`)
}

/**
 * A recipe's plan without empty entries, if it makes nothing from nothing: known materials, no more batches than asked for, something
 * goes in, not more than `max_yield_ratio` times as much comes out, and no more of an ore than went in of it.
 */
export function checkRecipePlan(params: IndustryParams, plan: RecipePlan, batches: number): Rejection | RecipePlan {
  const consume = withoutNothing(plan.consume)
  const extract = withoutNothing(plan.extract)
  const produce = withoutNothing(plan.produce)
  const byproducts = withoutNothing(plan.byproducts)
  const wrong = [consume, extract, produce, byproducts].map(whyUnknown).find((problem) => problem !== null) ?? whyTooMuch(params, plan)
  if (wrong !== null) return wrong
  if (plan.accepted_batches > batches) return badPlan('the plan has more batches than were asked for')
  if (Object.keys(extract).some((material) => oreElement(material) === null)) return badPlan('the plan extracts what is no ore')
  const into = addMaterials(consume, extract)
  const out = addMaterials(produce, byproducts)
  if (unitsOf(into) === 0) return badPlan('the plan makes something from nothing')
  if (unitsOf(out) > params.max_yield_ratio * unitsOf(into)) return badPlan('the plan makes too much of too little')
  if (ORES.some((ore) => amountOf(out, ore) > amountOf(into, ore))) return badPlan('the plan makes ore')
  return { ...plan, consume, extract, produce, byproducts }
}
