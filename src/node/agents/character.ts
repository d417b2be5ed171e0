/** What an agent likes to do. */
export interface Inclination {
  /** Of 100 meetings, in how many it gives something. */
  readonly give_when_met: number
  /** The rest as shares of 100; what is left over is rest. */
  readonly harvest: number
  readonly move: number
  readonly observe: number
}

export type Character = 'harvester' | 'trader' | 'explorer' | 'observer'

export const INCLINATIONS: Readonly<Record<Character, Inclination>> = {
  harvester: { give_when_met: 35, harvest: 60, move: 30, observe: 2 },
  trader: { give_when_met: 85, harvest: 30, move: 60, observe: 2 },
  explorer: { give_when_met: 40, harvest: 12, move: 78, observe: 5 },
  observer: { give_when_met: 40, harvest: 25, move: 35, observe: 30 },
}

/** A company of ten: four harvesters, three traders, two explorers, one observer; neighbours in the list differ. */
const COMPANY: readonly Character[] = [
  'harvester', 'trader', 'explorer', 'harvester', 'trader', 'observer', 'harvester', 'trader', 'explorer', 'harvester',
]

export function characterOf(index: number): Character {
  return COMPANY[index % COMPANY.length]!
}
