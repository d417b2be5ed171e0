import { expect, it } from 'vitest'
import { squaredDistance } from './geometry.ts'
import { Neighbourhood } from './observation.ts'
import type { Vector } from './state/records.ts'
import type { StateReader } from './state/state.ts'

const RANGE = 1_000
const LIMIT = 7

it('those near are the nearest within range, in order, and of those as near the ones with the lowest ids', () => {
  const ids = Array.from({ length: 200 }, (_, index) => `agent/${index.toString(16).padStart(32, '0')}`)
  // Coarse, so that many are equally far.
  const positions = new Map(ids.map((id, index): [string, Vector] => [id, { x: ((index * 37) % 41) * 100, y: ((index * 53) % 29) * 100, z: 0 }]))
  const state = { get: (id: string) => ({ position: positions.get(id)!, motion: null }) } as unknown as StateReader
  const neighbourhood = new Neighbourhood(state, ids, 5, RANGE, LIMIT)
  for (const id of ids) {
    const from = positions.get(id)!
    const expected = ids
      .map((agent_id) => ({ agent_id, squared: squaredDistance(positions.get(agent_id)!, from) }))
      .filter(({ agent_id, squared }) => agent_id !== id && squared <= RANGE * RANGE)
      .sort((a, b) => a.squared - b.squared || (a.agent_id < b.agent_id ? -1 : 1))
      .slice(0, LIMIT)
    const found = neighbourhood.around(from, id)
    expect(found.map(({ agent_id }) => agent_id)).toEqual(expected.map(({ agent_id }) => agent_id))
    expect(found.length).toBeGreaterThan(3)
  }
})
