import { schema } from '../../codec/index.ts'
import { isValidPublicKey } from '../../crypto/index.ts'
import { dockingPoint } from '../geometry.ts'
import { payTreasury } from '../ledger.ts'
import type { Settlement } from '../ledger.ts'
import { reject } from '../rejections.ts'
import { asteroidKey, HEAD_KEY } from '../state/keys.ts'
import { readAsteroid, readHead, readTreasury } from '../state/read.ts'
import { AGENT_NAME } from '../state/records.ts'
import type { AgentRecord, Vector } from '../state/records.ts'
import type { StagedState } from '../state/state.ts'
import { defineAction } from './action-rule.ts'

const { fixedBytes, literal, object } = schema

export type AgentRegistered = Settlement & {
  readonly agent: string
  readonly public_key: Uint8Array
  readonly name: string
  readonly asteroid: string
  readonly position: Vector
  /** The start, paid by the treasury. */
  readonly electricity: number
  readonly data: number
  readonly height: number
}

/** A new agent. Signed by the key that gives it its id; the id, not the caller, picks the asteroid. */
export const registerAgent = defineAction({
  kind: 'register_agent',
  actors: 'newcomers',
  shape: object({ kind: literal('register_agent'), public_key: fixedBytes(32), name: AGENT_NAME }),
  override: null,
  fuel: 0,
  examine: ({ state, params, actor, asteroids }, { public_key, name }) => {
    const { agent_count } = readHead(state)
    if (agent_count >= params.max_agents) return reject('WORLD_FULL', { max_agents: params.max_agents })
    const treasury = readTreasury(state)
    if (treasury.electricity < params.start_electricity || treasury.data < params.start_data) {
      return reject('TREASURY_EMPTY', { electricity: treasury.electricity, data: treasury.data })
    }
    if (!isValidPublicKey(public_key)) return reject('BAD_KEY')
    return { facts: { asteroid: firstAsteroid(actor, asteroids), name } }
  },
  conclude: ({ state, params, actor, height }, { public_key, name }, { asteroid }) => ({
    event: 'agent.registered',
    payload: {
      agent: actor, public_key, name, asteroid, position: dockingPoint(readAsteroid(state, asteroid)!, actor),
      electricity: params.start_electricity, data: params.start_data, height,
    },
  }),
})

/** Where an agent first stands: as good as random, and nobody's choice. */
export function firstAsteroid(agentId: string, asteroids: number): string {
  const slash = agentId.indexOf('/')
  return asteroidKey((Number.parseInt(agentId.slice(slash + 1, slash + 9), 16) % asteroids) + 1)
}

export function newAgent(agent: Pick<AgentRegistered, 'public_key' | 'name' | 'asteroid' | 'position' | 'electricity' | 'data' | 'height'>): AgentRecord {
  const { public_key, name, asteroid, position, electricity, data, height } = agent
  // In canonical order, which copies keep: records are encoded without sorting.
  return {
    data, name, task: null, nonce: 0, motion: null, location: asteroid, position, materials: {}, public_key, reputation: 0, electricity,
    registered_at: height,
  }
}

/** Runs before the settlement, which needs the record. */
export function applyRegistered(state: StagedState, event: AgentRegistered): void {
  state.set(event.agent, newAgent(event))
  const head = readHead(state)
  state.set(HEAD_KEY, { ...head, agent_count: head.agent_count + 1 })
  payTreasury(state, -event.electricity, -event.data)
}
