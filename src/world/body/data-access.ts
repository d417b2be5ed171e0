import { schema } from '../../codec/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import { reject } from '../rejections.ts'
import { readAgent } from '../state/read.ts'
import { AGENT_ID } from '../state/records.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import type { DataAccessChanged } from './events.ts'
import { dataAccessKey } from './keys.ts'
import type { DataAccessRecord } from './records.ts'

const { literal, object } = schema

const readGrants = (state: StateReader, owner: string): DataAccessRecord => (state.get(dataAccessKey(owner)) ?? []) as DataAccessRecord

/** Lets another agent deal with one's data, such as be party to a contract paid in it. */
export const grantDataAccess = defineAction({
  kind: 'grant_data_access',
  actors: 'agents',
  shape: object({ kind: literal('grant_data_access'), grantee: AGENT_ID }),
  override: null,
  fuel: 0,
  examine: ({ state, params: { body }, actor }, { grantee }) => {
    if (grantee === actor) return reject('SELF_GRANT')
    if (readAgent(state, grantee) === null) return reject('AGENT_NOT_FOUND', { agent: grantee })
    const grants = readGrants(state, actor)
    if (grants.includes(grantee)) return reject('ACCESS_EXISTS', { grantee })
    return grants.length >= body.access_grants_max ? reject('ACCESS_LIMIT', { max: body.access_grants_max }) : { facts: { grantee, grants: grants.length } }
  },
  conclude: ({ actor }, { grantee }) => ({ event: 'data.access_granted', payload: { agent: actor, grantee } }),
})

export const revokeDataAccess = defineAction({
  kind: 'revoke_data_access',
  actors: 'agents',
  shape: object({ kind: literal('revoke_data_access'), grantee: AGENT_ID }),
  override: null,
  fuel: 0,
  examine: ({ state, actor }, { grantee }) => {
    const grants = readGrants(state, actor)
    return grants.includes(grantee) ? { facts: { grantee, grants: grants.length } } : reject('ACCESS_NOT_FOUND', { grantee })
  },
  conclude: ({ actor }, { grantee }) => ({ event: 'data.access_revoked', payload: { agent: actor, grantee } }),
})

export function applyAccessGranted(state: StagedState, { agent, grantee }: DataAccessChanged): void {
  state.set(dataAccessKey(agent), [...readGrants(state, agent), grantee])
}

export function applyAccessRevoked(state: StagedState, { agent, grantee }: DataAccessChanged): void {
  const left = readGrants(state, agent).filter((other) => other !== grantee)
  state.set(dataAccessKey(agent), left.length === 0 ? null : left)
}
