import { defineAction } from '../../actions/action-rule.ts'
import { reject } from '../../rejections.ts'
import type { StagedState } from '../../state/state.ts'
import type { AllianceJoined } from '../events.ts'
import { allianceOf, readAlliance } from '../read.ts'
import { MAX_MEMBERS } from '../records.ts'
import { joinAllianceShape } from '../shapes.ts'
import { addMember, standing } from './membership.ts'

/** Takes up an invitation. Nobody joins a war that is going on. */
export const joinAlliance = defineAction({
  kind: 'join_alliance',
  actors: 'agents',
  shape: joinAllianceShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor, height }, { alliance_id }) => {
    const alliance = readAlliance(state, alliance_id)
    if (alliance === null) return reject('ALLIANCE_NOT_FOUND', { alliance_id })
    const current = allianceOf(state, actor)
    if (current !== null) return reject('ALREADY_ALLIED', { alliance_id: current })
    if (!standing(alliance.invitations, height).some(({ agent }) => agent === actor)) return reject('NOT_INVITED', { alliance_id })
    if (alliance.members.length >= MAX_MEMBERS) return reject('ALLIANCE_FULL', { max: MAX_MEMBERS })
    if (alliance.war !== null) return reject('ALLIANCE_AT_WAR', { war_id: alliance.war })
    return { facts: { members: alliance.members.length } }
  },
  conclude: ({ actor, height }, { alliance_id }) => ({ event: 'alliance.joined', payload: { agent: actor, alliance_id, height } }),
})

export function applyAllianceJoined(state: StagedState, { agent, alliance_id, height }: AllianceJoined): void {
  addMember(state, alliance_id, agent, height)
}
