import { readConfig } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import { ACTIVE_CRISES_KEY, ACTIVE_WARS_KEY, allianceOfKey, councilKey, metaKey, OPEN_COUNCILS_KEY, PENDING_ACHIEVEMENTS_KEY, POLICY_KEY, standingKey, votesKey } from './keys.ts'
import type { GameplayPolicy } from './params.ts'
import type { ActiveCrises, AllianceOf, AllianceRecord, ContractRecord, CouncilRecord, CrisisRecord, MetaRecord, Standing, Votes, WarRecord } from './records.ts'

// The type of a record follows from its key, as in state/read.ts.

export const readContract = (state: StateReader, id: string): ContractRecord | null => state.get(id) as unknown as ContractRecord | null
export const readAlliance = (state: StateReader, id: string): AllianceRecord | null => state.get(id) as unknown as AllianceRecord | null
export const readWar = (state: StateReader, id: string): WarRecord | null => state.get(id) as unknown as WarRecord | null
export const readCrisis = (state: StateReader, id: string): CrisisRecord | null => state.get(id) as unknown as CrisisRecord | null
export const readCouncil = (state: StateReader, key: string): CouncilRecord | null => state.get(councilKey(key)) as unknown as CouncilRecord | null

/** Id of the alliance an agent belongs to; null when it belongs to none. */
export function allianceOf(state: StateReader, agentId: string): string | null {
  return (state.get(allianceOfKey(agentId)) as unknown as AllianceOf | null)?.alliance_id ?? null
}

// These are absent until something happens, and then mean the following.

const NO_STANDING: Standing = { open_contracts: 0, settled: 0, failed: 0, gains: [] }
const NO_CRISES: ActiveCrises = { ids: [], spawned: 0, resolved: 0, timed_out: 0, last_spawn_height: 0 }
const NO_META: MetaRecord = { tracks: {}, total: 0, achievements: [] }

export const readStanding = (state: StateReader, agentId: string): Standing => (state.get(standingKey(agentId)) as unknown as Standing | null) ?? NO_STANDING
export const readActiveWars = (state: StateReader): readonly string[] => (state.get(ACTIVE_WARS_KEY) as readonly string[] | null) ?? []
export const readActiveCrises = (state: StateReader): ActiveCrises => (state.get(ACTIVE_CRISES_KEY) as unknown as ActiveCrises | null) ?? NO_CRISES
export const readOpenCouncils = (state: StateReader): readonly string[] => (state.get(OPEN_COUNCILS_KEY) as readonly string[] | null) ?? []
export const readVotes = (state: StateReader, agentId: string): Votes => (state.get(votesKey(agentId)) as unknown as Votes | null) ?? []
export const readMeta = (state: StateReader, agentId: string): MetaRecord => (state.get(metaKey(agentId)) as unknown as MetaRecord | null) ?? NO_META
export const readPendingAchievements = (state: StateReader): readonly string[] => (state.get(PENDING_ACHIEVEMENTS_KEY) as readonly string[] | null) ?? []

/** The policy in force: what the council made it, or that of the world's params. */
export function readPolicy(state: StateReader): GameplayPolicy {
  return (state.get(POLICY_KEY) as unknown as GameplayPolicy | null) ?? readConfig(state).params.society.policy
}
