import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partDone, shownPosition } from './position.ts'

const motion = { from: { x: 0, y: 100, z: 0 }, to: { x: 1000, y: 100, z: -50 }, to_asteroid: 'asteroid/0002', depart_height: 10, arrive_height: 20 }

describe('the position shown', () => {
  it('moves in a straight line from departure to arrival', () => {
    const at = (height: number) => shownPosition({ position: motion.from, motion }, height)
    expect(at(10)).toEqual(motion.from)
    expect(at(15)).toEqual({ x: 500, y: 100, z: -25 })
    expect(at(20)).toEqual(motion.to)
  })

  it('is the docked position while the agent rests', () => {
    expect(shownPosition({ position: { x: 1, y: 2, z: 3 }, motion: null }, 99)).toEqual({ x: 1, y: 2, z: 3 })
  })

  it('never shows progress outside of 0 to 1', () => {
    fc.assert(fc.property(fc.nat(1000), fc.nat(1000), fc.nat(2000), (since, length, height) => {
      const part = partDone(since, since + length, height)
      expect(part).toBeGreaterThanOrEqual(0)
      expect(part).toBeLessThanOrEqual(1)
    }))
  })
})
