import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { freshId } from '../../industry/fresh-id.ts'
import { reject } from '../../rejections.ts'
import { scheduleAt } from '../../schedule.ts'
import { readConfig } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import { updateAlliance } from '../alliances/membership.ts'
import type { WarDeclared } from '../events.ts'
import { ACTIVE_WARS_KEY } from '../keys.ts'
import { allianceOf, readActiveWars, readAlliance } from '../read.ts'
import type { WarRecord } from '../records.ts'
import { declareWarShape } from '../shapes.ts'
import { reputationSum } from './war-score.ts'

/** Fewer is no war between alliances. */
const LEAST_MEMBERS = 2
/** What setting out costs whoever declares, to the treasury. */
const MOBILIZATION = { electricity: { base: 12, perIntensity: 4 }, data: { base: 8, perIntensity: 3 } } as const

/** One alliance against another, declared by its founder. How it ends is for a module to say, within the kernel's bounds. */
export const declareWar = defineAction({
  kind: 'declare_war',
  actors: 'agents',
  shape: declareWarShape,
  override: null,
  fuel: 0,
  examine: (context, { defender: defender_id, intensity }) => {
    const { state, params, actor, height } = context
    const aggressor_id = allianceOf(state, actor)
    if (aggressor_id === null) return reject('NOT_IN_ALLIANCE')
    const aggressor = readAlliance(state, aggressor_id)!
    if (aggressor.founder !== actor) return reject('NOT_FOUNDER', { founder: aggressor.founder })
    if (defender_id === aggressor_id) return reject('OWN_ALLIANCE')
    const defender = readAlliance(state, defender_id)
    if (defender === null) return reject('ALLIANCE_NOT_FOUND', { alliance_id: defender_id })
    for (const [alliance_id, alliance] of [[aggressor_id, aggressor], [defender_id, defender]] as const) {
      if (alliance.war !== null) return reject('ALLIANCE_AT_WAR', { alliance_id, war_id: alliance.war })
      if (alliance.truce_until_height > height) return reject('TRUCE', { alliance_id, until_height: alliance.truce_until_height })
      if (alliance.members.length < LEAST_MEMBERS) return reject('ALLIANCE_TOO_SMALL', { alliance_id, members: alliance.members.length })
    }
    const active = readActiveWars(state).length
    const { max_active_wars: limit } = params.society
    if (active >= limit) return reject('WAR_LIMIT', { active, limit })
    const war_id = freshId(context, 'war')
    if (war_id === null) return reject('ID_TAKEN')
    return {
      facts: {
        war_id, aggressor: aggressor_id, defender: defender_id, intensity,
        aggressor_members: aggressor.members.length, defender_members: defender.members.length,
        aggressor_reputation: reputationSum(state, aggressor), defender_reputation: reputationSum(state, defender),
      },
    }
  },
  conclude: ({ params, actor, height }, { objective, intensity }, { war_id, aggressor, defender }) => {
    const { electricity, data } = MOBILIZATION
    return {
      event: 'war.declared',
      payload: {
        agent: actor, war_id, aggressor, defender, objective, intensity, declared_height: height,
        ends_height: height + params.society.war_blocks + intensity * params.society.war_blocks_per_intensity,
      },
      cost: { electricity: electricity.base + electricity.perIntensity * intensity, data: data.base + data.perIntensity * intensity },
    }
  },
})

export function applyWarDeclared(state: StagedState, event: WarDeclared, eventId: string): void {
  const { agent, war_id, aggressor, defender, objective, intensity, declared_height, ends_height } = event
  const war: WarRecord = { aggressor, defender, initiator: agent, objective, intensity, declared_height, ends_height, result: null }
  state.set(war_id, war as unknown as Value)
  state.set(ACTIVE_WARS_KEY, [...readActiveWars(state), war_id])
  for (const allianceId of [aggressor, defender]) updateAlliance(state, allianceId, { war: war_id })
  scheduleAt(state, ends_height + readConfig(state).params.society.grace_blocks, { kind: 'war_end', subject: war_id, cause: eventId })
}
