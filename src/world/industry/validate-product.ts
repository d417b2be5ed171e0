import type { Value } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import type { StagedState } from '../state/state.ts'
import { amountOf } from './bill.ts'
import type { ProductValidated } from './events.ts'
import { productKey } from './keys.ts'
import { MATERIAL_KINDS } from './materials.ts'
import { badPlan, validationPlanSchema } from './plans.ts'
import { readIndustry, readProduct } from './read.ts'
import type { ProductRecord } from './records.ts'
import { validateProductShape } from './shapes.ts'

/** A stack of a product in one's own cargo, certified. What makes a good one is for the rules to say. */
export const validateProduct = defineAction({
  kind: 'validate_product',
  actors: 'agents',
  shape: validateProductShape,
  override: validationPlanSchema,
  plan: 'economy.product_validation',
  fuel: 0,
  examine: ({ state, agent }, { product_id, amount }) => {
    const material = materialOf(product_id)
    if (!MATERIAL_KINDS.has(material)) return reject('PRODUCT_UNKNOWN', { product_id })
    if (amount < 1) return reject('INVALID_AMOUNT', { amount })
    const held = amountOf(agent!.materials, material)
    if (held < amount) return reject('INSUFFICIENT_MATERIAL', { material, required: amount, available: held })
    return { facts: { product_id, amount, held, industry_stage: readIndustry(state).stage } }
  },
  conclude: ({ actor, height }, { product_id, amount }, _facts, { override: plan }) => {
    if (plan === null) return reject('RULE_MISSING', { product_id })
    if (plan.material !== materialOf(product_id)) return badPlan('the plan validates another material')
    if (amount > plan.stack_limit) return reject('STACK_LIMIT', { amount, max: plan.stack_limit })
    return { event: 'product.validated', payload: { agent: actor, product_id, amount, height, ...plan } }
  },
})

/** The material is what follows the group in a product's id: `component.control_chip` is about `control_chip`. */
function materialOf(productId: string): string {
  return productId.slice(productId.indexOf('.') + 1)
}

export function applyValidated(state: StagedState, { agent, product_id, material, stack_limit, tradable, quality_levels, notes, height }: ProductValidated): void {
  const record: ProductRecord = {
    material, stack_limit, tradable, quality_levels, notes, validated_by: agent, validated_height: height,
    validations: (readProduct(state, product_id)?.validations ?? 0) + 1,
  }
  state.set(productKey(product_id), record as unknown as Value)
}
