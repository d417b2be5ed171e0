import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import type { WorldEvent } from '../events.ts'
import { createKernel } from '../kernel.ts'
import type { AgentRecord, AsteroidRecord, Materials } from '../state/records.ts'
import type { Kernel } from '../types.ts'
import { addMaterials, amountOf, unitsOf } from './bill.ts'
import { MATERIAL_KINDS, oreElement, ORES } from './materials.ts'
import type { FactoryRecord, JobRecord, TransitRecord } from './records.ts'
import { ann, bob, buildPlan, cargoLimit, executorOf, miningPlan, recipePlan, transitPlan, Workshop } from './testing/workshop.ts'
import type { RecipeInit, Rules } from './testing/workshop.ts'

const people = [ann, bob]

/** By hand and in factories; the last two are no recipes at all. */
const RECIPES: Readonly<Record<string, RecipeInit>> = {
  frames: { consume: { iron_ore: 2 }, produce: { structural_frame: 3 }, byproducts: { slag: 1 }, power_required: 2 },
  parts: { consume: { iron_ore: 1, copper_ore: 1 }, produce: { hardware_part: 2 }, power_required: 1, duration_blocks: 3 },
  dig: { extract: { iron_ore: 5, copper_ore: 2 }, produce: { iron_ore: 5, copper_ore: 2 }, duration_blocks: 4 },
  sort: { consume: { structural_frame: 1, slag: 1 }, produce: { gear: 2 }, byproducts: { slag: 1 } },
  greedy: { consume: { iron_ore: 1 }, produce: { gear: 3 } },
  magic: { produce: { factory_core: 1 } },
}

/** Fixed rules, made to be generous, wasteful and at times wrong. */
const rules: Rules = (action) => {
  const amount = (action['amount'] as number | undefined) ?? 0
  switch (action['kind']) {
    case 'mine_compound': return [miningPlan(Math.max(1, amount - (amount % 3)), 1 + (amount % 2)), cargoLimit(60)]
    case 'refine_compound':
    case 'schedule_recipe': return [recipePlan(RECIPES[action['recipe_id'] as string]!), cargoLimit(60)]
    case 'build_factory': return [buildPlan({ consume: { structural_frame: 4, hardware_part: 1 }, power_required: 3, duration_blocks: 1, spec: { wear_ppm_per_block: 120_000, storage_capacity: 10 } })]
    case 'transfer_material': return [transitPlan(2 + (amount % 4), amount * 700), cargoLimit(60)]
    default: return [cargoLimit(30)]
  }
}

type Step = { readonly who: number; readonly what: string; readonly n: number; readonly pick: number; readonly material: string; readonly recipe: string }
const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(1),
  what: fc.constantFrom('mine', 'mine', 'refine', 'refine', 'build', 'build', 'recipe', 'recipe', 'maintain', 'recycle', 'store', 'fetch', 'ship', 'give', 'discard', 'move', 'wait'),
  n: fc.integer({ min: 1, max: 20 }),
  pick: fc.nat(7),
  material: fc.constantFrom('iron_ore', 'iron_ore', 'copper_ore', 'structural_frame', 'hardware_part', 'gear', 'slag'),
  recipe: fc.constantFrom('frames', 'frames', 'frames', 'parts', 'parts', 'dig', 'sort', 'greedy', 'magic'),
})
const plans = fc.array(step, { minLength: 20, maxLength: 90, size: 'max' })

/** What a step asks for, given how things stand. */
function actionOf(world: Workshop, { who, what, n, pick, material, recipe }: Step): ValueMap {
  const { id } = people[who]!
  const factories = people.flatMap((owner) => (world.read(`factories_of/${owner.id.slice(6)}`) as string[] | null) ?? [])
  const factory = (offset: number): string => factories[(pick + offset) % Math.max(1, factories.length)] ?? 'factory/0000000000000000'
  const move = (from: string, to: string): ValueMap => ({ kind: 'transfer_material', from, to, material, amount: n, priority: 'standard' })
  switch (what) {
    case 'mine': return { kind: 'mine_compound', material: pick < 5 ? 'iron_ore' : material, amount: n }
    case 'refine': return { kind: 'refine_compound', recipe_id: recipe, batches: 1 }
    case 'build': return { kind: 'build_factory', factory_kind: 'factory.test.mk1' }
    case 'recipe': return { kind: 'schedule_recipe', factory_id: factory(0), recipe_id: recipe, batches: 1 }
    case 'maintain': return { kind: 'maintain_factory', factory_id: factory(0), parts: n }
    case 'recycle': return { kind: 'recycle_factory', factory_id: factory(0) }
    case 'store': return move(id, factory(0))
    case 'fetch': return move(factory(0), id)
    case 'ship': return move(factory(0), factory(1))
    case 'give': return move(id, people[1 - who]!.id)
    case 'discard': return { kind: 'discard_material', from: id, material, amount: n }
    case 'move': return { kind: 'move_agent', to: pick < 4 ? world.site : world.elsewhere }
    default: return { kind: 'transfer_resource', to: people[1 - who]!.id, resource: 'data', amount: 1 }
  }
}

