export type Amounts = Readonly<Record<string, number>>
/** Of industry, in ascending order. */
export type Stage = 'bootstrap' | 'scale_out' | 'governance'

/** One batch. */
export interface Batch {
  readonly consume?: Amounts
  /** Ore by its name; `element` says what the asteroid calls it. */
  readonly extract?: Amounts
  readonly element?: string
  readonly produce: Amounts
  readonly byproducts?: Amounts
  readonly power: number
  readonly blocks: number
  /** Null: by hand. */
  readonly factory: string | null
  readonly stage?: Stage
}

const byHand = (consume: Amounts, produce: Amounts, byproducts: Amounts = {}): Batch => ({ consume, produce, byproducts, power: 1, blocks: 1, factory: null })
const miner = (ore: string, element: string): Batch => ({ extract: { [ore]: 10 }, element, produce: { [ore]: 10 }, power: 4, blocks: 2, factory: 'miner' })

/** Every recipe, as the design has it; the modules must say the same. */
export const RECIPES: Readonly<Record<string, Batch>> = {
  'field.structural_frame': byHand({ iron_ore: 3, carbon_fuel: 1 }, { structural_frame: 1 }, { slag: 1 }),
  'field.heat_coil': byHand({ copper_ore: 2 }, { heat_coil: 1 }),
  'field.refractory_brick': byHand({ silicate_ore: 2 }, { refractory_brick: 1 }),
  'field.hardware_part': byHand({ iron_ore: 2, carbon_fuel: 1 }, { hardware_part: 1 }, { slag: 1 }),
  'miner.iron_ore': miner('iron_ore', 'Fe'),
  'miner.copper_ore': miner('copper_ore', 'Cu'),
  'miner.carbon_fuel': miner('carbon_fuel', 'C'),
  'miner.silicate_ore': miner('silicate_ore', 'Si'),
  'miner.rare_earth_raw': miner('rare_earth_raw', 'Nd'),
  'smelter.iron_ingot': { consume: { iron_ore: 4, carbon_fuel: 1 }, produce: { iron_ingot: 3 }, byproducts: { slag: 1 }, power: 8, blocks: 2, factory: 'smelter' },
  'smelter.copper_wire': { consume: { copper_ore: 3 }, produce: { copper_wire: 4 }, power: 6, blocks: 2, factory: 'smelter' },
  'smelter.polymer_resin': { consume: { carbon_fuel: 2, silicate_ore: 2 }, produce: { polymer_resin: 2 }, byproducts: { waste_resin: 1 }, power: 7, blocks: 2, factory: 'smelter' },
  'smelter.alloy_plate': { consume: { iron_ingot: 2, copper_wire: 2 }, produce: { alloy_plate: 2 }, byproducts: { slag: 1 }, power: 9, blocks: 3, factory: 'smelter', stage: 'scale_out' },
  'assembler.gear': { consume: { iron_ingot: 2 }, produce: { gear: 1 }, power: 4, blocks: 1, factory: 'assembler' },
  'assembler.circuit_board': { consume: { copper_wire: 2, polymer_resin: 1, silicate_ore: 1 }, produce: { circuit_board: 1 }, power: 5, blocks: 2, factory: 'assembler' },
  'assembler.servo_motor': { consume: { gear: 1, copper_wire: 2 }, produce: { servo_motor: 1 }, power: 5, blocks: 2, factory: 'assembler' },
  'assembler.control_chip': { consume: { copper_wire: 4, polymer_resin: 2 }, produce: { control_chip: 1 }, byproducts: { waste_resin: 1 }, power: 6, blocks: 2, factory: 'assembler' },
  'assembler.motor_mk1': { consume: { gear: 2, copper_wire: 3 }, produce: { motor_mk1: 1 }, power: 7, blocks: 2, factory: 'assembler' },
  'assembler.logistics_drone': {
    consume: { motor_mk1: 2, control_chip: 1, iron_ingot: 2 }, produce: { logistics_drone: 1 }, byproducts: { assembly_scrap: 1 }, power: 12, blocks: 4, factory: 'assembler',
  },
  'assembler.sensor_pack': {
    consume: { control_chip: 1, copper_wire: 2, rare_earth_raw: 1 }, produce: { sensor_pack: 1 }, byproducts: { calibration_scrap: 1 }, power: 8, blocks: 3, factory: 'assembler', stage: 'scale_out',
  },
  'assembler.module_rack': { consume: { sensor_pack: 2, control_chip: 1 }, produce: { module_rack: 1 }, byproducts: { precision_scrap: 1 }, power: 10, blocks: 4, factory: 'assembler', stage: 'governance' },
  'assembler.factory_core': { consume: { module_rack: 1, alloy_plate: 3 }, produce: { factory_core: 1 }, byproducts: { structural_waste: 1 }, power: 14, blocks: 4, factory: 'assembler', stage: 'governance' },
}
