import { expect, it } from 'vitest'
import { builtinModules } from '../../artifacts/index.ts'
import type { ValueMap } from '../../codec/index.ts'
import { remainingOre } from './ore.ts'
import type { FactoryRecord } from './records.ts'
import type { AsteroidRecord, Materials } from '../state/records.ts'
import { inhabitant, testGenesis, TestWorld, unsignedAction } from '../testing/test-world.ts'

const ann = inhabitant('ann')
const modules = await builtinModules(['m1', 'm4'])

/** One agent that makes everything itself, where it stands. */
class Maker {
  readonly world = new TestWorld(testGenesis({ modules, params: { start_electricity: 20_000, electricity_capacity: 20_000, treasury_electricity: 10_000_000 } }))
  private readonly factories = new Map<string, string>()

  /** Goes where an asteroid has enough of all these. */
  goWhere(ores: readonly string[]): void {
    const hasAll = (id: string): boolean => ores.every((ore) => remainingOre(this.world.read(id) as AsteroidRecord, ore) >= 200)
    this.do({ kind: 'move_agent', to: this.world.kernel.view().asteroids.ids.find(hasAll)! })
  }

  get held(): Materials {
    return this.world.agent(ann.id).materials
  }

  do(action: ValueMap): readonly { readonly kind: string; readonly payload: ValueMap }[] {
    const signed = unsignedAction(this.world.unsigned(ann.id, action))
    const { receipts, events } = this.world.block([signed], new Map([[signed.action_id, true]]))
    if (receipts[0]!.code !== null) throw new Error(`${JSON.stringify(action)}: ${receipts[0]!.code} ${JSON.stringify(receipts[0]!.detail)} ${JSON.stringify(this.held)}`)
    const { motion, task } = this.world.agent(ann.id)
    this.world.advanceTo(Math.max(this.world.kernel.height(), motion?.arrive_height ?? 0, task?.until_height ?? 0))
    return events.filter(({ kind }) => !kind.startsWith('module.'))
  }

  dig(amounts: Materials): void {
    for (const [material, amount] of Object.entries(amounts)) {
      for (let left = amount; left > 0;) {
        const before = this.held[material] ?? 0
        this.do({ kind: 'mine_compound', material, amount: Math.min(left, 40) })
        left -= (this.held[material] ?? 0) - before
      }
    }
  }

  refine(what: string, batches: number, ores: Materials): void {
    this.dig(ores)
    this.do({ kind: 'refine_compound', recipe_id: `field.${what}`, batches })
  }

  build(kind: string): void {
    const id = this.do({ kind: 'build_factory', factory_kind: `factory.${kind}.mk1` })[0]!.payload['factory'] as string
    this.world.advanceTo((this.world.read(id) as FactoryRecord).ready_height)
    this.factories.set(kind, id)
  }

  make(recipe: string, batches: number): void {
    const factory_id = this.factories.get(recipe.split('.')[0]!)!
    const started = this.do({ kind: 'schedule_recipe', factory_id, recipe_id: recipe, batches })[0]!.payload
    expect(started['batches']).toBe(batches)
    this.world.advanceTo(started['until_height'] as number)
    for (const [material, amount] of Object.entries((this.world.read(factory_id) as FactoryRecord).materials)) {
      if (/slag|scrap|waste/.test(material)) this.do({ kind: 'discard_material', from: factory_id, material, amount })
      else this.do({ kind: 'transfer_material', from: factory_id, to: ann.id, material, amount, priority: 'standard' })
    }
  }
}

it('with the modules of the world, one agent gets from raw ore to a factory core', () => {
  const maker = new Maker()
  // No kind of asteroid has everything: rare earths come along from elsewhere.
  maker.goWhere(['rare_earth_raw'])
  maker.dig({ rare_earth_raw: 2 })
  maker.goWhere(['iron_ore', 'copper_ore', 'carbon_fuel', 'silicate_ore'])
  for (let i = 0; i < 12; i++) maker.refine('structural_frame', 1, { iron_ore: 3, carbon_fuel: 1 })
  maker.refine('heat_coil', 4, { copper_ore: 8 })
  maker.refine('refractory_brick', 6, { silicate_ore: 12 })
  maker.build('smelter')
  maker.refine('structural_frame', 8, { iron_ore: 24, carbon_fuel: 8 })
  maker.dig({ iron_ore: 16, carbon_fuel: 4 })
  maker.make('smelter.iron_ingot', 4)
  maker.dig({ copper_ore: 6 })
  maker.make('smelter.copper_wire', 2)
  maker.build('assembler')
  expect(maker.world.read('industry')).toMatchObject({ completed_recipe_jobs: 2, factories_built: 2 })
  // A factory core takes one rack and three plates; a rack two sensor packs and a chip.
  for (let chip = 0; chip < 4; chip++) {
    maker.dig({ copper_ore: 6, carbon_fuel: 2, silicate_ore: 2 })
    maker.make('smelter.copper_wire', 2)
    maker.make('smelter.polymer_resin', 1)
    maker.make('assembler.control_chip', 1)
  }
  maker.make('assembler.sensor_pack', 1)
  maker.make('assembler.sensor_pack', 1)
  expect(maker.world.read('industry')).toMatchObject({ stage: 'governance' })
  maker.make('assembler.module_rack', 1)
  maker.dig({ iron_ore: 8, carbon_fuel: 2, copper_ore: 6 })
  maker.make('smelter.iron_ingot', 2)
  maker.make('smelter.copper_wire', 2)
  maker.make('smelter.alloy_plate', 2)
  maker.make('assembler.factory_core', 1)
  expect(maker.held['factory_core']).toBe(1)
  maker.do({ kind: 'validate_product', product_id: 'infrastructure.factory_core', amount: 1 })
  expect(maker.world.read('product/infrastructure.factory_core')).toMatchObject({ material: 'factory_core', tradable: false })
})
