import type { Value } from '../../../codec/index.ts'
import { compareStateKeys } from '../../state/keys.ts'
import type { StagedState } from '../../state/state.ts'
import { allianceOfKey } from '../keys.ts'
import { readAlliance } from '../read.ts'
import type { AllianceRecord, Invitation } from '../records.ts'

/** Those that have not run out at `height`. */
export function standing(invitations: readonly Invitation[], height: number): readonly Invitation[] {
  return invitations.filter(({ until_height }) => until_height >= height)
}

/** The record and the membership index change together. */
export function addMember(state: StagedState, allianceId: string, agentId: string, height: number): void {
  const alliance = readAlliance(state, allianceId)!
  updateAlliance(state, allianceId, {
    members: [...alliance.members, agentId].sort(compareStateKeys),
    invitations: standing(alliance.invitations, height).filter(({ agent }) => agent !== agentId),
  })
  state.set(allianceOfKey(agentId), { alliance_id: allianceId })
}

/** `founder` leads from then on. */
export function removeMember(state: StagedState, allianceId: string, agentId: string, founder: string): void {
  updateAlliance(state, allianceId, { founder, members: readAlliance(state, allianceId)!.members.filter((member) => member !== agentId) })
  state.set(allianceOfKey(agentId), null)
}

export function removeAlliance(state: StagedState, allianceId: string): void {
  for (const member of readAlliance(state, allianceId)!.members) state.set(allianceOfKey(member), null)
  state.set(allianceId, null)
}

/** The alliance must exist. */
export function updateAlliance(state: StagedState, allianceId: string, change: Partial<AllianceRecord>): void {
  state.set(allianceId, { ...readAlliance(state, allianceId)!, ...change } as unknown as Value)
}
