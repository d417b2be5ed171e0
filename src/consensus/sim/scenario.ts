import { totalStake } from '../../codec/index.ts'
import type { Validator, ValidatorSet } from '../../codec/index.ts'
import type { TimeoutConfig } from '../types.ts'
import { STRATEGIES } from './adversary.ts'
import type { Strategy } from './adversary.ts'
import type { KeyRegistry } from './keys.ts'
import type { Weather } from './network.ts'
import type { Prng } from './prng.ts'

/** Short, since virtual time costs nothing but events. Virtual milliseconds. */
export const SIM_TIMEOUTS: TimeoutConfig = {
  proposeMs: 250, proposeDeltaMs: 100,
  prevoteMs: 100, prevoteDeltaMs: 100,
  precommitMs: 100, precommitDeltaMs: 100,
  blockIntervalMs: 150, rebroadcastMs: 400,
}

/** One stretch of faults, in virtual milliseconds since the start. */
export interface Phase {
  readonly from: number
  readonly weather: Weather
  /** Chance per node and second to crash. */
  readonly crashPermille: number
  readonly interruptPermille: number
}

/** Everything a seed decides. */
export interface Scenario {
  /** All validators, Byzantine ones included; node i runs validator i. A last node without a key may follow. */
  readonly validators: ValidatorSet
  /** Validator sets of successive epochs, used in turn. */
  readonly sets: readonly ValidatorSet[]
  readonly epochHeights: number
  readonly byzantine: ReadonlyMap<string, Strategy>
  readonly fullNodes: number
  readonly phases: readonly Phase[]
  /** When all faults but the Byzantine nodes end. */
  readonly healAt: number
  /** Chance that every node loses power at one moment, as on one machine. */
  readonly blackoutPermille: number
}

export interface ScenarioLimits {
  /** Virtual milliseconds of faults, at least and at most. */
  readonly faultMs: readonly [number, number]
}

export const DEFAULT_LIMITS: ScenarioLimits = { faultMs: [6_000, 14_000] }

export function randomScenario(prng: Prng, keys: KeyRegistry, limits: ScenarioLimits = DEFAULT_LIMITS): Scenario {
  const count = prng.between(4, 7)
  const equal = prng.chance(500)
  const validators: Validator[] = Array.from({ length: count }, (_, index) => {
    const validator_id = `validator-${index}`
    return { validator_id, public_key: keys.create(validator_id, prng.bytes(16)), stake: equal ? 10 : prng.between(1, 60) }
  })
  const byzantine = chooseByzantine(prng, validators)
  const healAt = prng.between(limits.faultMs[0], limits.faultMs[1])
  return {
    validators,
    sets: epochSets(prng, validators, byzantine),
    epochHeights: prng.between(3, 9),
    byzantine,
    fullNodes: prng.between(0, 1),
    phases: randomPhases(prng, count + 1, healAt),
    healAt,
    blackoutPermille: prng.chance(300) ? 60 : 0,
  }
}

/** Byzantine validators with less than a third of stake together; often accomplices in one strategy. */
function chooseByzantine(prng: Prng, validators: ValidatorSet): ReadonlyMap<string, Strategy> {
  const chosen = new Map<string, Strategy>()
  if (prng.chance(150)) return chosen
  const shared = prng.pick(STRATEGIES)
  const together = prng.chance(600)
  let stake = 0
  for (const validator of prng.shuffled(validators)) {
    if (3 * (stake + validator.stake) >= totalStake(validators)) continue
    stake += validator.stake
    chosen.set(validator.validator_id, together ? shared : prng.pick(STRATEGIES))
    if (prng.chance(200)) break
  }
  return chosen
}

/** The full set and, sometimes, one without a correct validator, as long as the Byzantine stay below a third in it. */
function epochSets(prng: Prng, validators: ValidatorSet, byzantine: ReadonlyMap<string, Strategy>): readonly ValidatorSet[] {
  const sets: ValidatorSet[] = [validators]
  const leaving = validators.filter(({ validator_id }) => !byzantine.has(validator_id) && prng.chance(400)).at(0)
  if (leaving === undefined) return sets
  const smaller = validators.filter((validator) => validator !== leaving)
  const bad = smaller.reduce((sum, { validator_id, stake }) => sum + (byzantine.has(validator_id) ? stake : 0), 0)
  if (3 * bad < totalStake(smaller)) sets.push(smaller)
  return sets
}

function randomPhases(prng: Prng, nodes: number, healAt: number): readonly Phase[] {
  const phases: Phase[] = []
  for (let from = 0; from < healAt; from += prng.between(500, 3_000)) {
    const slow = prng.chance(300)
    const parts = prng.chance(350) ? prng.between(2, 3) : 1
    phases.push({
      from,
      weather: {
        lossPermille: prng.pick([0, 0, 30, 150, 400]),
        duplicatePermille: prng.pick([0, 50, 200]),
        delayMs: slow ? [20, 900] : [1, prng.pick([20, 80, 250])],
        groups: parts === 1 ? null : Array.from({ length: nodes }, () => prng.between(0, parts - 1)),
      },
      crashPermille: prng.pick([0, 0, 100, 300]),
      interruptPermille: prng.pick([0, 0, 50]),
    })
  }
  return phases
}
