import { defineAction } from '../../actions/action-rule.ts'
import { reject } from '../../rejections.ts'
import type { StagedState } from '../../state/state.ts'
import type { AllianceLeft } from '../events.ts'
import { allianceOf, readAlliance } from '../read.ts'
import { leaveAllianceShape } from '../shapes.ts'
import { removeAlliance, removeMember } from './membership.ts'

/** A founder that leaves hands over to the first of those left, by id; the last one to leave ends the alliance. */
export const leaveAlliance = defineAction({
  kind: 'leave_alliance',
  actors: 'agents',
  shape: leaveAllianceShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor }) => {
    const alliance_id = allianceOf(state, actor)
    if (alliance_id === null) return reject('NOT_IN_ALLIANCE')
    const { members, founder, war } = readAlliance(state, alliance_id)!
    if (war !== null) return reject('ALLIANCE_AT_WAR', { war_id: war })
    const next = founder === actor ? members.find((member) => member !== actor) : founder
    return { facts: { alliance_id, founder: next ?? null } }
  },
  conclude: ({ actor }, _action, { alliance_id, founder }) => ({ event: 'alliance.left', payload: { agent: actor, alliance_id, founder } }),
})

export function applyAllianceLeft(state: StagedState, { agent, alliance_id, founder }: AllianceLeft): void {
  if (founder === null) removeAlliance(state, alliance_id)
  else removeMember(state, alliance_id, agent, founder)
}