/** Both begin with what a first factory takes, and one works elsewhere. */
function play(plan: readonly Step[], after: (kernel: Kernel) => void = () => {}): { world: Workshop; before: Held } {
  const world = new Workshop()
  for (const who of people) world.stock(who, { structural_frame: 8, hardware_part: 4, iron_ore: 10, copper_ore: 4 })
  world.move(bob, world.elsewhere)
  world.rules = rules
  world.played.length = 0
  const before = held(world.kernel)
  for (const one of plan) {
    world.do(people[one.who]!, actionOf(world, one))
    after(world.kernel)
  }
  return { world, before }
}

interface Held {
  readonly materials: Materials
  readonly elements: Readonly<Record<string, number>>
}

const entries = (kernel: Kernel): Map<string, unknown> => {
  const found = new Map<string, unknown>()
  const { agents, asteroids } = kernel.view()
  for (const id of [...agents.ids, ...asteroids.ids]) found.set(id, kernel.query(id).value)
  const take = (key: string): void => {
    for (const id of (kernel.query(key).value as string[] | null) ?? []) found.set(id, kernel.query(id).value)
  }
  for (const id of agents.ids) {
    take(`factories_of/${id.slice(6)}`)
    take(`transits_of/${id.slice(6)}`)
  }
  for (const [id, value] of Array.from(found)) if (id.startsWith('factory/')) for (const job of (value as FactoryRecord).jobs) found.set(job, kernel.query(job).value)
  return found
}

/** All there is of every material, in cargo, stores and transits, and what asteroids still hold. */
function held(kernel: Kernel): Held {
  let materials: Materials = {}
  const elements: Record<string, number> = {}
  for (const [id, value] of entries(kernel)) {
    if (id.startsWith('agent/')) materials = addMaterials(materials, (value as AgentRecord).materials)
    if (id.startsWith('factory/')) materials = addMaterials(materials, (value as FactoryRecord).materials)
    if (id.startsWith('transit/')) materials = addMaterials(materials, { [(value as TransitRecord).material]: (value as TransitRecord).amount })
    if (id.startsWith('asteroid/')) for (const [element, amount] of Object.entries((value as AsteroidRecord).elements)) elements[element] = (elements[element] ?? 0) + amount
  }
  return { materials, elements }
}

function checkRecords(kernel: Kernel): void {
  const all = entries(kernel)
  for (const [id, value] of all) {
    const { materials } = value as { materials?: Materials }
    if (materials !== undefined) expect(Object.values(materials).every((amount) => Number.isSafeInteger(amount) && amount > 0), `${id} ${JSON.stringify(materials)}`).toBe(true)
    if (id.startsWith('asteroid/')) expect(Math.min(...Object.values((value as AsteroidRecord).elements))).toBeGreaterThanOrEqual(0)
    if (!id.startsWith('factory/')) continue
    const factory = value as FactoryRecord
    const jobs = factory.jobs.map((job) => all.get(job) as JobRecord)
    expect(factory.reserved).toBe(jobs.reduce((sum, job) => sum + unitsOf(job.produce) + unitsOf(job.byproducts), 0))
    expect(unitsOf(factory.materials) + factory.reserved).toBeLessThanOrEqual(factory.spec.storage_capacity)
    expect(kernel.query(`factories_at/${factory.asteroid.slice(9)}`).value).toContain(id)
  }
}

