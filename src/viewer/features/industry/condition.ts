/** What a factory is worth at a height. Only for showing; the kernel's own integers decide. */
import type { FactoryRecord } from '../../../world/index.ts'

/** Durability of what is new, parts per million. */
export const FULL_PPM = 1_000_000

export type FactoryCondition = 'building' | 'idle' | 'running' | 'wornOut'

/** Every running job wears it by so much a block. */
export function durabilityAt({ durability_ppm, durability_height, spec, jobs }: FactoryRecord, height: number): number {
  return Math.max(0, durability_ppm - Math.max(0, height - durability_height) * spec.wear_ppm_per_block * jobs.length)
}

export function conditionOf(factory: FactoryRecord, height: number): FactoryCondition {
  if (!factory.ready) return 'building'
  if (durabilityAt(factory, height) === 0) return 'wornOut'
  return factory.jobs.length > 0 ? 'running' : 'idle'
}
