import type { Value } from '../../../codec/index.ts'
import { defineAction } from '../../actions/action-rule.ts'
import { freshId } from '../../industry/fresh-id.ts'
import { reject } from '../../rejections.ts'
import { readAgent } from '../../state/read.ts'
import type { StagedState } from '../../state/state.ts'
import type { AllianceFormed } from '../events.ts'
import { allianceOfKey } from '../keys.ts'
import { allianceOf } from '../read.ts'
import type { AllianceRecord } from '../records.ts'
import { formAllianceShape } from '../shapes.ts'

/** A new alliance of one; others join by invitation, so nobody finds itself in one against its will. */
export const formAlliance = defineAction({
  kind: 'form_alliance',
  actors: 'agents',
  shape: formAllianceShape,
  override: null,
  fuel: 0,
  examine: (context, { name, invite }) => {
    const { state, actor } = context
    const alliance_id = allianceOf(state, actor)
    if (alliance_id !== null) return reject('ALREADY_ALLIED', { alliance_id })
    if (new Set([actor, ...invite]).size !== invite.length + 1) return reject('BAD_INVITATIONS')
    const unknown = invite.find((agent) => readAgent(state, agent) === null)
    if (unknown !== undefined) return reject('AGENT_NOT_FOUND', { agent: unknown })
    const fresh = freshId(context, 'alliance')
    return fresh === null ? reject('ID_TAKEN') : { facts: { alliance_id: fresh, name, invited: invite.length } }
  },
  conclude: ({ actor, height, params }, { name, invite }, { alliance_id }) => ({
    event: 'alliance.formed',
    payload: { agent: actor, alliance_id, name, invited: invite, height, until_height: height + params.society.invitation_blocks },
  }),
})

export function applyAllianceFormed(state: StagedState, { agent, alliance_id, name, invited, height, until_height }: AllianceFormed): void {
  const alliance: AllianceRecord = {
    name, founder: agent, members: [agent], invitations: invited.map((invitee) => ({ agent: invitee, until_height })),
    formed_height: height, war: null, truce_until_height: 0,
  }
  state.set(alliance_id, alliance as unknown as Value)
  state.set(allianceOfKey(agent), { alliance_id })
}
