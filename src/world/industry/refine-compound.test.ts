import { describe, expect, it } from 'vitest'
import { ann, bob, cargoLimit, recipePlan, transitPlan, Workshop } from './testing/workshop.ts'

const refine = (batches = 1) => ({ kind: 'refine_compound', recipe_id: 'field.hardware_part', batches })

describe('refine_compound', () => {
  it('takes inputs and power at once and gives products and byproducts when the work is done', () => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 10, copper_ore: 3 })
    const { electricity } = world.agent(ann.id)
    const treasury = (world.read('treasury') as { electricity: number }).electricity
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return [recipePlan({ accepted_batches: 2, consume: { iron_ore: 6, copper_ore: 3 }, produce: { hardware_part: 2 }, byproducts: { slag: 1 }, power_required: 9, duration_blocks: 4 })]
    }
    const { receipt, events } = world.must(ann, refine(3))
    expect(facts).toEqual({
      asteroid: world.site, recipe_id: 'field.hardware_part', batches: 3, materials: { iron_ore: 10, copper_ore: 3 }, electricity, cargo_used: 13, cargo_slots: 1, industry_stage: 'bootstrap',
    })
    expect(receipt.fees).toEqual({ electricity: 9, data: 0 })
    expect(events).toMatchObject([{ kind: 'refining.started', payload: { batches: 2, consume: { iron_ore: 6, copper_ore: 3 }, produce: { hardware_part: 2, slag: 1 } } }])
    expect(world.agent(ann.id)).toMatchObject({ materials: { iron_ore: 4 }, electricity: electricity - 9, task: { kind: 'refine', batches: 2 } })
    expect((world.read('treasury') as { electricity: number }).electricity).toBe(treasury + 9)
    expect(world.pass(4)).toMatchObject([{ kind: 'compound.refined', payload: { agent: ann.id, recipe_id: 'field.hardware_part', batches: 2, produce: { hardware_part: 2, slag: 1 } } }])
    expect(world.agent(ann.id)).toMatchObject({ materials: { iron_ore: 4, hardware_part: 2, slag: 1 }, task: null })
  })

  it('claims room for its results, so that nothing is lost when somebody gives the agent something meanwhile', () => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 10 })
    world.stock(bob, { gear: 10 })
    world.rules = ({ kind }) => (kind === 'refine_compound' ? [recipePlan({ consume: { iron_ore: 10 }, produce: { hardware_part: 10 } })] : [transitPlan(1)]).concat(cargoLimit(12))
    world.must(ann, refine())
    const give = (amount: number) => ({ kind: 'transfer_material', from: bob.id, to: ann.id, material: 'gear', amount, priority: 'standard' })
    expect(world.do(bob, give(3)).receipt).toMatchObject({ code: 'CARGO_FULL', detail: { room: 2 } })
    world.pass(3)
    expect(world.cargo(ann)).toEqual({ hardware_part: 10 })
    expect(world.code(bob, give(2))).toBeNull()
  })

  it('is refused when results would not fit, inputs are missing or power is', () => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 10 })
    world.rules = () => [recipePlan({ consume: { iron_ore: 5 }, produce: { hardware_part: 10 } }), cargoLimit(14)]
    expect(world.do(ann, refine()).receipt).toMatchObject({ code: 'CARGO_FULL', detail: { used: 15, capacity: 14 } })
    world.rules = () => [recipePlan({ consume: { iron_ore: 11 }, produce: { hardware_part: 1 } })]
    expect(world.do(ann, refine()).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'iron_ore', required: 11, available: 10 } })
    world.rules = () => [recipePlan({ consume: { iron_ore: 1 }, produce: { hardware_part: 1 }, power_required: 100_000 })]
    world.must(ann, refine())
    world.pass(2)
    expect(world.code(ann, refine())).toBe('INSUFFICIENT_ELECTRICITY')
    expect(world.cargo(ann)).toEqual({ iron_ore: 9, hardware_part: 1 })
  })

  it('needs free hands, a number of batches, and a plan', () => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 10 })
    expect(world.do(ann, refine()).receipt).toMatchObject({ code: 'RULE_MISSING', detail: { recipe_id: 'field.hardware_part' } })
    expect(world.code(ann, refine(0))).toBe('INVALID_AMOUNT')
    expect(world.code(ann, refine(51))).toBe('INVALID_AMOUNT')
    world.rules = () => [recipePlan({ consume: { iron_ore: 1 }, produce: { slag: 1 } })]
    world.must(ann, refine())
    expect(world.code(ann, refine())).toBe('BUSY')
  })

  it.each([
    ['makes something from nothing', { produce: { gear: 1 } }],
    ['makes too much of too little', { consume: { iron_ore: 2 }, produce: { gear: 4 }, byproducts: { slag: 1 } }],
    ['names a material that does not exist: gold', { consume: { iron_ore: 2 }, produce: { gold: 1 } }],
    ['names a material that does not exist: __proto', { consume: { __proto: 2 }, produce: { gear: 1 } }],
    ['makes ore', { consume: { iron_ore: 1, copper_ore: 1 }, produce: { iron_ore: 2 } }],
    ['makes ore', { consume: { iron_ore: 1 }, byproducts: { carbon_fuel: 1 } }],
    ['more batches than were asked for', { accepted_batches: 2, consume: { iron_ore: 2 }, produce: { gear: 1 } }],
    ['takes too long', { consume: { iron_ore: 2 }, produce: { gear: 1 }, duration_blocks: 1_001 }],
    ['takes too much power', { consume: { iron_ore: 2 }, produce: { gear: 1 }, power_required: 100_001 }],
    ['nothing is extracted by hand', { extract: { iron_ore: 2 }, produce: { gear: 1 } }],
    ['extracts what is no ore', { extract: { gear: 2 }, produce: { gear: 1 } }],
  ])('refuses a plan that %s', (reason, plan) => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 10, copper_ore: 10 })
    world.rules = () => [recipePlan(plan)]
    const { receipt } = world.do(ann, refine())
    expect(receipt.code).toBe('RULE_FAILED')
    expect(receipt.detail['reason']).toContain(reason)
    expect(world.cargo(ann)).toEqual({ iron_ore: 10, copper_ore: 10 })
  })

  it.each([
    ['negative amounts', { consume: { iron_ore: -1 } }],
    ['amounts beyond all bounds', { consume: { iron_ore: 1_000_001 } }],
    ['no batch', { accepted_batches: 0, consume: { iron_ore: 1 } }],
    ['no time', { consume: { iron_ore: 1 }, duration_blocks: 0 }],
  ])('takes a plan with %s as a failure of the module', (_what, plan) => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 10 })
    world.rules = () => [recipePlan(plan)]
    expect(world.do(ann, refine()).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { module_id: 't.rules', failure: 'INVALID_OUTPUT' } })
  })

  it('may give ore back that it took', () => {
    const world = new Workshop()
    world.stock(ann, { iron_ore: 4 })
    world.rules = () => [recipePlan({ consume: { iron_ore: 4 }, produce: { gear: 1 }, byproducts: { iron_ore: 3 } })]
    world.must(ann, refine())
    world.pass(2)
    expect(world.cargo(ann)).toEqual({ iron_ore: 3, gear: 1 })
  })
})
