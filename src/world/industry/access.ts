import { allianceOfKey } from '../society/keys.ts'
import type { StateReader } from '../state/state.ts'

function allianceOf(state: StateReader, agentId: string): string | null {
  const membership = state.get(allianceOfKey(agentId)) as { readonly alliance_id: string } | null
  return membership?.alliance_id ?? null
}

/** Whether `agentId` may run and empty a factory of `owner`: its owner and those allied with the owner may. */
export function mayUse(state: StateReader, agentId: string, owner: string): boolean {
  if (agentId === owner) return true
  const alliance = allianceOf(state, agentId)
  return alliance !== null && alliance === allianceOf(state, owner)
}
