import { readAgent } from '../../state/read.ts'
import type { StateReader } from '../../state/state.ts'
import { readAlliance } from '../read.ts'
import type { AllianceRecord, Side, WarRecord } from '../records.ts'

const POINTS_PER_MEMBER = 10
const REPUTATION_PER_POINT = 10
/** However tired a side is, no more than this is taken off its score. */
export const MAX_WEARINESS = 25

export function reputationSum(state: StateReader, { members }: AllianceRecord): number {
  return members.reduce((sum, member) => sum + readAgent(state, member)!.reputation, 0)
}

/** What each side's members, name and resolve are worth; weariness from earlier wars, which only modules keep, comes off. */
export function freshScores(state: StateReader, war: WarRecord): Readonly<Record<Side, number>> {
  const worth = (allianceId: string): number => {
    const alliance = readAlliance(state, allianceId)!
    return alliance.members.length * POINTS_PER_MEMBER + Math.floor(reputationSum(state, alliance) / REPUTATION_PER_POINT)
  }
  return { aggressor: worth(war.aggressor) + war.intensity, defender: worth(war.defender) }
}

/** Who has the higher score wins; whoever began wins a tie. */
export function winnerOf(aggressorScore: number, defenderScore: number): Side {
  return aggressorScore >= defenderScore ? 'aggressor' : 'defender'
}
