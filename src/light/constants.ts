import type { TrustLevel } from './types.ts'

/**
 * How long a verified header may vouch for later ones. Validators must stay punishable that long, so it has to be shorter
 * than the unbonding time; two weeks is CometBFT's usual value for three weeks of unbonding.
 */
export const DEFAULT_TRUSTING_PERIOD_MS = 14 * 24 * 60 * 60 * 1000

/** CometBFT's default: clocks of viewers are rarely worse. */
export const DEFAULT_CLOCK_DRIFT_MS = 10_000

/** More than a third of trusted stake signed: at least one of them is correct, under the usual fault assumption. */
export const DEFAULT_TRUST_LEVEL: TrustLevel = { numerator: 1, denominator: 3 }

/** Keeps stake times denominator a safe integer: total stake is at most 2^50. */
export const MAX_TRUST_DENOMINATOR = 7

/** Light blocks one sync may fetch. Each change of a third of the stake costs about 20; a lying source must not get more. */
export const MAX_BISECTION_FETCHES = 5000

/** Hash links one sync may walk back; a checkpoint nearer to the height is the better way beyond it. */
export const MAX_BACKWARDS_HEADERS = 10_000

/** Verified blocks kept (CometBFT's pruning size): the head, those it rests on, and where conflicts are looked for. */
export const MAX_TRUSTED_BLOCKS = 1000

/** Links listed in a provenance; older ones are merged, since people read it and every value carries it. */
export const MAX_PROVENANCE_LINKS = 16
