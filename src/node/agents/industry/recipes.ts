/** Whole units by material. */
export type Amounts = Readonly<Record<string, number>>

export type Workshop = 'hand' | 'miner' | 'smelter' | 'assembler'

export interface Recipe {
  readonly recipe_id: string
  readonly at: Workshop
  /** Out of the cargo of whoever runs it, per batch. */
  readonly consume: Amounts
  /** Of what the recipe is for, per batch. */
  readonly material: string
  readonly yields: number
  /** Electricity per batch. */
  readonly power: number
}

const recipe = (at: Workshop, material: string, yields: number, consume: Amounts, power: number): Recipe => ({
  recipe_id: `${at === 'hand' ? 'field' : at}.${material}`, at, consume, material, yields, power,
})

/** What the agents know about making things; the modules of m4 decide. Ores come out of asteroids and have no recipe here. */
export const RECIPES: readonly Recipe[] = [
  recipe('hand', 'structural_frame', 1, { iron_ore: 3, carbon_fuel: 1 }, 1),
  recipe('hand', 'heat_coil', 1, { copper_ore: 2 }, 1),
  recipe('hand', 'refractory_brick', 1, { silicate_ore: 2 }, 1),
  recipe('hand', 'hardware_part', 1, { iron_ore: 2, carbon_fuel: 1 }, 1),
  recipe('smelter', 'iron_ingot', 3, { iron_ore: 4, carbon_fuel: 1 }, 8),
  recipe('smelter', 'copper_wire', 4, { copper_ore: 3 }, 6),
  recipe('smelter', 'polymer_resin', 2, { carbon_fuel: 2, silicate_ore: 2 }, 7),
  recipe('smelter', 'alloy_plate', 2, { iron_ingot: 2, copper_wire: 2 }, 9),
  recipe('assembler', 'gear', 1, { iron_ingot: 2 }, 4),
  recipe('assembler', 'control_chip', 1, { copper_wire: 4, polymer_resin: 2 }, 6),
  recipe('assembler', 'motor_mk1', 1, { gear: 2, copper_wire: 3 }, 7),
  recipe('assembler', 'logistics_drone', 1, { motor_mk1: 2, control_chip: 1, iron_ingot: 2 }, 12),
  recipe('assembler', 'sensor_pack', 1, { control_chip: 1, copper_wire: 2, rare_earth_raw: 1 }, 8),
  recipe('assembler', 'module_rack', 1, { sensor_pack: 2, control_chip: 1 }, 10),
  recipe('assembler', 'factory_core', 1, { module_rack: 1, alloy_plate: 3 }, 14),
  recipe('assembler', 'circuit_board', 1, { copper_wire: 2, polymer_resin: 1, silicate_ore: 1 }, 5),
  recipe('assembler', 'servo_motor', 1, { gear: 1, copper_wire: 2 }, 5),
]

/** The first recipe for a material; none for ores. */
export const RECIPE_OF: ReadonlyMap<string, Recipe> = new Map(RECIPES.map((entry) => [entry.material, entry]))

export const ORES: Readonly<Record<string, string>> = { iron_ore: 'Fe', copper_ore: 'Cu', carbon_fuel: 'C', silicate_ore: 'Si', rare_earth_raw: 'Nd' }

export const RESIDUES: readonly string[] = ['slag', 'waste_resin', 'assembly_scrap', 'calibration_scrap', 'precision_scrap', 'structural_waste']

export type FactoryWorkshop = Exclude<Workshop, 'hand'>

export interface FactoryPlan {
  readonly factory_kind: string
  readonly consume: Amounts
  readonly power: number
}

/** What building one takes. */
export const FACTORY_PLANS: Readonly<Record<FactoryWorkshop, FactoryPlan>> = {
  smelter: { factory_kind: 'factory.smelter.mk1', consume: { structural_frame: 12, heat_coil: 4, refractory_brick: 6 }, power: 6 },
  assembler: { factory_kind: 'factory.assembler.mk1', consume: { structural_frame: 8, iron_ingot: 10, copper_wire: 8 }, power: 8 },
  miner: { factory_kind: 'factory.miner.mk1', consume: { structural_frame: 8, circuit_board: 2, servo_motor: 2 }, power: 4 },
}
