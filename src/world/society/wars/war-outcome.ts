import { NOTHING } from '../../ledger.ts'
import type { Amounts, Resource } from '../../ledger.ts'
import type { WorldParams } from '../../params.ts'
import { MAX_AMOUNT } from '../../params.ts'
import { readAgent } from '../../state/read.ts'
import type { AgentRecord } from '../../state/records.ts'
import type { StateReader } from '../../state/state.ts'
import type { WarOutcome } from '../events.ts'
import { readAlliance } from '../read.ts'
import type { Side, WarRecord } from '../records.ts'

/** Of each member of the losing side, as far as it has so much. */
const LOSS_PER_INTENSITY = { electricity: 6, data: 4, reputation: 3 } as const
const REPUTATION_WON_PER_INTENSITY = 2

interface WarSettlement {
  readonly outcomes: readonly WarOutcome[]
  readonly to_treasury: Amounts
}

/** What a draw costs: nothing. */
export const DRAW: WarSettlement = { outcomes: [], to_treasury: NOTHING }

/** Takes from the losers what they have, gives the winners equal shares as far as they can hold them, and the rest to the treasury. */
export function settleWar(state: StateReader, params: WorldParams, war: WarRecord, winner: Side): WarSettlement {
  const membersOf = (side: Side): readonly string[] => readAlliance(state, war[side])!.members
  const losses = membersOf(winner === 'aggressor' ? 'defender' : 'aggressor').map((agent) => lossOf(agent, readAgent(state, agent)!, war.intensity))
  const winners = membersOf(winner)
  const spoils = (resource: Resource): number => losses.reduce((sum, outcome) => sum - outcome[resource], 0)
  const share = { electricity: Math.floor(spoils('electricity') / winners.length), data: Math.floor(spoils('data') / winners.length) }
  const gains = winners.map((agent): WarOutcome => {
    const { electricity, data } = readAgent(state, agent)!
    return {
      agent,
      electricity: Math.min(share.electricity, Math.max(0, params.electricity_capacity - electricity)),
      data: Math.min(share.data, Math.max(0, MAX_AMOUNT - data)),
      reputation: REPUTATION_WON_PER_INTENSITY * war.intensity,
    }
  })
  const outcomes = [...losses, ...gains]
  const left = (resource: Resource): number => 0 - outcomes.reduce((sum, outcome) => sum + outcome[resource], 0)
  return { outcomes, to_treasury: { electricity: left('electricity'), data: left('data') } }
}

function lossOf(agent: string, { electricity, data, reputation }: AgentRecord, intensity: number): WarOutcome {
  const loss = (has: number, perIntensity: number): number => 0 - Math.min(has, perIntensity * intensity)
  return {
    agent, electricity: loss(electricity, LOSS_PER_INTENSITY.electricity), data: loss(data, LOSS_PER_INTENSITY.data),
    reputation: loss(reputation, LOSS_PER_INTENSITY.reputation),
  }
}
