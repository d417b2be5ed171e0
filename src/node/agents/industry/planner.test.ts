import { describe, expect, it } from 'vitest'
import { obtain, raise } from './planner.ts'
import type { IndustryAction, KnownFactory, Means, Step } from './planner.ts'
import { FACTORY_PLANS, RECIPES } from './recipes.ts'
import type { Amounts, FactoryWorkshop } from './recipes.ts'

const AGENT = `agent/${'0a'.repeat(16)}`
const CARGO = 120
/** One place has iron alone, one rare earths alone, one everything else. */
const PLACES: Readonly<Record<string, Amounts>> = { 'asteroid/0001': { Fe: 1_000 }, 'asteroid/0003': { Nd: 1_000 }, 'asteroid/0002': { Fe: 1_000, C: 1_000, Si: 1_000, Cu: 1_000 } }

/** A world that does at once what the agent wants, if it can be done at all. */
class Toy {
  here = 'asteroid/0001'
  electricity = 1_000_000
  readonly cargo: Record<string, number> = {}
  readonly factories: { id: string; workshop: FactoryWorkshop; asteroid: string; materials: Record<string, number> }[] = []
  readonly done: IndustryAction[] = []

  means(): Means {
    return {
      here: this.here, cargo: this.cargo, cargo_free: CARGO - sum(this.cargo), electricity: this.electricity, building: [],
      factories: this.factories.map((factory): KnownFactory => ({ ...factory, own: true, storage_free: 400, slots_free: 1, coming: {} })),
      elements: PLACES[this.here]!,
      nearestWith: (element) => Object.keys(PLACES).findLast((id) => id !== this.here && (PLACES[id]![element] ?? 0) > 0) ?? null,
    }
  }

  run(next: (means: Means) => Step, limit: number): Step {
    for (let i = 0; i < limit; i++) {
      const step = next(this.means())
      if (typeof step === 'string') return step
      this.done.push(step)
      this.apply(step)
    }
    throw new Error(`no end after ${limit} steps: ${JSON.stringify(this.done.slice(-5))}`)
  }

  private apply(action: IndustryAction): void {
    switch (action.kind) {
      case 'move_agent':
        expect(action.to).not.toBe(this.here)
        this.here = action.to
        break
      case 'mine_compound':
        this.add(this.cargo, action.material, action.amount)
        break
      case 'build_factory': {
        const [workshop, plan] = Object.entries(FACTORY_PLANS).find(([, { factory_kind }]) => factory_kind === action.factory_kind)!
        for (const [material, amount] of Object.entries(plan.consume)) this.add(this.cargo, material, -amount)
        this.factories.push({ id: `factory/${this.factories.length}`, workshop: workshop as FactoryWorkshop, asteroid: this.here, materials: {} })
        break
      }
      case 'transfer_material': {
        const factory = this.factories.find(({ id }) => id === action.from)!
        expect(factory.asteroid).toBe(this.here)
        this.add(factory.materials, action.material, -action.amount)
        this.add(this.cargo, action.material, action.amount)
        break
      }
      default: {
        const recipe = RECIPES.find(({ recipe_id }) => recipe_id === action.recipe_id)!
        for (const [material, each] of Object.entries(recipe.consume)) this.add(this.cargo, material, -each * action.batches)
        const factory = action.kind === 'schedule_recipe' ? this.factories.find(({ id }) => id === action.factory_id)! : null
        if (factory !== null) expect([factory.asteroid, factory.workshop]).toEqual([this.here, recipe.at])
        this.add(factory === null ? this.cargo : factory.materials, recipe.material, recipe.yields * action.batches)
      }
    }
    expect(sum(this.cargo)).toBeLessThanOrEqual(CARGO)
  }

  private add(ledger: Record<string, number>, material: string, amount: number): void {
    ledger[material] = (ledger[material] ?? 0) + amount
    expect(ledger[material], material).toBeGreaterThanOrEqual(0)
    if (ledger[material] === 0) delete ledger[material]
  }
}

const sum = (amounts: Amounts): number => Object.values(amounts).reduce((total, amount) => total + amount, 0)

describe('the planner', () => {
  it('raises a smelter from nothing in a few steps', () => {
    const toy = new Toy()
    const steps = toy.run((means) => (means.factories.length > 0 ? 'done' : raise(AGENT, 'smelter', means)), 30)
    expect(steps).toBe('done')
    expect(toy.factories.map(({ workshop }) => workshop)).toEqual(['smelter'])
    expect(toy.done.length).toBeLessThan(16)
  })

  it('finds the way from ore to factory core, building what it takes', () => {
    const toy = new Toy()
    expect(toy.run((means) => obtain(AGENT, 'factory_core', 1, means), 300)).toBe('done')
    expect(toy.factories.map(({ workshop }) => workshop).sort()).toEqual(['assembler', 'smelter'])
  })

  for (const { material } of RECIPES) {
    it(`finds a way to ${material}`, () => {
      expect(new Toy().run((means) => obtain(AGENT, material, 2, means), 300)).toBe('done')
    })
  }

  it('takes what lies ready before it makes more', () => {
    const toy = new Toy()
    toy.factories.push({ id: 'factory/9', workshop: 'smelter', asteroid: 'asteroid/0002', materials: { iron_ingot: 5 } })
    toy.run((means) => obtain(AGENT, 'iron_ingot', 5, means), 5)
    expect(toy.done.map(({ kind }) => kind)).toEqual(['move_agent', 'transfer_material'])
  })

  it('waits for what is being made, and says when it sees no way', () => {
    const busy: Means = { ...new Toy().means(), factories: [{ id: 'factory/1', workshop: 'smelter', asteroid: 'asteroid/0001', own: true, storage_free: 400, slots_free: 0, materials: {}, coming: { iron_ingot: 3 } }] }
    expect(obtain(AGENT, 'iron_ingot', 1, busy)).toBe('wait')
    expect(obtain(AGENT, 'copper_wire', 1, busy)).toBe('wait')
    expect(obtain(AGENT, 'rare_earth_raw', 1, { ...new Toy().means(), nearestWith: () => null })).toBe('stuck')
    expect(obtain(AGENT, 'unobtainium', 1, new Toy().means())).toBe('stuck')
    expect(obtain(AGENT, 'iron_ore', 1, { ...new Toy().means(), cargo_free: 0 })).toBe('stuck')
  })
})
