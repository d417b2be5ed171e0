import { FULL_DURABILITY_PPM } from './records.ts'
import type { FactoryRecord } from './records.ts'

/**
 * Durability at `height`, in parts per million: every running job wears the factory by `wear_ppm_per_block` a block. Computed from the
 * last change of the load, so that factories at work are not written every block.
 */
export function durabilityAt({ durability_ppm, durability_height, spec, jobs }: Pick<FactoryRecord, 'durability_ppm' | 'durability_height' | 'spec' | 'jobs'>, height: number): number {
  // After so many blocks any wear at all has used it up; the bound keeps the product a safe integer.
  const blocks = Math.min(Math.max(0, height - durability_height), FULL_DURABILITY_PPM)
  return Math.max(0, durability_ppm - blocks * spec.wear_ppm_per_block * jobs.length)
}
