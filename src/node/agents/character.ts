/** What an agent likes to do when its trade leaves it time. */
export interface Inclination {
  /** Of 100 meetings, in how many it gives something. */
  readonly give_when_met: number
  /** The rest as shares of 100; what is left over is rest. */
  readonly harvest: number
  readonly move: number
  readonly observe: number
}

export type Character = 'miner' | 'smelter' | 'builder' | 'trader' | 'diplomat' | 'raider' | 'explorer'

export const INCLINATIONS: Readonly<Record<Character, Inclination>> = {
  miner: { give_when_met: 10, harvest: 50, move: 20, observe: 2 },
  smelter: { give_when_met: 5, harvest: 60, move: 2, observe: 2 },
  builder: { give_when_met: 5, harvest: 60, move: 2, observe: 2 },
  trader: { give_when_met: 85, harvest: 30, move: 60, observe: 2 },
  diplomat: { give_when_met: 60, harvest: 30, move: 45, observe: 10 },
  raider: { give_when_met: 5, harvest: 55, move: 35, observe: 5 },
  explorer: { give_when_met: 30, harvest: 15, move: 65, observe: 15 },
}

/** A company of twelve; neighbours in the list differ. */
const COMPANY: readonly Character[] = [
  'smelter', 'trader', 'miner', 'raider', 'builder', 'diplomat', 'explorer', 'trader', 'miner', 'raider', 'smelter', 'explorer',
]

export function characterOf(index: number): Character {
  return COMPANY[index % COMPANY.length]!
}
