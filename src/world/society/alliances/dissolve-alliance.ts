import { defineAction } from '../../actions/action-rule.ts'
import { reject } from '../../rejections.ts'
import type { StagedState } from '../../state/state.ts'
import type { AllianceDissolved } from '../events.ts'
import { allianceOf, readAlliance } from '../read.ts'
import { dissolveAllianceShape } from '../shapes.ts'
import { removeAlliance } from './membership.ts'

/** The founder ends the alliance for everybody, in peace. */
export const dissolveAlliance = defineAction({
  kind: 'dissolve_alliance',
  actors: 'agents',
  shape: dissolveAllianceShape,
  override: null,
  fuel: 0,
  examine: ({ state, actor }) => {
    const alliance_id = allianceOf(state, actor)
    if (alliance_id === null) return reject('NOT_IN_ALLIANCE')
    const { founder, members, war } = readAlliance(state, alliance_id)!
    if (founder !== actor) return reject('NOT_FOUNDER', { founder })
    if (war !== null) return reject('ALLIANCE_AT_WAR', { war_id: war })
    return { facts: { alliance_id, members } }
  },
  conclude: ({ actor }, _action, { alliance_id, members }) => ({ event: 'alliance.dissolved', payload: { agent: actor, alliance_id, members } }),
})

export function applyAllianceDissolved(state: StagedState, { alliance_id }: AllianceDissolved): void {
  removeAlliance(state, alliance_id)
}
