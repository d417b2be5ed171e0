import { describe, expect, it } from 'vitest'
import { ann, bob, recipePlan, Workshop } from './testing/workshop.ts'
import type { RecipeInit } from './testing/workshop.ts'

const recipe = (factory_id: string, batches = 1) => ({ kind: 'schedule_recipe', factory_id, recipe_id: 'smelter.iron_ingot', batches })
const SMELT: RecipeInit = { consume: { iron_ore: 4, carbon_fuel: 1 }, produce: { iron_ingot: 3 }, byproducts: { slag: 1 }, power_required: 8, duration_blocks: 4 }

function smelter(plan: RecipeInit = SMELT, spec: Parameters<Workshop['build']>[1] = {}): { world: Workshop; id: string } {
  const world = new Workshop()
  const id = world.build(ann, spec)
  world.stock(ann, { iron_ore: 12, carbon_fuel: 3 })
  world.rules = () => [recipePlan(plan)]
  return { world, id }
}

describe('schedule_recipe', () => {
  it('takes inputs and power from the requester at once and gives the factory its results at the end', () => {
    const { world, id } = smelter()
    const { electricity } = world.agent(ann.id)
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return [recipePlan(SMELT)]
    }
    const { receipt, events } = world.must(ann, recipe(id, 2))
    const since = world.kernel.height()
    expect(facts).toEqual({
      factory_id: id, recipe_id: 'smelter.iron_ingot', batches: 2, factory_kind: 'factory.test.mk1', factory_tags: ['test'], factory_tier: 1, slots_free: 2, durability_ppm: 1_000_000,
      asteroid: world.site, materials: { iron_ore: 12, carbon_fuel: 3 }, elements: world.asteroid().elements, electricity, industry_stage: 'bootstrap',
    })
    expect(receipt.fees).toEqual({ electricity: 8, data: 0 })
    const job = events[0]!.payload['job'] as string
    expect(world.read(job)).toEqual({
      factory: id, requester: ann.id, recipe_id: 'smelter.iron_ingot', batches: 1, consume: { iron_ore: 4, carbon_fuel: 1 }, extract: {}, produce: { iron_ingot: 3 }, byproducts: { slag: 1 },
      started_height: since, until_height: since + 4,
    })
    expect(world.agent(ann.id)).toMatchObject({ materials: { iron_ore: 8, carbon_fuel: 2 }, electricity: electricity - 8, task: null })
    expect(world.factory(id)).toMatchObject({ jobs: [job], reserved: 4, materials: {} })
    expect(world.pass(4)).toMatchObject([{ kind: 'recipe.completed', caused_by: `schedule:${events[0]!.id}`, payload: { job, factory: id, requester: ann.id, produce: { iron_ingot: 3 }, byproducts: { slag: 1 } } }])
    expect(world.read(job)).toBeNull()
    expect(world.factory(id)).toMatchObject({ jobs: [], reserved: 0, materials: { iron_ingot: 3, slag: 1 } })
    expect(world.read('industry')).toMatchObject({ completed_recipe_jobs: 1 })
  })

  it('digs ore out of the asteroid of the factory, and no more than there is', () => {
    const { world, id } = smelter({ extract: { copper_ore: 12 }, produce: { copper_ore: 12 } })
    const copper = world.asteroid().elements['Cu']!
    world.must(ann, recipe(id))
    expect(world.asteroid().elements['Cu']).toBe(copper - 12)
    world.pass(2)
    expect(world.factory(id).materials).toEqual({ copper_ore: 12 })
    world.rules = () => [recipePlan({ extract: { copper_ore: copper - 11 }, produce: { copper_ore: 1 } })]
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'ASTEROID_DEPLETED', detail: { material: 'copper_ore', remaining: copper - 12 } })
    world.rules = () => [recipePlan({ extract: { rare_earth_raw: 1 }, produce: { rare_earth_raw: 1 } })]
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'ASTEROID_DEPLETED', detail: { remaining: 0 } })
    world.rules = () => [recipePlan({ extract: { copper_ore: 1 }, produce: { copper_ore: 2 } })]
    expect(world.do(ann, recipe(id)).receipt.code).toBe('RULE_FAILED')
  })

  it('runs as many jobs at a time as there are slots', () => {
    const { world, id } = smelter()
    world.must(ann, recipe(id))
    world.must(ann, recipe(id))
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'FACTORY_BUSY', detail: { jobs: 2 } })
    world.pass(3)
    world.must(ann, recipe(id))
  })

  it('counts what running jobs will deliver as stored', () => {
    const { world, id } = smelter(SMELT, { spec: { storage_capacity: 7 } })
    world.must(ann, recipe(id))
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'FACTORY_STORAGE_FULL', detail: { used: 8, capacity: 7 } })
    world.pass(4)
    expect(world.code(ann, recipe(id))).toBe('FACTORY_STORAGE_FULL')
    world.must(ann, { kind: 'transfer_material', from: id, to: ann.id, material: 'iron_ingot', amount: 1, priority: 'standard' })
    world.must(ann, recipe(id))
  })

  it('wears the factory by every running job until it needs maintenance', () => {
    const { world, id } = smelter({ ...SMELT, duration_blocks: 10 }, { spec: { wear_ppm_per_block: 60_000 } })
    world.pass(50)
    world.must(ann, recipe(id))
    world.pass(4)
    world.must(ann, recipe(id)) // five blocks of one job so far
    expect(world.factory(id)).toMatchObject({ durability_ppm: 700_000, durability_height: world.kernel.height() })
    expect(world.pass(5)).toMatchObject([{ kind: 'recipe.completed', payload: { durability_ppm: 100_000 } }]) // five of two
    expect(world.pass(5)).toMatchObject([{ kind: 'recipe.completed', payload: { durability_ppm: 0 } }])
    expect(world.do(ann, recipe(id)).receipt.code).toBe('FACTORY_WORN_OUT')
    world.stock(ann, { hardware_part: 2 })
    world.must(ann, { kind: 'maintain_factory', factory_id: id, parts: 2 })
    world.must(ann, recipe(id))
  })

  it('opens the stages of industry', () => {
    const { world, id } = smelter({ extract: { iron_ore: 1 }, produce: { slag: 1 }, duration_blocks: 1 })
    const stages: string[] = []
    for (let job = 1; job <= 13; job++) {
      world.must(ann, recipe(id))
      const [done, changed] = world.pass(1)
      expect(done).toMatchObject({ kind: 'recipe.completed' })
      if (changed !== undefined) stages.push(`${job} ${changed.kind} ${changed.payload['to'] as string}`)
    }
    expect(stages).toEqual(['3 industry.stage_changed scale_out', '12 industry.stage_changed governance'])
    expect(world.read('industry')).toEqual({ stage: 'governance', completed_recipe_jobs: 13, completed_transits: 0, factories_built: 1 })
  })

  it('is for the owner and the owner\'s allies, at the factory, with free hands', () => {
    const { world, id } = smelter()
    expect(world.code(ann, recipe('factory/0000000000000000'))).toBe('FACTORY_NOT_FOUND')
    expect(world.do(bob, recipe(id)).receipt).toMatchObject({ code: 'FACTORY_ACCESS_DENIED', detail: { owner: ann.id } })
    world.move(ann, world.elsewhere)
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'FACTORY_ELSEWHERE', detail: { asteroid: world.site } })
    world.must(ann, { kind: 'move_agent', to: world.site })
    expect(world.code(ann, recipe(id))).toBe('ALREADY_MOVING')
  })

  it('needs inputs, power, batches and a plan that makes nothing from nothing', () => {
    const { world, id } = smelter()
    expect(world.code(ann, recipe(id, 0))).toBe('INVALID_AMOUNT')
    expect(world.do(ann, recipe(id, 51)).receipt).toMatchObject({ code: 'INVALID_AMOUNT', detail: { max: 50 } })
    world.rules = () => []
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'RULE_MISSING', detail: { recipe_id: 'smelter.iron_ingot' } })
    world.rules = () => [recipePlan({ consume: { iron_ore: 4, rare_earth_raw: 1 }, produce: { iron_ingot: 1 } })]
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'rare_earth_raw', required: 1, available: 0 } })
    world.rules = () => [recipePlan({ produce: { iron_ingot: 1 } })]
    expect(world.do(ann, recipe(id)).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { reason: 'the plan makes something from nothing' } })
    world.rules = () => [recipePlan({ ...SMELT, power_required: 100_000 })]
    world.must(ann, recipe(id))
    expect(world.code(ann, recipe(id))).toBe('INSUFFICIENT_ELECTRICITY')
  })
})
