import { readAsteroid } from '../state/read.ts'
import type { AsteroidRecord, Materials } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { amountOf, entriesOf } from './bill.ts'
import { oreElement } from './materials.ts'

/** Units of an ore that are left. */
export function remainingOre({ elements }: Pick<AsteroidRecord, 'elements'>, material: string): number {
  const element = oreElement(material)
  return element === null ? 0 : amountOf(elements, element)
}

/** Takes ore out of an asteroid (negative units), or puts it back. The asteroid must hold what is taken. */
export function changeOre(state: StagedState, asteroidId: string, units: Materials): void {
  const asteroid = readAsteroid(state, asteroidId)!
  const elements: Record<string, number> = { ...asteroid.elements }
  for (const [material, amount] of entriesOf(units)) {
    const element = oreElement(material)!
    elements[element] = amountOf(elements, element) + amount
  }
  state.set(asteroidId, { ...asteroid, elements })
}
