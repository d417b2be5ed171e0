import { beforeAll, describe, expect, it } from 'vitest'
import type { Value } from '../codec/index.ts'
import { DEFAULT_PARAMS, MATERIAL_KINDS } from '../world/index.ts'
import { builtinModules } from './index.ts'
import type { BuiltinModule } from './index.ts'
import { decision, inputFor, judge, run } from './testing/judge.ts'
import type { Judged } from './testing/judge.ts'
import { RECIPES } from './testing/recipes.ts'
import type { Amounts, Stage } from './testing/recipes.ts'

const STAGES: readonly Stage[] = ['bootstrap', 'scale_out', 'governance']
const SAFE = Number.MAX_SAFE_INTEGER

const times = (amounts: Amounts | undefined, count: number): Amounts => Object.fromEntries(Object.entries(amounts ?? {}).map(([material, amount]) => [material, amount * count]))
const unitsOf = (amounts: Amounts | undefined): number => Object.values(amounts ?? {}).reduce((sum, amount) => sum + amount, 0)

interface Situation {
  readonly batches?: number
  readonly materials?: Amounts
  readonly elements?: Amounts
  readonly electricity?: number
  readonly industry_stage?: string
  readonly factory_tags?: readonly string[]
}

/** A request with plenty of everything, in the facts of the action that serves the recipe. */
function request(id: string, change: Situation = {}): Judged {
  const batch = RECIPES[id]!
  const facts = {
    asteroid: 'asteroid/0002', recipe_id: id, batches: 5, materials: times(batch.consume, 100), electricity: 100_000, industry_stage: 'governance',
    ...(batch.factory === null
      ? { cargo_used: 0, cargo_slots: 1 }
      : {
          factory_id: `factory/${'1'.repeat(16)}`, factory_kind: `factory.${batch.factory}.mk1`, factory_tags: ['mk1', batch.factory], factory_tier: 1, slots_free: 1,
          durability_ppm: 900_000, elements: { C: 1_000, Cu: 1_000, Fe: 1_000, Nd: 1_000, Si: 1_000 },
        }),
    ...change,
  }
  const { batches } = facts
  return {
    action: batch.factory === null ? { kind: 'refine_compound', recipe_id: id, batches } : { kind: 'schedule_recipe', factory_id: `factory/${'1'.repeat(16)}`, recipe_id: id, batches },
    facts,
  }
}

function planOf(id: string, count: number): Value {
  const { consume, extract, produce, byproducts, power, blocks } = RECIPES[id]!
  return {
    accepted_batches: count, consume: times(consume, count), extract: times(extract, count), produce: times(produce, count), byproducts: times(byproducts, count),
    power_required: power * count, duration_blocks: blocks * count,
  }
}

const modules: Record<string, BuiltinModule> = {}
beforeAll(async () => {
  for (const module of await builtinModules(['m4'])) modules[module.manifest.module_id] = module
})

const moduleOf = (id: string): BuiltinModule => modules[`m4.recipe.${id}`]!
const answer = (id: string, change: Situation = {}): Readonly<Record<string, Value>> => judge(moduleOf(id), request(id, change))
const planned = (count: number, id: string): Readonly<Record<string, Value>> => ({ 'economy.recipe_execution_plan': planOf(id, count) })
const denied = (...notes: readonly string[]): Readonly<Record<string, Value>> => ({ 'rule.decision': decision('deny', { notes: [...notes] }) })

it('there is a module for every recipe, asked about that one alone', () => {
  const ids = Object.keys(modules).filter((id) => id.startsWith('m4.recipe.'))
  expect(ids.sort()).toEqual(Object.keys(RECIPES).map((id) => `m4.recipe.${id}`).sort())
  for (const [id, { factory }] of Object.entries(RECIPES)) {
    expect(moduleOf(id).manifest.subscriptions).toEqual({
      action_kinds: [factory === null ? 'refine_compound' : 'schedule_recipe'], event_kinds: [], stage: 'pre_action', filters: { all: [{ path: '/action/recipe_id', eq: id }] },
    })
  }
})

it('every material but what is dug by hand has a recipe, and every recipe names only materials there are', () => {
  const made = new Set(Object.values(RECIPES).flatMap(({ produce, byproducts }) => [...Object.keys(produce), ...Object.keys(byproducts ?? {})]))
  expect([...made].sort()).toEqual([...MATERIAL_KINDS.keys()].sort())
  for (const { consume } of Object.values(RECIPES)) for (const material of Object.keys(consume ?? {})) expect(MATERIAL_KINDS.has(material), material).toBe(true)
})

