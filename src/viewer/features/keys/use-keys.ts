import { useState } from 'react'
import { useStore } from 'zustand'
import type { KeyInfo } from '../../../vault/index.ts'
import { whenNode } from '../../node-client/client.ts'
import { nodeStore } from '../../stores/node.ts'
import { resultOf, useAsync } from '../../ui/use-async.ts'
import type { Loadable } from '../../ui/use-async.ts'
import { vault } from '../../vault-client/client.ts'
import { agentOf, rolesOf, rosterOf } from './roles.ts'
import type { Roles, Roster } from './roles.ts'

/** Heights between two looks at the roles: they change by governance and by registering alone. */
const ROLE_BLOCKS = 5

export interface Keys {
  readonly loaded: Loadable<readonly KeyInfo[]>
  readonly list: readonly KeyInfo[]
  readonly reload: () => void
}

/** The keys of this browser's vault. */
export function useKeys(): Keys {
  const [version, setVersion] = useState(0)
  const loaded = useAsync<readonly KeyInfo[]>('keys', version, () => vault().list())
  return { loaded, list: resultOf(loaded) ?? [], reload: () => setVersion((before) => before + 1) }
}

export interface WorldRoles {
  readonly roster: Roster | null
  /** Null while not known. */
  readonly of: (publicKey: Uint8Array) => Roles | null
}

/** What each of these keys is in the world this page follows, from verified records; null while there is none. */
export function useRoles(publicKeys: readonly Uint8Array[]): WorldRoles | null {
  const height = useStore(nodeStore, ({ status }) => status?.head?.height ?? 0)
  const worldId = useStore(nodeStore, ({ status }) => status?.world_id ?? '')
  const agents = publicKeys.map(agentOf)
  const subject = height === 0 ? '' : `${worldId} ${agents.join(' ')}`
  const found = resultOf(useAsync(subject, Math.floor(height / ROLE_BLOCKS), async () => {
    if (subject === '') return null
    const node = await whenNode()
    const roster = rosterOf((await node.query('manifest')).value)
    const names = await Promise.all(agents.map(async (agent) => ((await node.query(agent)).value as { readonly name?: unknown } | null)?.name))
    return { roster, names: new Map(agents.map((agent, index) => [agent, typeof names[index] === 'string' ? names[index] : null])) }
  }))
  if (found === null) return null
  return {
    roster: found.roster,
    of: (publicKey) => {
      const agent = found.names.get(agentOf(publicKey))
      return agent === undefined ? null : rolesOf(publicKey, found.roster, agent)
    },
  }
}
