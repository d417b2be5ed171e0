import { schema } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { payTreasury, updateAgent } from '../../ledger.ts'
import { defineDirective } from '../../part.ts'
import type { DueHandler, EventInit, PartContext, TickFacts } from '../../part.ts'
import { reject } from '../../rejections.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState, StateReader } from '../../state/state.ts'
import { updateAlliance } from '../alliances/membership.ts'
import type { WarConcluded } from '../events.ts'
import { ACTIVE_WARS_KEY, RECENT_WARS_KEY } from '../keys.ts'
import { readActiveWars, readAlliance, readWar } from '../read.ts'
import { SIDES, WAR_ID } from '../records.ts'
import type { Side, WarRecord } from '../records.ts'
import { retire } from '../recent.ts'
import { changeReputation } from '../reputation.ts'
import { DRAW, settleWar } from './war-outcome.ts'
import { freshScores, MAX_WEARINESS, reputationSum, winnerOf } from './war-score.ts'

const { int, literal, object } = schema

/** What war modules decide by: every war that is going on, and what each side is worth without weariness. */
export const warFacts: TickFacts = ({ state, height }) => {
  const active = readActiveWars(state)
  if (active.length === 0) return null
  return {
    wars: active.map((war_id) => {
      const war = readWar(state, war_id)!
      const scores = freshScores(state, war)
      const { intensity, declared_height, ends_height } = war
      return { war_id, intensity, declared_height, ends_height, over: height >= ends_height, aggressor: sideFacts(state, war.aggressor, scores.aggressor), defender: sideFacts(state, war.defender, scores.defender) }
    }),
  }
}

function sideFacts(state: StateReader, alliance_id: string, score: number): { [key: string]: Value } {
  const alliance = readAlliance(state, alliance_id)!
  return { alliance_id, members: alliance.members, reputation: reputationSum(state, alliance), score }
}

/** Ends a war that has lasted its time. Scores must be what the kernel counts, less some weariness; the rest follows from them. */
export const warConclude = defineDirective({
  type: 'war_conclude',
  from: ['war'],
  shape: object({ type: literal('war_conclude'), war_id: WAR_ID, winner: literal(...SIDES), aggressor_score: int(), defender_score: int() }),
  carryOut: (context, { war_id, winner, aggressor_score, defender_score }) => {
    const war = readWar(context.state, war_id)
    if (war === null || war.result !== null) return reject('WAR_NOT_FOUND', { war_id })
    if (context.height < war.ends_height) return reject('WAR_NOT_OVER', { war_id, ends_height: war.ends_height })
    const fresh = freshScores(context.state, war)
    const fits = (score: number, most: number): boolean => score <= most && score >= most - MAX_WEARINESS
    if (!fits(aggressor_score, fresh.aggressor) || !fits(defender_score, fresh.defender) || winner !== winnerOf(aggressor_score, defender_score)) {
      return reject('BAD_SCORES', { war_id, winner, aggressor_score, defender_score })
    }
    return [conclusion(context, war_id, war, winner, { aggressor: aggressor_score, defender: defender_score })]
  },
})

/** No module ended it: a draw, so that nobody is at war for ever. */
export const warEnd: DueHandler = (context, { subject: war_id }) => {
  const war = readWar(context.state, war_id)
  if (war === null || war.result !== null || context.height < war.ends_height) return []
  return [conclusion(context, war_id, war, 'draw', freshScores(context.state, war))]
}

function conclusion({ state, height, params }: PartContext, war_id: string, war: WarRecord, winner: Side | 'draw', scores: Readonly<Record<Side, number>>): EventInit {
  const { outcomes, to_treasury } = winner === 'draw' ? DRAW : settleWar(state, params, war, winner)
  return {
    event: 'war.concluded',
    payload: {
      war_id, aggressor: war.aggressor, defender: war.defender, winner, intensity: war.intensity, aggressor_score: scores.aggressor, defender_score: scores.defender,
      outcomes, to_treasury, height, truce_until_height: height + params.society.truce_blocks,
    },
  }
}

export function applyWarConcluded(state: StagedState, event: WarConcluded): void {
  const { war_id, aggressor, defender, winner, aggressor_score, defender_score, outcomes, to_treasury, height, truce_until_height } = event
  for (const { agent, electricity, data, reputation } of outcomes) {
    const before = readAgent(state, agent)!
    updateAgent(state, agent, { electricity: before.electricity + electricity, data: before.data + data })
    changeReputation(state, agent, reputation)
  }
  payTreasury(state, to_treasury.electricity, to_treasury.data)
  for (const allianceId of [aggressor, defender]) updateAlliance(state, allianceId, { war: null, truce_until_height })
  state.set(ACTIVE_WARS_KEY, readActiveWars(state).filter((id) => id !== war_id))
  state.set(war_id, { ...readWar(state, war_id)!, result: { winner, aggressor_score, defender_score, height } } as unknown as Value)
  retire(state, RECENT_WARS_KEY, war_id)
}
