import { describe, expect, it } from 'vitest'
import { durabilityAt } from './durability.ts'
import { ann, bob, cargoLimit, recipePlan, Workshop } from './testing/workshop.ts'

const maintain = (factory_id: string, parts: number) => ({ kind: 'maintain_factory', factory_id, parts })
const recycle = (factory_id: string) => ({ kind: 'recycle_factory', factory_id })

/** A factory of ann's that has worn down to `durability` in ten blocks. */
function worn(durability: number, change: Parameters<Workshop['build']>[1] = {}, world = new Workshop()): { world: Workshop; id: string } {
  const id = world.build(ann, { ...change, spec: { wear_ppm_per_block: (1_000_000 - durability) / 10 } })
  const { rules } = world
  world.rules = () => [recipePlan({ extract: { iron_ore: 5 }, produce: { slag: 5 }, duration_blocks: 10 })]
  world.must(ann, { kind: 'schedule_recipe', factory_id: id, recipe_id: 'test', batches: 1 })
  world.pass(10)
  world.rules = rules
  return { world, id }
}

describe('maintain_factory', () => {
  it('restores 25,000 ppm for every part', () => {
    const { world, id } = worn(700_000)
    world.stock(ann, { hardware_part: 5 })
    expect(world.must(ann, maintain(id, 4)).events).toMatchObject([{ kind: 'factory.maintained', payload: { agent: ann.id, factory: id, parts: 4, durability_before_ppm: 700_000, durability_ppm: 800_000 } }])
    expect(world.factory(id)).toMatchObject({ durability_ppm: 800_000, durability_height: world.kernel.height() })
    expect(world.cargo(ann)).toEqual({ hardware_part: 1 })
  })

  it('uses no part that would restore nothing', () => {
    const { world, id } = worn(960_000)
    world.stock(ann, { hardware_part: 5 })
    expect(world.must(ann, maintain(id, 5)).events).toMatchObject([{ payload: { parts: 2, durability_ppm: 1_000_000 } }])
    expect(world.cargo(ann)).toEqual({ hardware_part: 3 })
    expect(world.do(ann, maintain(id, 1)).receipt.code).toBe('FACTORY_INTACT')
  })

  it('needs parts, and access', () => {
    const { world, id } = worn(500_000)
    expect(world.do(ann, maintain(id, 1)).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'hardware_part', required: 1, available: 0 } })
    expect(world.code(ann, maintain(id, 0))).toBe('INVALID_AMOUNT')
    expect(world.code(bob, maintain(id, 1))).toBe('FACTORY_ACCESS_DENIED')
    expect(world.code(ann, maintain('factory/00000000000000ff', 1))).toBe('FACTORY_NOT_FOUND')
  })
})

describe('recycle_factory', () => {
  it('gives back 70 % of the build cost, as worn as it is, and what is stored', () => {
    const { world, id } = worn(500_000, { consume: { structural_frame: 10, heat_coil: 3, gear: 1 } })
    expect(world.must(ann, recycle(id)).events).toMatchObject([{
      kind: 'factory.recycled',
      payload: {
        agent: ann.id, factory: id, durability_ppm: 500_000, recovered: { structural_frame: 3, heat_coil: 1 }, stored: { slag: 5 },
        returned: { structural_frame: 3, heat_coil: 1, slag: 5 }, lost: {},
      },
    }])
    expect(world.cargo(ann)).toEqual({ structural_frame: 3, heat_coil: 1, slag: 5 })
    for (const key of [id, `factories_of/${ann.id.slice(6)}`, `factories_at/${world.site.slice(9)}`]) expect(world.read(key)).toBeNull()
  })

  it('says what did not fit and is gone: the lowest tiers', () => {
    const { world, id } = worn(500_000, { consume: { structural_frame: 10, heat_coil: 3 } })
    world.rules = () => [cargoLimit(6)]
    expect(world.must(ann, recycle(id)).events).toMatchObject([{ payload: { returned: { structural_frame: 3, heat_coil: 1, slag: 2 }, lost: { slag: 3 } } }])
    expect(world.cargo(ann)).toEqual({ structural_frame: 3, heat_coil: 1, slag: 2 })
  })

  it('leaves other factories of the owner and the place alone', () => {
    const { world, id } = worn(500_000)
    const other = world.build(ann)
    world.must(ann, recycle(id))
    expect(world.read(`factories_of/${ann.id.slice(6)}`)).toEqual([other])
    expect(world.read(`factories_at/${world.site.slice(9)}`)).toEqual([other])
  })

  it('is for the owner alone, at an idle factory', () => {
    const { world, id } = worn(500_000)
    expect(world.do(bob, recycle(id)).receipt).toMatchObject({ code: 'FACTORY_ACCESS_DENIED', detail: { owner: ann.id } })
    expect(world.code(ann, recycle('factory/00000000000000ff'))).toBe('FACTORY_NOT_FOUND')
    world.rules = () => [recipePlan({ extract: { iron_ore: 5 }, produce: { slag: 5 }, duration_blocks: 2 })]
    world.must(ann, { kind: 'schedule_recipe', factory_id: id, recipe_id: 'test', batches: 1 })
    expect(world.do(ann, recycle(id)).receipt).toMatchObject({ code: 'FACTORY_BUSY', detail: { jobs: 1 } })
    world.pass(2)
    world.move(ann, world.elsewhere)
    expect(world.code(ann, recycle(id))).toBe('FACTORY_ELSEWHERE')
  })
})

describe('durability', () => {
  it('is never negative and needs no product beyond the safe integers', () => {
    const spec = { display_name: 'x', tier: 1, tags: [], recipe_slots: 16, wear_ppm_per_block: 1_000_000, storage_capacity: 1 }
    const jobs = Array.from({ length: 16 }, () => 'job/0000000000000000')
    expect(durabilityAt({ durability_ppm: 1_000_000, durability_height: 1, spec, jobs }, Number.MAX_SAFE_INTEGER)).toBe(0)
    expect(durabilityAt({ durability_ppm: 7, durability_height: 1, spec, jobs: [] }, Number.MAX_SAFE_INTEGER)).toBe(7)
  })
})
