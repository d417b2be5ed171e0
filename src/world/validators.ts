import type { ValidatorSet } from '../codec/index.ts'

const BPS = 10_000

/** Stake after a slash of `bps` basis points, the loss rounded up. Split so that no product leaves the safe integers. */
export function slashedStake(stake: number, bps: number): number {
  const whole = Math.floor(stake / BPS)
  return stake - whole * bps - Math.ceil(((stake % BPS) * bps) / BPS)
}

/**
 * The set after a slash. Who has no stake left leaves it, but the last validator stays with one unit: a world without validators
 * could never go on.
 */
export function slashedSet(set: ValidatorSet, validatorId: string, bps: number): ValidatorSet {
  return set.flatMap((validator) => {
    if (validator.validator_id !== validatorId) return [validator]
    const stake = slashedStake(validator.stake, bps)
    if (stake > 0) return [{ ...validator, stake }]
    return set.length > 1 ? [] : [{ ...validator, stake: 1 }]
  })
}
