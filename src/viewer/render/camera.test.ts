import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { approach, BELT_CM, fitCamera, isSettled, pan, toScreenX, toScreenY, toWorldX, toWorldY, zoomAt } from './camera.ts'

const view = { width: 1440, height: 900 }
const camera = fc.record({
  centerX: fc.integer({ min: 0, max: BELT_CM }),
  centerY: fc.integer({ min: 0, max: BELT_CM }),
  scale: fc.double({ min: 1e-4, max: 1 / 200, noNaN: true }),
})
const point = fc.record({ x: fc.integer({ min: 0, max: 1440 }), y: fc.integer({ min: 0, max: 900 }) })

describe('the camera', () => {
  it('shows the whole belt when fitted', () => {
    const fitted = fitCamera(view)
    expect(toScreenX(fitted, view, 0)).toBeGreaterThanOrEqual(0)
    expect(toScreenY(fitted, view, 0)).toBeGreaterThanOrEqual(0)
    expect(toScreenY(fitted, view, BELT_CM)).toBeLessThanOrEqual(view.height)
  })

  it('maps screen to world and back', () => {
    fc.assert(fc.property(camera, point, (at, { x, y }) => {
      expect(toScreenX(at, view, toWorldX(at, view, x))).toBeCloseTo(x, 3)
      expect(toScreenY(at, view, toWorldY(at, view, y))).toBeCloseTo(y, 3)
    }))
  })

  it('keeps the point under the pointer while zooming', () => {
    fc.assert(fc.property(point, fc.double({ min: 0.8, max: 1.25, noNaN: true }), ({ x, y }, factor) => {
      const before = { centerX: BELT_CM / 2, centerY: BELT_CM / 2, scale: 1 / 2_000 }
      const after = zoomAt(before, view, x, y, factor)
      expect(toScreenX(after, view, toWorldX(before, view, x))).toBeCloseTo(x, 2)
      expect(toScreenY(after, view, toWorldY(before, view, y))).toBeCloseTo(y, 2)
    }))
  })

  it('never loses the belt however it is moved', () => {
    fc.assert(fc.property(camera, fc.array(fc.tuple(fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: -5000, max: 5000 }), fc.double({ min: 0.1, max: 10, noNaN: true })), { maxLength: 20 }), (start, moves) => {
      let at = start
      for (const [dx, dy, factor] of moves) at = zoomAt(pan(at, view, dx, dy), view, 700, 450, factor)
      expect(Math.abs(at.centerX - BELT_CM / 2)).toBeLessThanOrEqual(BELT_CM * 0.75)
      expect(at.scale).toBeGreaterThan(0)
      expect(at.scale).toBeLessThanOrEqual(1 / 120)
    }))
  })

  it('reaches its target at the same time at any frame rate', () => {
    const start = fitCamera(view)
    const target = { centerX: 2_000_000, centerY: 8_000_000, scale: start.scale * 6 }
    const run = (frames: number): number => {
      let at = start
      for (let i = 0; i < frames; i++) at = approach(at, target, 600 / frames, 70)
      return at.centerX
    }
    expect(run(36)).toBeCloseTo(run(9), 0)
    let at = start
    for (let i = 0; i < 200; i++) at = approach(at, target, 16, 70)
    expect(isSettled(at, target)).toBe(true)
  })
})
