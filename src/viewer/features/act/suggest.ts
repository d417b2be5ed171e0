/** Where to go next: the nearest of a few asteroids with radiation, so that the first move leads somewhere useful. */
import { whenNode } from '../../node-client/client.ts'
import type { AgentRecord, AsteroidRecord, ConfigRecord } from '../../../world/index.ts'

/** Records looked at per suggestion; each is one proof. */
const SAMPLE = 10

export interface Candidate {
  readonly id: string
  readonly asteroid: Pick<AsteroidRecord, 'position' | 'radiation'>
}

/** Nearest candidate with radiation that is not where the agent is; null when there is none. */
export function nearestUseful(from: AgentRecord['position'], location: string | null, candidates: readonly Candidate[]): string | null {
  const far = ({ position: { x, y, z } }: Candidate['asteroid']): number => Math.hypot(x - from.x, y - from.y, z - from.z)
  return candidates
    .filter(({ id, asteroid }) => id !== location && asteroid.radiation > 0)
    .sort((a, b) => far(a.asteroid) - far(b.asteroid))[0]?.id ?? null
}

/** `turn` changes the sample, so that asking again offers another place. */
export async function suggestDestination(agentId: string, turn: number): Promise<string | null> {
  const node = await whenNode()
  const agent = (await node.query(agentId)).value as AgentRecord | null
  const config = (await node.query('world/config')).value as ConfigRecord | null
  if (agent === null || config === null) return null
  const start = turn * SAMPLE
  const ids = Array.from({ length: Math.min(SAMPLE, config.asteroids) }, (_, n) => `asteroid/${String(((start + n) % config.asteroids) + 1).padStart(4, '0')}`)
  const candidates = await Promise.all(ids.map(async (id) => ({ id, asteroid: (await node.query(id)).value as AsteroidRecord | null })))
  return nearestUseful(agent.position, agent.location, candidates.flatMap(({ id, asteroid }) => (asteroid === null ? [] : [{ id, asteroid }])))
}
