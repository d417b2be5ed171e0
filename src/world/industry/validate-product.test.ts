import { describe, expect, it } from 'vitest'
import { ann, Workshop } from './testing/workshop.ts'

const validate = (amount: number, product_id = 'component.control_chip') => ({ kind: 'validate_product', product_id, amount })
const PLAN = { material: 'control_chip', stack_limit: 20, tradable: true, quality_levels: ['prototype', 'serial'], notes: ['checked'] }

describe('validate_product', () => {
  it('puts what the rules say about a product on record', () => {
    const world = new Workshop()
    world.stock(ann, { control_chip: 30 })
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return [{ kind: 'economy.product_validation', payload: PLAN }]
    }
    const { events } = world.must(ann, validate(10))
    expect(facts).toEqual({ product_id: 'component.control_chip', amount: 10, held: 30, industry_stage: 'bootstrap' })
    expect(events).toMatchObject([{ kind: 'product.validated', payload: { ...PLAN, agent: ann.id, product_id: 'component.control_chip', amount: 10 } }])
    world.must(ann, validate(20))
    expect(world.read('product/component.control_chip')).toEqual({ ...PLAN, validated_by: ann.id, validated_height: world.kernel.height(), validations: 2 })
    expect(world.cargo(ann)).toEqual({ control_chip: 30 })
  })

  it('needs the product in hand, in one stack, and rules that know it', () => {
    const world = new Workshop()
    world.stock(ann, { control_chip: 30 })
    expect(world.do(ann, validate(1)).receipt).toMatchObject({ code: 'RULE_MISSING', detail: { product_id: 'component.control_chip' } })
    world.rules = () => [{ kind: 'economy.product_validation', payload: PLAN }]
    expect(world.do(ann, validate(21)).receipt).toMatchObject({ code: 'STACK_LIMIT', detail: { amount: 21, max: 20 } })
    expect(world.do(ann, validate(31)).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'control_chip', required: 31, available: 30 } })
    expect(world.code(ann, validate(0))).toBe('INVALID_AMOUNT')
    expect(world.code(ann, validate(1, 'component.gold'))).toBe('PRODUCT_UNKNOWN')
    expect(world.code(ann, validate(1, '../treasury'))).toBe('BAD_ACTION')
    world.rules = () => [{ kind: 'economy.product_validation', payload: { ...PLAN, material: 'gear' } }]
    expect(world.do(ann, validate(1)).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { reason: 'the plan validates another material' } })
  })
})
