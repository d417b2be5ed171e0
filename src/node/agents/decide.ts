import { INCLINATIONS } from './character.ts'
import type { Character } from './character.ts'
import type { Choices } from './choices.ts'
import type { LifeAction, AgentSituation, Companion, Destination } from './situation.ts'

/** Below this an agent looks for electricity before anything else: enough to reach the neighbours. */
const LOW_ELECTRICITY = 35
/** What an agent wants to have left on arrival at a place where there is nothing to harvest. */
const RESERVE_AT_DARK_PLACE = 60
/** Harvests are at least this long: shorter ones are not worth an action. */
const MIN_HARVEST_BLOCKS = 3
/** Most units handed over at once. */
const MAX_GIFT = 12
/** A harvester chooses among so many places: where it pays most, others come too. */
const BEST_PLACES = 2
/** An explorer chooses among so many of the farthest places it can afford. */
const FAR_PLACES = 3
/** An agent gives electricity only while it keeps this much. */
const GIVER_KEEPS = 60

/** What an agent does next, or null to rest. Pure: the same situation and choices give the same action. */
export function decide(character: Character, situation: AgentSituation, choose: Choices): LifeAction | null {
  if (situation.busy || situation.here === null) return null
  if (situation.electricity < LOW_ELECTRICITY) return recharge(situation, choose)
  const { give_when_met, harvest, move, observe } = INCLINATIONS[character]
  if (choose(100) < give_when_met) {
    const gift = give(situation, choose)
    if (gift !== null) return gift
  }
  let roll = choose(100)
  if ((roll -= harvest) < 0) return harvestHere(situation, choose) ?? travel(character, situation, choose)
  if ((roll -= move) < 0) return travel(character, situation, choose)
  if (roll - observe < 0) return { kind: 'query_observation' }
  return null
}

/** Harvest here, or go to the nearest place that radiates; without the means for either, wait for a gift. */
function recharge(situation: AgentSituation, choose: Choices): LifeAction | null {
  const harvest = harvestHere(situation, choose)
  if (harvest !== null) return harvest
  const refuge = situation.places.find(({ radiation, cost }) => radiation > 0 && cost <= situation.electricity)
  return refuge === undefined ? null : { kind: 'move_agent', to: refuge.id }
}

function harvestHere({ here, electricity, electricity_capacity, harvest_blocks_max }: AgentSituation, choose: Choices): LifeAction | null {
  if (here === null || here.radiation === 0 || electricity >= electricity_capacity) return null
  const shortest = Math.min(MIN_HARVEST_BLOCKS, harvest_blocks_max)
  return { kind: 'harvest_radiation', blocks: shortest + choose(harvest_blocks_max - shortest + 1) }
}

/** Hands something to an agent that is here: electricity to one that has less, else a little data. */
function give(situation: AgentSituation, choose: Choices): LifeAction | null {
  const { companions, electricity, electricity_capacity, data } = situation
  if (companions.length === 0) return null
  const to: Companion = companions[choose(companions.length)]!
  const spare = Math.min(MAX_GIFT, electricity - GIVER_KEEPS, electricity_capacity - to.electricity)
  if (spare > 0 && to.electricity < electricity) {
    return { kind: 'transfer_resource', to: to.agent_id, resource: 'electricity', amount: 1 + choose(spare) }
  }
  if (data > 1 && to.data <= data) {
    return { kind: 'transfer_resource', to: to.agent_id, resource: 'data', amount: 1 + choose(Math.min(MAX_GIFT, data >> 1)) }
  }
  return null
}

/** Traders go where company is or will be, explorers far away, diplomats anywhere, others where it radiates most; nobody where it could not leave again. */
function travel(character: Character, { places, electricity }: AgentSituation, choose: Choices): LifeAction | null {
  const reachable = places.filter(({ radiation, cost }) => cost <= electricity - (radiation > 0 ? 0 : RESERVE_AT_DARK_PLACE))
  if (reachable.length === 0) return null
  const preferred = reachable.filter(preference(character, reachable))
  const options = preferred.length > 0 ? preferred : reachable
  return { kind: 'move_agent', to: options[choose(options.length)]!.id }
}

function preference(character: Character, reachable: readonly Destination[]): (place: Destination) => boolean {
  if (character === 'diplomat') return () => true
  if (character === 'explorer') {
    const far = highest(reachable.map(({ cost }) => cost), FAR_PLACES)
    return ({ cost }) => cost >= far
  }
  if (character === 'trader' && reachable.some(({ agents }) => agents > 0)) return ({ agents }) => agents > 0
  const best = highest(reachable.map(({ radiation }) => radiation), BEST_PLACES)
  return ({ radiation }) => radiation >= best
}

/** The n-th highest, or the lowest of fewer. */
function highest(values: readonly number[], n: number): number {
  return values.toSorted((a, b) => b - a)[Math.min(n, values.length) - 1]!
}
