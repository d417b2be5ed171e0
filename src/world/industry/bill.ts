import { compareStateKeys } from '../state/keys.ts'
import type { Materials } from '../state/records.ts'
import { MATERIAL_KINDS } from './materials.ts'

/** Materials and units in an order that every node has. */
export function entriesOf(materials: Materials): readonly (readonly [material: string, amount: number])[] {
  return Object.entries(materials).sort(([a], [b]) => compareStateKeys(a, b))
}

/** Units of all kinds. */
export function unitsOf(materials: Materials): number {
  return Object.values(materials).reduce((sum, amount) => sum + amount, 0)
}

export function amountOf(materials: Materials, material: string): number {
  return Object.hasOwn(materials, material) ? materials[material]! : 0
}

export function addMaterials(a: Materials, b: Materials): Materials {
  const sum: Record<string, number> = { ...a }
  for (const [material, amount] of entriesOf(b)) sum[material] = amountOf(sum, material) + amount
  return withoutNothing(sum)
}

/** `a` must cover `b`. */
export function subtractMaterials(a: Materials, b: Materials): Materials {
  const rest: Record<string, number> = { ...a }
  for (const [material, amount] of entriesOf(b)) rest[material] = amountOf(rest, material) - amount
  return withoutNothing(rest)
}

/** Ledgers name only what they hold, so that a kind that was used up takes no room. */
export function withoutNothing(materials: Materials): Materials {
  return Object.fromEntries(Object.entries(materials).filter(([, amount]) => amount !== 0))
}

/** As much as fits into `room` units, the highest tiers first. */
export function fitInto(materials: Materials, room: number): Materials {
  const tierOf = (material: string): number => MATERIAL_KINDS.get(material)?.tier ?? 0
  const taken: Record<string, number> = {}
  let left = Math.max(0, room)
  // Sorting keeps the order of equals, so that every node takes the same.
  for (const [material, amount] of [...entriesOf(materials)].sort(([a], [b]) => tierOf(b) - tierOf(a))) {
    taken[material] = Math.min(amount, left)
    left -= taken[material]
  }
  return withoutNothing(taken)
}
