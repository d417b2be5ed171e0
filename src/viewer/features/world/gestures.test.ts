import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distance, middle, wheelFactor } from './gestures.ts'

describe('map gestures', () => {
  it('zoom back by the same wheel step returns to where it began', () => {
    fc.assert(fc.property(fc.integer({ min: -400, max: 400 }), fc.constantFrom(0, 1), (delta, mode) => {
      expect(wheelFactor(delta, mode) * wheelFactor(-delta, mode)).toBeCloseTo(1, 9)
    }))
  })

  it('never jumps, whatever a device reports', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), fc.constantFrom(0, 1, 2), (delta, mode) => {
      expect(wheelFactor(delta, mode)).toBeGreaterThan(0.5)
      expect(wheelFactor(delta, mode)).toBeLessThan(2)
    }))
  })

  it('comes closer when the wheel turns away from the user', () => {
    expect(wheelFactor(-100, 0)).toBeGreaterThan(1)
    expect(middle({ x: 0, y: 4 }, { x: 10, y: 0 })).toEqual({ x: 5, y: 2 })
    expect(distance({ x: 0, y: 3 }, { x: 4, y: 0 })).toBe(5)
  })
})
