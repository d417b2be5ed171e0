import { describe, expect, it } from 'vitest'
import { ann, bob, buildPlan, SPEC, Workshop } from './testing/workshop.ts'

const build = { kind: 'build_factory', factory_kind: 'factory.smelter.mk1' }

describe('build_factory', () => {
  it('takes its materials and power at once, builds itself, and then stands there for all to see', () => {
    const world = new Workshop()
    world.stock(ann, { structural_frame: 12, heat_coil: 4 })
    const { electricity } = world.agent(ann.id)
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return [buildPlan({ consume: { structural_frame: 10, heat_coil: 4 }, power_required: 6, duration_blocks: 5 })]
    }
    const { events } = world.must(ann, build)
    const since = world.kernel.height()
    expect(facts).toEqual({
      asteroid: world.site, factory_kind: 'factory.smelter.mk1', materials: { structural_frame: 12, heat_coil: 4 }, electricity, factories_owned: 0, factories_here: 0, industry_stage: 'bootstrap',
    })
    const id = events[0]!.payload['factory'] as string
    expect(id).toMatch(/^factory\/[0-9a-f]{16}$/)
    expect(world.agent(ann.id)).toMatchObject({ materials: { structural_frame: 2 }, electricity: electricity - 6, task: null })
    const record = {
      owner: ann.id, factory_kind: 'factory.smelter.mk1', asteroid: world.site, spec: SPEC, build_cost: { structural_frame: 10, heat_coil: 4 },
      started_height: since, ready_height: since + 5, ready: false, durability_ppm: 1_000_000, durability_height: since, jobs: [], materials: {}, reserved: 0,
    }
    expect(world.factory(id)).toEqual(record)
    expect(world.read(`factories_of/${ann.id.slice(6)}`)).toEqual([id])
    expect(world.read(`factories_at/${world.site.slice(9)}`)).toEqual([id])
    expect(world.pass(5)).toMatchObject([{ kind: 'factory.built', caused_by: `schedule:${events[0]!.id}`, payload: { factory: id, owner: ann.id } }])
    expect(world.factory(id)).toEqual({ ...record, ready: true })
    expect(world.read('industry')).toEqual({ stage: 'bootstrap', completed_recipe_jobs: 0, completed_transits: 0, factories_built: 1 })
  })

  it('cannot be used before it is ready', () => {
    const world = new Workshop()
    world.stock(ann, { structural_frame: 10 })
    world.rules = () => [buildPlan({ duration_blocks: 5 })]
    const id = world.must(ann, build).events[0]!.payload['factory'] as string
    const ready_height = world.kernel.height() + 5
    for (const action of [
      { kind: 'schedule_recipe', factory_id: id, recipe_id: 'r', batches: 1 }, { kind: 'maintain_factory', factory_id: id, parts: 1 }, { kind: 'recycle_factory', factory_id: id },
      { kind: 'discard_material', from: id, material: 'slag', amount: 1 },
    ]) expect(world.do(ann, action).receipt).toMatchObject({ code: 'FACTORY_NOT_READY', detail: { ready_height } })
  })

  it('is limited for every agent and every asteroid', () => {
    const world = new Workshop({ factories_per_agent: 2, factories_per_asteroid: 3 })
    world.build(ann)
    world.build(ann)
    world.rules = () => [buildPlan()]
    expect(world.do(ann, build).receipt).toMatchObject({ code: 'FACTORY_LIMIT', detail: { factories: 2, max: 2 } })
    world.build(bob)
    world.rules = () => [buildPlan()]
    expect(world.do(bob, build).receipt).toMatchObject({ code: 'SITE_FULL', detail: { factories: 3, max: 3 } })
    world.move(bob, world.elsewhere)
    world.build(bob)
  })

  it('needs materials, power, free hands and a plan', () => {
    const world = new Workshop()
    world.stock(ann, { structural_frame: 9 })
    expect(world.do(ann, build).receipt).toMatchObject({ code: 'RULE_MISSING', detail: { factory_kind: 'factory.smelter.mk1' } })
    world.rules = () => [buildPlan()]
    expect(world.do(ann, build).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'structural_frame', required: 10, available: 9 } })
    world.rules = () => [buildPlan({ consume: { structural_frame: 1 }, power_required: 100_000 })]
    world.must(ann, build)
    expect(world.code(ann, build)).toBe('INSUFFICIENT_ELECTRICITY')
    world.must(ann, { kind: 'move_agent', to: world.elsewhere })
    expect(world.code(ann, build)).toBe('ALREADY_MOVING')
  })

  it.each([
    ['builds from nothing', { consume: {} }],
    ['builds from nothing', { consume: { structural_frame: 0 } }],
    ['does not exist: gold', { consume: { gold: 1 } }],
    ['takes too long', { consume: { structural_frame: 1 }, duration_blocks: 1_001 }],
    ['takes too much power', { consume: { structural_frame: 1 }, power_required: 100_001 }],
  ])('refuses a plan that %s', (reason, change) => {
    const world = new Workshop()
    world.stock(ann, { structural_frame: 10 })
    world.rules = () => [buildPlan(change)]
    const { receipt } = world.do(ann, build)
    expect(receipt.code).toBe('RULE_FAILED')
    expect(receipt.detail['reason']).toContain(reason)
  })

  it.each([{ recipe_slots: 0 }, { recipe_slots: 17 }, { storage_capacity: 1_000_001 }, { tier: 6 }, { display_name: 'a\u202eb' }, { wear_ppm_per_block: -1 }])('takes a factory of %o as a failure of the module', (spec) => {
    const world = new Workshop()
    world.stock(ann, { structural_frame: 10 })
    world.rules = () => [buildPlan({ spec })]
    expect(world.do(ann, build).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { failure: 'INVALID_OUTPUT' } })
  })
})
