import { expect, it } from 'vitest'
import type { ValueMap } from '../codec/index.ts'
import { oreElement } from '../world/index.ts'
import type { FactoryRecord, IndustryRecord } from '../world/index.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../world/testing/test-world.ts'
import { builtinModules } from './index.ts'
import { RECIPES } from './testing/recipes.ts'
import type { Amounts } from './testing/recipes.ts'

const me = inhabitant('ann')
const amountOf = (amounts: Amounts, material: string): number => amounts[material] ?? 0
/** Room an agent keeps for what its work leaves over. */
const MOST_UNITS_AT_ONCE = 60

interface Asteroid {
  readonly id: string
  readonly position: { readonly x: number; readonly y: number; readonly z: number }
  readonly elements: Amounts
}

const distance = (a: Asteroid, b: Asteroid): number => Math.hypot(a.position.x - b.position.x, a.position.y - b.position.y, a.position.z - b.position.z)

/** An agent that makes whatever it is asked for, from ore, with its own hands and factories. */
class Settler {
  readonly world: TestWorld
  readonly home: Asteroid
  readonly rareEarths: Asteroid
  readonly factories: Record<string, string> = {}

  constructor(world: TestWorld) {
    this.world = world
    const all = world.kernel.view().asteroids.ids.map((id) => ({ id, ...(world.read(id) as Omit<Asteroid, 'id'>) }))
    const has = (symbols: readonly string[], least: number): Asteroid[] => all.filter(({ elements }) => symbols.every((symbol) => amountOf(elements, symbol) >= least))
    const rich = has(['Fe', 'Cu', 'C', 'Si'], 1_000)
    const sources = has(['Nd'], 10)
    const start = all.find(({ id }) => id === this.agent.location)!
    const pairs = rich.flatMap((home) => sources.map((rareEarths) => ({ home, rareEarths, way: distance(start, home) + distance(home, rareEarths) })))
    const nearest = pairs.sort((a, b) => a.way - b.way)[0]!
    this.home = nearest.home
    this.rareEarths = nearest.rareEarths
  }

  get agent(): ReturnType<TestWorld['agent']> {
    return this.world.agent(me.id)
  }

  /** Does it, and waits until the agent is free again. */
  must(action: ValueMap): void {
    const signed = unsignedAction(this.world.unsigned(me.id, action))
    const { receipts } = this.world.block([signed], new Map([[signed.action_id, true]]))
    const { code, detail } = receipts[0]!
    if (code !== null) throw new Error(`${JSON.stringify(action)}: ${code} ${JSON.stringify(detail)}`)
    const until = this.agent.task?.until_height ?? this.agent.motion?.arrive_height
    if (until !== undefined) this.world.advanceTo(until)
  }

  charge(electricity: number): void {
    while (this.agent.electricity < electricity) this.must({ kind: 'harvest_radiation', blocks: 20 })
  }

  move(to: Asteroid): void {
    if (this.agent.location === to.id) return
    this.charge(195)
    this.must({ kind: 'move_agent', to: to.id })
  }

  /** Until the cargo holds all of it: making one may use up another. */
  obtain(wanted: Amounts): void {
    const lacking = (): readonly [string, number] | undefined => Object.entries(wanted).find(([material, amount]) => amountOf(this.agent.materials, material) < amount)
    for (let next = lacking(); next !== undefined; next = lacking()) {
      const [material, amount] = next
      const missing = amount - amountOf(this.agent.materials, material)
      if (oreElement(material) === null) this.make(material, missing)
      else this.mine(material, missing)
    }
  }

  mine(material: string, missing: number): void {
    this.move(material === 'rare_earth_raw' ? this.rareEarths : this.home)
    this.charge(20)
    this.must({ kind: 'mine_compound', material, amount: missing })
  }

  make(material: string, missing: number): void {
    const [id, batch] = Object.entries(RECIPES).find(([, { produce, extract }]) => produce[material] !== undefined && extract === undefined)!
    const inputs = Object.values(batch.consume!).reduce((sum, amount) => sum + amount, 0)
    const batches = Math.min(Math.ceil(missing / batch.produce[material]!), Math.max(1, Math.floor(MOST_UNITS_AT_ONCE / inputs)), 10)
    this.obtain(Object.fromEntries(Object.entries(batch.consume!).map(([input, amount]) => [input, amount * batches])))
    this.move(this.home)
    this.charge(Math.min(195, batch.power * batches))
    if (batch.factory === null) this.must({ kind: 'refine_compound', recipe_id: id, batches })
    else this.fetch(this.run(batch.factory, id, batches))
    for (const residue of Object.keys(batch.byproducts ?? {})) this.discard(residue)
  }

