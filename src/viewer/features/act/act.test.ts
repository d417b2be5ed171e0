import { describe, expect, it } from 'vitest'
import { nextNonce } from './history.ts'
import type { Sent } from './history.ts'
import { nearestUseful } from './suggest.ts'

const sent = (nonce: number, state: 'pending' | 'expired'): Sent => ({ number: nonce, action_id: 'x', intent: { kind: 'query_observation' }, nonce, validUntilHeight: 9, outcome: { state } })

describe('acting', () => {
  it('numbers an action after the state and after everything still waiting', () => {
    expect(nextNonce(0, [])).toBe(1)
    expect(nextNonce(4, [sent(5, 'pending'), sent(6, 'pending')])).toBe(7)
    expect(nextNonce(4, [sent(9, 'expired')])).toBe(5)
  })

  it('suggests the nearest place with radiation that is not here', () => {
    const place = (id: string, x: number, radiation: number) => ({ id, asteroid: { position: { x, y: 0, z: 0 }, radiation } })
    const candidates = [place('here', 0, 50), place('dark', 1, 0), place('far', 90, 9), place('near', 5, 1)]
    expect(nearestUseful({ x: 0, y: 0, z: 0 }, 'here', candidates)).toBe('near')
    expect(nearestUseful({ x: 0, y: 0, z: 0 }, 'here', candidates.slice(0, 2))).toBeNull()
  })
})
