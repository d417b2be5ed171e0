import { defineAction } from '../../actions/action-rule.ts'
import { reject } from '../../rejections.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { AllianceInvited } from '../events.ts'
import { allianceOf, readAlliance } from '../read.ts'
import { MAX_MEMBERS } from '../records.ts'
import { inviteShape } from '../shapes.ts'
import { standing, updateAlliance } from './membership.ts'

/** Any member may invite; the invitation runs out by itself. */
export const inviteToAlliance = defineAction({
  kind: 'invite_to_alliance',
  actors: 'agents',
  shape: inviteShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor, height }, { alliance_id, agent }) => {
    const alliance = readAlliance(state, alliance_id)
    if (alliance === null) return reject('ALLIANCE_NOT_FOUND', { alliance_id })
    if (allianceOf(state, actor) !== alliance_id) return reject('NOT_IN_ALLIANCE', { alliance_id })
    if (readAgent(state, agent) === null) return reject('AGENT_NOT_FOUND', { agent })
    if (alliance.members.includes(agent)) return reject('ALREADY_ALLIED', { alliance_id })
    const invitations = standing(alliance.invitations, height)
    if (invitations.some((invitation) => invitation.agent === agent)) return reject('ALREADY_INVITED', { agent })
    if (alliance.members.length >= MAX_MEMBERS || invitations.length >= MAX_MEMBERS) return reject('ALLIANCE_FULL', { max: MAX_MEMBERS })
    return { facts: { members: alliance.members.length, invitations: invitations.length } }
  },
  conclude: ({ actor, height, params }, { alliance_id, agent }) => ({
    event: 'alliance.invited',
    payload: { agent: actor, alliance_id, invited: agent, height, until_height: height + params.society.invitation_blocks },
  }),
})

export function applyAllianceInvited(state: StagedState, { alliance_id, invited, height, until_height }: AllianceInvited): void {
  const invitations = standing(readAlliance(state, alliance_id)!.invitations, height)
  updateAlliance(state, alliance_id, { invitations: [...invitations, { agent: invited, until_height }] })
}
