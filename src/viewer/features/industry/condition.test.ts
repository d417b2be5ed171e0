import { expect, it } from 'vitest'
import type { FactoryRecord } from '../../../world/index.ts'
import { conditionOf, durabilityAt } from './condition.ts'

const factory = {
  ready: true, durability_ppm: 500_000, durability_height: 10, jobs: ['job/a', 'job/b'], spec: { wear_ppm_per_block: 1_000 },
} as unknown as FactoryRecord

it('wears by every running job a block, never below nothing', () => {
  expect(durabilityAt(factory, 10)).toBe(500_000)
  expect(durabilityAt(factory, 60)).toBe(400_000)
  expect(durabilityAt(factory, 1_000_000)).toBe(0)
  expect(durabilityAt({ ...factory, jobs: [] }, 1_000_000)).toBe(500_000)
})

it('says first what keeps a factory from working', () => {
  expect(conditionOf({ ...factory, ready: false }, 60)).toBe('building')
  expect(conditionOf(factory, 60)).toBe('running')
  expect(conditionOf({ ...factory, jobs: [] }, 60)).toBe('idle')
  expect(conditionOf(factory, 1_000_000)).toBe('wornOut')
})