/** What one event says it creates (positive) and destroys (negative). */
function balanceOf({ kind, payload }: WorldEvent): readonly (readonly [Materials, 1 | -1])[] {
  const bill = (name: string): Materials => payload[name] as unknown as Materials
  const units = (name: string): number => payload[name] as number
  switch (kind) {
    case 'compound.mined': return [[{ [payload['material'] as string]: units('amount') }, 1]]
    case 'refining.started':
    case 'recipe.started':
    case 'factory.build_started': return [[bill('consume'), -1]]
    case 'compound.refined': return [[bill('produce'), 1]]
    case 'recipe.completed': return [[bill('produce'), 1], [bill('byproducts'), 1]]
    case 'factory.maintained': return [[{ hardware_part: units('parts') }, -1]]
    case 'factory.recycled': return [[bill('recovered'), 1], [bill('lost'), -1]]
    case 'transit.completed': return [[{ [payload['material'] as string]: units('lost') }, -1]]
    case 'material.discarded': return [[{ [payload['material'] as string]: units('amount') }, -1]]
    default: return []
  }
}

/** Ore one event says leaves asteroids. */
function minedBy({ kind, payload }: WorldEvent): Materials {
  const of = (amount: string): Materials => ({ [payload['material'] as string]: payload[amount] as number })
  if (kind === 'mining.started') return of('amount')
  if (kind === 'compound.mined') return Object.fromEntries(Object.entries(of('returned')).map(([material, amount]) => [material, -amount]))
  return kind === 'recipe.started' ? (payload['extract'] as unknown as Materials) : {}
}

describe('whatever agents dig, make, move and take apart', () => {
  it('every unit of every material is accounted for by events, and asteroids lose what was dug', () => {
    fc.assert(fc.property(plans, (plan) => {
      const { world, before } = play(plan, checkRecords)
      const after = held(world.kernel)
      const events = world.played.flatMap(({ result }) => result.events)
      for (const material of MATERIAL_KINDS.keys()) {
        const change = events.flatMap(balanceOf).reduce((sum, [bill, sign]) => sum + sign * amountOf(bill, material), 0)
        expect(amountOf(after.materials, material), material).toBe(amountOf(before.materials, material) + change)
      }
      for (const ore of ORES) {
        const dug = events.reduce((sum, event) => sum + amountOf(minedBy(event), ore), 0)
        const element = oreElement(ore)!
        expect(after.elements[element], element).toBe(before.elements[element]! - dug)
      }
    }), { numRuns: 60 })
  })

  it('replay from genesis and from any snapshot gives the same results at every height', () => {
    fc.assert(fc.property(plans, fc.nat(), (plan, pick) => {
      const world = new Workshop({}, rules)
      const prologue = world.played.length
      const snapshotAt = prologue + (pick % plan.length)
      let snapshot: ReturnType<Kernel['snapshot']> | null = null
      for (const one of plan) {
        if (world.played.length === snapshotAt) snapshot = world.kernel.snapshot()
        world.do(people[one.who]!, actionOf(world, one))
      }
      const replay = (): Kernel => createKernel(world.genesis, { executor: executorOf(rules) })
      const [fromGenesis, restored] = [replay(), replay()]
      restored.restore(snapshot!.manifest, snapshot!.chunks())
      for (const [kernel, start] of [[fromGenesis, 0], [restored, snapshotAt]] as const) {
        for (const { context, actions, verdicts, result } of world.played.slice(start)) {
          expect(kernel.executeBlock(context, actions, verdicts)).toEqual(result)
          kernel.rollback()
          expect(kernel.executeBlock(context, actions, verdicts).state_root).toEqual(result.state_root)
          kernel.commit()
        }
        expect(kernel.stateRoot()).toEqual(world.kernel.stateRoot())
      }
    }), { numRuns: 25 })
  })

  it('the plans reach what they are to test', () => {
    const seen = new Set<string>()
    fc.assert(fc.property(plans, (plan) => {
      for (const { result } of play(plan).world.played) {
        for (const { kind } of result.events) seen.add(kind)
        for (const { code } of result.receipts) if (code !== null) seen.add(code)
      }
    }), { numRuns: 100, seed: 42 })
    for (const kind of [
      'mining.started', 'compound.mined', 'refining.started', 'compound.refined', 'factory.build_started', 'factory.built', 'factory.maintained', 'factory.recycled', 'recipe.started',
      'recipe.completed', 'material.transferred', 'transit.started', 'transit.completed', 'material.discarded', 'industry.stage_changed',
      'RULE_FAILED', 'INSUFFICIENT_MATERIAL', 'CARGO_FULL', 'FACTORY_ELSEWHERE', 'FACTORY_STORAGE_FULL', 'FACTORY_BUSY', 'FACTORY_ACCESS_DENIED', 'BUSY',
    ]) expect(seen, kind).toContain(kind)
  })
})
