import { describe, expect, it } from 'vitest'
import { sha256, encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { distanceCm } from './geometry.ts'
import { remainingOre } from './industry/ore.ts'
import { ORES } from './industry/materials.ts'
import { createIntegerStream, placeAsteroids, SCENARIOS } from './scenario.ts'
import { BELT_CM } from './state/records.ts'
import { seedOf } from './testing/test-world.ts'

const digest = (value: unknown): Uint8Array => sha256(encodeCanonical(value as Value))

describe.each(Object.entries(SCENARIOS))('%s', (_name, { asteroids: count }) => {
  const asteroids = placeAsteroids(seedOf('belt'), count)

  it('has its number of asteroids inside the belt, 500 m to 10 km in radius', () => {
    expect(asteroids).toHaveLength(count)
    for (const { position, radius_cm } of asteroids) {
      for (const axis of ['x', 'y', 'z'] as const) {
        expect(position[axis] - radius_cm).toBeGreaterThanOrEqual(0)
        expect(position[axis] + radius_cm).toBeLessThanOrEqual(BELT_CM[axis])
      }
      expect(radius_cm).toBeGreaterThanOrEqual(50_000)
      expect(radius_cm).toBeLessThanOrEqual(1_000_000)
    }
  })

  it('keeps 500 m between surfaces', () => {
    let nearest = Infinity
    for (const [index, a] of asteroids.entries()) {
      for (let other = index + 1; other < asteroids.length; other++) {
        const b = asteroids[other]!
        const gap = distanceCm(a.position, b.position) - a.radius_cm - b.radius_cm
        if (gap < nearest) nearest = gap
      }
    }
    expect(nearest).toBeGreaterThanOrEqual(50_000)
  })

  it('holds safe, positive element budgets and radiation of every sort', () => {
    for (const { elements, radiation } of asteroids) {
      expect(Object.values(elements).every((amount) => Number.isSafeInteger(amount) && amount > 0)).toBe(true)
      expect(Number.isInteger(radiation) && radiation >= 0 && radiation <= 100).toBe(true)
    }
    expect(new Set(asteroids.map(({ material }) => material)).size).toBeGreaterThanOrEqual(4)
    expect(asteroids.some(({ radiation }) => radiation >= 50)).toBe(true)
  })

  it('follows from the seed alone', () => {
    expect(digest(placeAsteroids(seedOf('belt'), count))).toEqual(digest(asteroids))
    expect(digest(placeAsteroids(seedOf('another'), count))).not.toEqual(digest(asteroids))
  })
})

it('every small belt has each ore at several asteroids, whatever its seed', () => {
  expect(ORES).toHaveLength(5)
  for (let seed = 0; seed < 500; seed++) {
    const asteroids = placeAsteroids(seedOf(`belt ${seed}`), SCENARIOS['belt-small'].asteroids)
    for (const ore of ORES) {
      const rich = asteroids.filter((asteroid) => remainingOre(asteroid, ore) >= 20)
      expect(rich.length, `${ore} in belt ${seed}`).toBeGreaterThanOrEqual(3)
    }
  }
})

describe('the integer stream', () => {
  it('differs by label and stays below the bound', () => {
    const a = createIntegerStream(seedOf('s'), 'a')
    const b = createIntegerStream(seedOf('s'), 'b')
    const [first, second] = [Array.from({ length: 100 }, () => a(1000)), Array.from({ length: 100 }, () => b(1000))]
    expect(first).not.toEqual(second)
    expect(Math.max(...first) < 1000 && Math.min(...first) >= 0).toBe(true)
  })
})
