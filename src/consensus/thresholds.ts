import { totalStake } from '../codec/index.ts'
import type { ValidatorSet } from '../codec/index.ts'

/** The two sums of stake every rule compares with. */
export interface Thresholds {
  readonly total: number
  /** Least stake above two thirds of the total, the paper's 2f + 1: agrees with `isQuorum` of codec. */
  readonly quorum: number
  /** Least stake above one third, the paper's f + 1: at least one correct validator is among them. */
  readonly honest: number
}

export function thresholdsOf(validators: ValidatorSet): Thresholds {
  const total = totalStake(validators)
  return { total, quorum: Math.floor((2 * total) / 3) + 1, honest: Math.floor(total / 3) + 1 }
}
