/** How easily it is lost on the way. */
export type LossClass = 'low' | 'medium' | 'high'

export interface MaterialKind {
  /** 1 (raw) to 5 (infrastructure). */
  readonly tier: number
  readonly loss: LossClass
  /** Symbol of the element it is dug out as, one unit a tonne; null for what is made. */
  readonly element: string | null
}

const ore = (element: string): MaterialKind => ({ tier: 1, loss: 'high', element })
const made = (tier: number, loss: LossClass): MaterialKind => ({ tier, loss, element: null })
const RESIDUE = made(1, 'high')

/** Every material of the world (classes as in research/original.md §4.2). One unit takes one unit of cargo. */
const KINDS = {
  iron_ore: ore('Fe'),
  copper_ore: ore('Cu'),
  carbon_fuel: ore('C'),
  silicate_ore: ore('Si'),
  rare_earth_raw: ore('Nd'),
  structural_frame: made(2, 'medium'),
  heat_coil: made(2, 'medium'),
  refractory_brick: made(2, 'medium'),
  iron_ingot: made(2, 'medium'),
  copper_wire: made(2, 'medium'),
  polymer_resin: made(2, 'medium'),
  alloy_plate: made(2, 'medium'),
  hardware_part: made(3, 'low'),
  circuit_board: made(3, 'low'),
  servo_motor: made(3, 'low'),
  gear: made(3, 'low'),
  control_chip: made(3, 'low'),
  motor_mk1: made(3, 'low'),
  sensor_pack: made(3, 'low'),
  logistics_drone: made(4, 'low'),
  module_rack: made(4, 'low'),
  factory_core: made(5, 'medium'),
  slag: RESIDUE,
  waste_resin: RESIDUE,
  assembly_scrap: RESIDUE,
  calibration_scrap: RESIDUE,
  precision_scrap: RESIDUE,
  structural_waste: RESIDUE,
} as const satisfies Readonly<Record<string, MaterialKind>>

export type MaterialId = keyof typeof KINDS

/** By id, in the order of the chain from ore to product. */
export const MATERIAL_KINDS: ReadonlyMap<string, MaterialKind> = new Map(Object.entries(KINDS))

/** Materials that come out of asteroids. */
export const ORES: readonly string[] = [...MATERIAL_KINDS].filter(([, { element }]) => element !== null).map(([id]) => id)

/** What maintenance uses up. */
export const SPARE_PART: MaterialId = 'hardware_part'

/** Symbol of the element `material` is dug out as; null when it is no ore. */
export function oreElement(material: string): string | null {
  return MATERIAL_KINDS.get(material)?.element ?? null
}