describe.each(Object.entries(RECIPES))('%s', (id, { consume = {}, extract, element, produce, byproducts, power, factory, stage = 'bootstrap' }) => {
  it.each([1, 5, 20])('plans %i batches as the table says', (batches) => {
    expect(answer(id, { batches })).toEqual(planned(batches, id))
  })

  it('is within what the kernel lets a recipe make of what goes in', () => {
    const into = unitsOf(consume) + unitsOf(extract)
    expect(unitsOf(produce) + unitsOf(byproducts)).toBeLessThanOrEqual(DEFAULT_PARAMS.industry.max_yield_ratio * into)
    expect(into).toBeLessThanOrEqual(DEFAULT_PARAMS.industry.cargo_capacity)
  })

  it('takes on as many batches as each material lasts for', () => {
    for (const [material, amount] of Object.entries(consume)) {
      expect(answer(id, { materials: { ...times(consume, 100), [material]: 3 * amount - 1 } })).toEqual(planned(2, id))
      for (const left of [amount - 1, 0]) {
        expect(answer(id, { materials: { ...times(consume, 100), [material]: left } })).toEqual(denied('INSUFFICIENT_MATERIAL', material))
      }
    }
    if (Object.keys(consume).length > 0) expect(answer(id, { materials: {} })['rule.decision']).toMatchObject({ verdict: 'deny' })
  })

  it('takes on as many batches as the electricity lasts for', () => {
    expect(answer(id, { electricity: 3 * power - 1 })).toEqual(planned(2, id))
    expect(answer(id, { electricity: power })).toEqual(planned(1, id))
    expect(answer(id, { electricity: power - 1 })).toEqual(denied('INSUFFICIENT_ELECTRICITY'))
  })

  it('waits for its stage of industry', () => {
    for (const now of STAGES) {
      const open = STAGES.indexOf(now) >= STAGES.indexOf(stage)
      expect(answer(id, { industry_stage: now }), now).toEqual(open ? planned(5, id) : denied('STAGE_LOCKED'))
    }
    expect(run(moduleOf(id), inputFor(moduleOf(id), request(id, { industry_stage: 'utopia' }))).failure?.code).toBe('TRAP')
  })

  it.each([0, -1, 1_000_001, SAFE, -SAFE])('denies %i batches', (batches) => {
    expect(answer(id, { batches })).toEqual(denied('INVALID_AMOUNT'))
  })

  it('counts without overflow', () => {
    const plenty = { batches: 1_000_000, materials: Object.fromEntries(Object.keys(consume).map((material) => [material, SAFE])), electricity: SAFE }
    expect(answer(id, factory === null ? plenty : { ...plenty, elements: { C: SAFE, Cu: SAFE, Fe: SAFE, Nd: SAFE, Si: SAFE } })).toEqual(planned(1_000_000, id))
  })

  it('traps when asked about another recipe or action', () => {
    const { action, facts } = request(id)
    const others = [
      { action, facts: { ...facts, recipe_id: 'smelter.gold' } },
      { action: { ...action, kind: factory === null ? 'schedule_recipe' : 'refine_compound' }, facts },
      { action, facts: {} },
    ]
    for (const other of others) expect(run(moduleOf(id), inputFor(moduleOf(id), other)).failure?.code).toBe('TRAP')
  })

  if (factory !== null) {
    it('runs in its kind of factory alone', () => {
      for (const tags of [[], ['mk1'], ['miner', 'smelter', 'assembler'].filter((tag) => tag !== factory), [`${factory}s`]]) {
        expect(answer(id, { factory_tags: tags })).toEqual(denied('FACTORY_UNSUITED'))
      }
    })
  }

  if (element !== undefined) {
    it('takes no more out of the asteroid than there is', () => {
      expect(answer(id, { elements: { [element]: 29, O: 500 } })).toEqual(planned(2, id))
      expect(answer(id, { elements: { [element]: 9 } })).toEqual(denied('ASTEROID_DEPLETED'))
      expect(answer(id, { elements: {} })).toEqual(denied('ASTEROID_DEPLETED'))
    })
  }
})
