import { totalStake } from '../../codec/index.ts'
import type { Validator, ValidatorSet } from '../../codec/index.ts'
import type { TimeoutConfig } from '../types.ts'
import { STRATEGIES } from './adversary.ts'
import type { Strategy } from './adversary.ts'
import type { KeyRegistry } from './keys.ts'
import { NO_TARGET } from './network.ts'
import type { Weather } from './network.ts'
import type { Prng } from './prng.ts'

/** Short, so that rounds pass while the weather changes. Virtual milliseconds. */
export const SIM_TIMEOUTS: TimeoutConfig = {
  proposeMs: 250, proposeDeltaMs: 100,
  prevoteMs: 100, prevoteDeltaMs: 100,
  precommitMs: 100, precommitDeltaMs: 100,
  blockIntervalMs: 150, rebroadcastMs: 400,
}

/** Longer than most rounds: then votes that were lost stay lost for a while, and nodes differ in what they saw. */
const RARE_REBROADCAST_MS = 3_000

/** One stretch of faults, in virtual milliseconds since the start. */
export interface Phase {
  readonly from: number
  readonly weather: Weather
  /** Chance per node and second to crash. */
  readonly crashPermille: number
  /** Chance to crash at the worst moments: just after signing a precommit for a block, and while the votes log is being written. */
  readonly crashAfterLockPermille: number
  readonly crashInWritePermille: number
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
  /** Chance per second that every node loses power at one moment, as on one machine. */
  readonly blackoutPermille: number
  readonly timeouts: TimeoutConfig
  /** Longest a write takes to be durable, in virtual milliseconds. */
  readonly writeMs: number
}

export interface ScenarioLimits {
  /** Virtual milliseconds of faults, at least and at most. */
  readonly faultMs: readonly [number, number]
}

export const DEFAULT_LIMITS: ScenarioLimits = { faultMs: [8_000, 20_000] }

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
    timeouts: prng.chance(500) ? SIM_TIMEOUTS : { ...SIM_TIMEOUTS, rebroadcastMs: RARE_REBROADCAST_MS },
    writeMs: prng.pick([2, 10, 60]),
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

/** Precommits lost after prevotes arrived make locks without decisions; prevotes lost make locks that only some know of. */
function randomTarget(prng: Prng): Weather['lossByKind'] {
  const some = [0, 200, 400, 700]
  return { proposal: prng.pick([0, 0, 300]), prevote: prng.pick(some), precommit: prng.pick(some) }
}

/** Mostly whole; else one node cut off, or two or three random parts. */
function randomGroups(prng: Prng, nodes: number): readonly number[] | null {
  const kind = prng.between(0, 9)
  if (kind < 5) return null
  const lone = prng.between(0, nodes - 1)
  if (kind < 8) return Array.from({ length: nodes }, (_, index) => (index === lone ? 1 : 0))
  const parts = prng.between(2, 3)
  return Array.from({ length: nodes }, () => prng.between(0, parts - 1))
}

function randomPhases(prng: Prng, nodes: number, healAt: number): readonly Phase[] {
  const phases: Phase[] = []
  for (let from = 0; from < healAt; from += prng.between(200, 2_000)) {
    const slow = prng.chance(300)
    phases.push({
      from,
      weather: {
        lossPermille: prng.pick([0, 0, 30, 150, 400]),
        lossByKind: prng.chance(400) ? randomTarget(prng) : NO_TARGET,
        duplicatePermille: prng.pick([0, 50, 200]),
        delayMs: slow ? [20, 900] : [1, prng.pick([20, 80, 250])],
        groups: randomGroups(prng, nodes),
      },
      crashPermille: prng.pick([0, 0, 0, 50, 200]),
      crashAfterLockPermille: prng.pick([0, 0, 0, 300]),
      crashInWritePermille: prng.pick([0, 0, 0, 60]),
      interruptPermille: prng.pick([0, 0, 50]),
    })
  }
  return phases
}
