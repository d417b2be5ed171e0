import { FACTORY_PLANS, ORES, RECIPE_OF } from './recipes.ts'
import type { Amounts, FactoryWorkshop, Recipe } from './recipes.ts'

/** A factory the agent may use. */
export interface KnownFactory {
  readonly id: string
  readonly workshop: FactoryWorkshop
  readonly asteroid: string
  readonly slots_free: number
  /** True when the agent's own. */
  readonly own: boolean
  /** Units its ledger has room for besides what running jobs will bring. */
  readonly storage_free: number
  /** What it has ready for taking. */
  readonly materials: Amounts
  /** What its running jobs will bring. */
  readonly coming: Amounts
}

/** What an agent has to work with where it stands. */
export interface Means {
  readonly here: string
  readonly cargo: Amounts
  readonly cargo_free: number
  readonly electricity: number
  readonly factories: readonly KnownFactory[]
  /** Factories under construction, by kind of workshop. */
  readonly building: readonly FactoryWorkshop[]
  /** Tonnes left here by element. */
  readonly elements: Amounts
  /** The nearest place other than this where an element can be mined; null when none is known. */
  readonly nearestWith: (element: string) => string | null
}

export type IndustryAction =
  | { readonly kind: 'move_agent'; readonly to: string }
  | { readonly kind: 'mine_compound'; readonly material: string; readonly amount: number }
  | { readonly kind: 'refine_compound'; readonly recipe_id: string; readonly batches: number }
  | { readonly kind: 'build_factory'; readonly factory_kind: string }
  | { readonly kind: 'schedule_recipe'; readonly factory_id: string; readonly recipe_id: string; readonly batches: number }
  | { readonly kind: 'transfer_material'; readonly from: string; readonly to: string; readonly material: string; readonly amount: number; readonly priority: 'standard' }

/** `done`: the agent has it. `wait`: it is being made. `stuck`: the agent sees no way. */
export type Step = IndustryAction | 'done' | 'wait' | 'stuck'

/** As much as is mined in one action. */
const MINE_AT_ONCE = 40
/** Batches started at once: a slot is held no longer than that. */
const BATCHES_AT_ONCE = 8
/** Storage one batch takes at most, residues and all. */
const ROOM_FOR_RESULTS = 5
/** No chain of recipes is longer. */
const MAX_DEPTH = 12

/**
 * The next step towards having `amount` of `material` in the cargo of `agent`: worked backwards through the recipes, from what is at hand.
 * Pure, and built on nothing but the present: whatever happened in between, the next step fits.
 */
export function obtain(agent: string, material: string, amount: number, means: Means, depth = MAX_DEPTH): Step {
  const missing = amount - (means.cargo[material] ?? 0)
  if (missing <= 0) return 'done'
  if (depth === 0) return 'stuck'
  const ready = means.factories.find(({ materials }) => (materials[material] ?? 0) > 0)
  if (ready !== undefined) return fetchFrom(agent, ready, material, missing, means)
  const element = ORES[material]
  if (element !== undefined) return mine(material, element, missing, means)
  const recipe = RECIPE_OF.get(material)
  if (recipe === undefined) return 'stuck'
  if (means.factories.some(({ coming }) => (coming[material] ?? 0) > 0)) return 'wait'
  return make(agent, recipe, missing, means, depth)
}

/** The next step towards a factory of a kind, here or, once the agent has what it takes, wherever it then is. */
export function raise(agent: string, workshop: FactoryWorkshop, means: Means, depth = MAX_DEPTH): Step {
  if (means.building.includes(workshop)) return 'wait'
  const { factory_kind, consume } = FACTORY_PLANS[workshop]
  const gathered = gather(agent, consume, means, depth)
  return gathered === 'done' ? { kind: 'build_factory', factory_kind } : gathered
}

/** The next step towards having all of `amounts` at once. */
export function gather(agent: string, amounts: Amounts, means: Means, depth = MAX_DEPTH): Step {
  for (const [material, amount] of ordered(amounts)) {
    const step = obtain(agent, material, amount, reserving(means, amounts, material), depth - 1)
    if (step !== 'done') return step
  }
  return 'done'
}

/** Made things first, ores last: ores fill the cargo. */
function ordered(amounts: Amounts): readonly (readonly [string, number])[] {
  const rank = (material: string): number => (material in ORES ? 1 : 0)
  return Object.entries(amounts).toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
}

/** What is put by for the other parts of a whole is not there to be used up on the way to one of them. */
function reserving(means: Means, amounts: Amounts, except: string): Means {
  const cargo: Record<string, number> = { ...means.cargo }
  for (const [material, amount] of Object.entries(amounts)) {
    if (material !== except && cargo[material] !== undefined) cargo[material] = Math.max(0, cargo[material] - amount)
  }
  return { ...means, cargo }
}

function fetchFrom(agent: string, { id, asteroid, materials }: KnownFactory, material: string, missing: number, { here, cargo_free }: Means): Step {
  if (asteroid !== here) return { kind: 'move_agent', to: asteroid }
  const amount = Math.min(missing, materials[material]!, cargo_free)
  return amount < 1 ? 'stuck' : { kind: 'transfer_material', from: id, to: agent, material, amount, priority: 'standard' }
}

function mine(material: string, element: string, missing: number, { here, elements, cargo_free, nearestWith }: Means): Step {
  const amount = Math.min(missing, MINE_AT_ONCE, cargo_free, elements[element] ?? 0)
  if (cargo_free < 1) return 'stuck'
  if (amount >= 1) return { kind: 'mine_compound', material, amount }
  const to = nearestWith(element)
  return to === null || to === here ? 'stuck' : { kind: 'move_agent', to }
}

function make(agent: string, recipe: Recipe, missing: number, means: Means, depth: number): Step {
  const batches = Math.max(1, Math.min(BATCHES_AT_ONCE, Math.ceil(missing / recipe.yields), Math.floor(means.electricity / Math.max(1, recipe.power))))
  const inputs = Object.fromEntries(Object.entries(recipe.consume).map(([material, each]) => [material, each * batches]))
  if (recipe.at === 'hand') {
    const gathered = gather(agent, inputs, means, depth)
    return gathered === 'done' ? { kind: 'refine_compound', recipe_id: recipe.recipe_id, batches } : gathered
  }
  const able = means.factories.filter(({ workshop }) => workshop === recipe.at)
  if (able.length === 0) return raise(agent, recipe.at, means, depth - 1)
  const open = able.filter(({ slots_free, storage_free }) => slots_free > 0 && storage_free >= ROOM_FOR_RESULTS * batches)
  const factory = open.find(({ asteroid }) => asteroid === means.here) ?? open[0]
  if (factory === undefined) return 'wait'
  const gathered = gather(agent, inputs, means, depth)
  if (gathered !== 'done') return gathered
  if (factory.asteroid !== means.here) return { kind: 'move_agent', to: factory.asteroid }
  return { kind: 'schedule_recipe', factory_id: factory.id, recipe_id: recipe.recipe_id, batches }
}
