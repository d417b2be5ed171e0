import { schema, validatorSetSchema, WORLD_ID } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import type { LightClientInit } from './client-types.ts'
import { DEFAULT_CLOCK_DRIFT_MS, DEFAULT_TRUST_LEVEL, DEFAULT_TRUSTING_PERIOD_MS, MAX_TRUST_DENOMINATOR } from './constants.ts'
import { LightError } from './errors.ts'
import { lightBlockSchema } from './light-block.ts'
import type { BlockCheckpoint, Checkpoint, GenesisCheckpoint, LightBlock, LightSource, VerificationOptions } from './types.ts'

export interface ClientOptions {
  readonly checkpoint: Checkpoint
  readonly source: LightSource
  readonly witnesses: readonly LightSource[]
  /** The options of a verification made now. */
  readonly verification: () => VerificationOptions
}

const genesisSchema = schema.object({ world_id: WORLD_ID, height: schema.literal(0), time: schema.int(0), validators: validatorSetSchema })
const blockCheckpointSchema = schema.object({ world_id: WORLD_ID, height: schema.int(1), block_hash: schema.fixedBytes(32) })

export function isLightBlock(checkpoint: Checkpoint): checkpoint is LightBlock {
  return 'header' in checkpoint
}

export function isGenesis(checkpoint: GenesisCheckpoint | BlockCheckpoint): checkpoint is GenesisCheckpoint {
  return checkpoint.height === 0
}

/** Defaults and checks. Throws `BAD_CHECKPOINT` or `BAD_OPTIONS`. */
export function resolveClientOptions(init: LightClientInit): ClientOptions {
  const { source, witnesses = [], now, trustingPeriodMs = DEFAULT_TRUSTING_PERIOD_MS, clockDriftMs = DEFAULT_CLOCK_DRIFT_MS, trustLevel = DEFAULT_TRUST_LEVEL } = init
  const { numerator, denominator } = trustLevel
  if (!Number.isSafeInteger(trustingPeriodMs) || trustingPeriodMs <= 0) throw badOptions('trustingPeriodMs must be a positive number of milliseconds.')
  if (!Number.isSafeInteger(clockDriftMs) || clockDriftMs < 0) throw badOptions('clockDriftMs must be a number of milliseconds, zero or more.')
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator < 1 || denominator > MAX_TRUST_DENOMINATOR) {
    throw badOptions(`trustLevel must be a fraction with a denominator of at most ${MAX_TRUST_DENOMINATOR}.`)
  }
  // Below one third faulty validators alone could vouch; at one nobody could ever leave.
  if (3 * numerator < denominator || numerator >= denominator) throw badOptions('trustLevel must be at least one third and below one.')
  if (typeof source?.lightBlock !== 'function' || witnesses.some((witness) => typeof witness?.lightBlock !== 'function')) {
    throw badOptions('source and witnesses must have a function lightBlock(height).')
  }
  const clock = typeof now === 'function' ? now : () => now
  return {
    checkpoint: parseCheckpoint(init.checkpoint),
    source,
    witnesses,
    verification: () => {
      const time = clock()
      if (!Number.isFinite(time)) throw badOptions('now must give milliseconds since 1970.')
      return { trustingPeriodMs, clockDriftMs, trustLevel, now: time }
    },
  }
}

function parseCheckpoint(checkpoint: Checkpoint): Checkpoint {
  try {
    const value = checkpoint as unknown as Value
    if (isLightBlock(checkpoint)) return lightBlockSchema.parse(value, 'checkpoint')
    return isGenesis(checkpoint) ? genesisSchema.parse(value, 'checkpoint') : blockCheckpointSchema.parse(value, 'checkpoint')
  } catch (error) {
    throw new LightError('BAD_CHECKPOINT', 'The checkpoint is not one. Give a world id with a height and block hash, a genesis, or a light block.', {}, { cause: error })
  }
}

function badOptions(message: string): LightError {
  return new LightError('BAD_OPTIONS', message)
}
