import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceCm, dockingPoint, integerSqrt, positionAt, travelBlocks } from './geometry.ts'
import { BELT_CM } from './state/records.ts'

const vectors = fc.record({ x: fc.nat(BELT_CM.x), y: fc.nat(BELT_CM.y), z: fc.nat(BELT_CM.z) })

describe('integerSqrt', () => {
  it('is exact for every safe integer', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (n) => {
      const root = BigInt(integerSqrt(n))
      expect(root * root <= BigInt(n) && (root + 1n) * (root + 1n) > BigInt(n)).toBe(true)
    }))
    for (const root of [0, 1, 94_906_264, 94_906_265]) expect(integerSqrt(root * root)).toBe(root)
    expect(integerSqrt(Number.MAX_SAFE_INTEGER)).toBe(94_906_265)
  })
})

describe('positions of moving agents', () => {
  const motions = fc.record({ from: vectors, to: vectors, depart_height: fc.integer({ min: 1, max: 1e9 }), blocks: fc.integer({ min: 1, max: 1000 }) })

  it('begin at the start, end at the destination and never leave the box between them', () => {
    fc.assert(fc.property(motions, fc.nat(1000), ({ from, to, depart_height, blocks }, after) => {
      const motion = { from, to, to_asteroid: 'asteroid/0001', depart_height, arrive_height: depart_height + blocks }
      const at = (height: number): typeof from => positionAt({ position: from, motion }, height)
      expect(at(depart_height)).toEqual(from)
      expect(at(depart_height - 1)).toEqual(from)
      expect(at(depart_height + blocks)).toEqual(to)
      expect(at(depart_height + blocks + after)).toEqual(to)
      const between = at(depart_height + (after % blocks))
      for (const axis of ['x', 'y', 'z'] as const) {
        expect(Number.isSafeInteger(between[axis])).toBe(true)
        expect(between[axis]).toBeGreaterThanOrEqual(Math.min(from[axis], to[axis]))
        expect(between[axis]).toBeLessThanOrEqual(Math.max(from[axis], to[axis]))
      }
    }))
  })

  it('stay put without a motion', () => expect(positionAt({ position: { x: 1, y: 2, z: 3 }, motion: null }, 99)).toEqual({ x: 1, y: 2, z: 3 }))
})

describe('docks', () => {
  it('lie on the surface or just below, never above', () => {
    fc.assert(fc.property(vectors, fc.integer({ min: 50_000, max: 1_000_000 }), fc.stringMatching(/^[0-9a-f]{32}$/), (position, radius_cm, id) => {
      const away = distanceCm(dockingPoint({ position, radius_cm }, `agent/${id}`), position)
      expect(away).toBeLessThanOrEqual(radius_cm)
      expect(away).toBeGreaterThanOrEqual(radius_cm - Math.ceil(radius_cm / 500) - 3)
    }), { examples: [[{ x: 0, y: 0, z: 0 }, 50_000, '80008000800000000000000000000000']] })
  })
})

describe('travel time', () => {
  it('is the distance over the speed, rounded up, at least one block', () => {
    expect(travelBlocks(0, 200_000)).toBe(1)
    expect(travelBlocks(200_000, 200_000)).toBe(1)
    expect(travelBlocks(200_001, 200_000)).toBe(2)
  })
})