  run(kind: string, recipe_id: string, batches: number): string {
    const factory_id = this.factories[kind]!
    this.must({ kind: 'schedule_recipe', factory_id, recipe_id, batches })
    this.world.advanceTo(this.world.kernel.height() + RECIPES[recipe_id]!.blocks * batches)
    return factory_id
  }

  fetch(factory: string): void {
    for (const [material, amount] of Object.entries((this.world.read(factory) as FactoryRecord).materials)) {
      this.must({ kind: 'transfer_material', from: factory, to: me.id, material, amount, priority: 'standard' })
    }
  }

  discard(material: string): void {
    const amount = amountOf(this.agent.materials, material)
    if (amount > 0) this.must({ kind: 'discard_material', from: me.id, material, amount })
  }

  found(kind: string, cost: Amounts): void {
    this.obtain(cost)
    this.move(this.home)
    this.charge(20)
    const before = new Set(this.world.kernel.view().factories.ids)
    this.must({ kind: 'build_factory', factory_kind: `factory.${kind}.mk1` })
    this.world.advanceTo(this.world.kernel.height() + 12)
    this.factories[kind] = this.world.kernel.view().factories.ids.find((id) => !before.has(id))!
  }

  certify(productId: string): void {
    const material = productId.split('.')[1]!
    this.obtain({ [material]: 1 })
    this.must({ kind: 'validate_product', product_id: productId, amount: 1 })
  }
}

it('one agent gets from an empty stock to a factory core, with its own hands and factories', async () => {
  const world = new TestWorld(testGenesis({ modules: await builtinModules(['m1', 'm4']) }))
  const settler = new Settler(world)
  const industry = (): IndustryRecord => world.read('industry') as IndustryRecord
  expect(settler.agent.materials).toEqual({})

  settler.move(settler.home)
  settler.found('smelter', { structural_frame: 12, heat_coil: 4, refractory_brick: 6 })
  expect(world.kernel.height()).toBeLessThan(300)
  settler.certify('material.iron_ingot')
  expect(industry().stage).toBe('bootstrap')
  settler.found('assembler', { structural_frame: 8, iron_ingot: 10, copper_wire: 8 })
  settler.found('miner', { structural_frame: 8, circuit_board: 2, servo_motor: 2 })
  settler.certify('finished.logistics_drone')
  settler.certify('infrastructure.factory_core')
  expect(industry()).toMatchObject({ stage: 'governance', factories_built: 3 })
  expect(amountOf(settler.agent.materials, 'factory_core')).toBe(1)
  expect(world.kernel.height()).toBeLessThan(1_500)
  for (const factory of Object.values(settler.factories)) expect((world.read(factory) as FactoryRecord).durability_ppm).toBeGreaterThan(900_000)

  // The miner digs on its own, and what it dug is sent after the agent.
  const ore = (): number => amountOf((world.read(settler.home.id) as Asteroid).elements, 'Fe')
  const before = ore()
  settler.charge(12)
  const miner = settler.run('miner', 'miner.iron_ore', 3)
  expect(ore()).toBe(before - 30)
  settler.move(settler.rareEarths)
  for (const material of Object.keys(settler.agent.materials)) settler.discard(material)
  settler.charge(50)
  const { electricity } = settler.agent
  settler.must({ kind: 'transfer_material', from: miner, to: me.id, material: 'iron_ore', amount: 30, priority: 'urgent' })
  const km = distance(settler.home, settler.rareEarths) / 100_000
  // Two loads, at twice the price, for each begun 10 km.
  expect(electricity - settler.agent.electricity).toBe(4 * Math.ceil(km / 10))
  world.advanceTo(world.kernel.height() + 1 + Math.ceil(km / 8))
  // Of what is lost most, 0.2 % a kilometre.
  expect(settler.agent.materials).toEqual({ iron_ore: 30 - Math.ceil((30 * Math.ceil(km * 20)) / 10_000) })
  expect(industry().completed_transits).toBe(1)
})
