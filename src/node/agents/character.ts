/** What an agent likes to do, as shares of 100; what is left over is rest. */
export interface Inclination {
  readonly harvest: number
  readonly trade: number
  readonly move: number
  readonly observe: number
}

export type Character = 'harvester' | 'trader' | 'explorer' | 'observer'

export const INCLINATIONS: Readonly<Record<Character, Inclination>> = {
  harvester: { harvest: 50, trade: 10, move: 28, observe: 2 },
  trader: { harvest: 12, trade: 45, move: 33, observe: 2 },
  explorer: { harvest: 10, trade: 5, move: 75, observe: 5 },
  observer: { harvest: 20, trade: 10, move: 30, observe: 30 },
}

/** A company of ten: four harvesters, three traders, two explorers, one observer; neighbours in the list differ. */
const COMPANY: readonly Character[] = [
  'harvester', 'trader', 'explorer', 'harvester', 'trader', 'observer', 'harvester', 'trader', 'explorer', 'harvester',
]

export function characterOf(index: number): Character {
  return COMPANY[index % COMPANY.length]!
}
