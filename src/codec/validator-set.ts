import { decodeCanonical } from './decode.ts'
import { encodeCanonical } from './encode.ts'
import { Domain } from './domains.ts'
import { CodecError } from './errors.ts'
import { sha256 } from './sha256.ts'
import { array, fixedBytes, int, object, text } from './schema.ts'
import type { Infer } from './schema.ts'

/** A certificate names signers by a bitmap over this many at most; more would slow every vote for no gain here. */
export const MAX_VALIDATORS = 1000
/** Three times the total stake stays a safe integer, so "more than two thirds" never rounds. */
export const MAX_TOTAL_STAKE = 2 ** 50

/** Names of validators: short, printable, safe in file names. */
export const VALIDATOR_ID = text(64, /^[a-z0-9][a-z0-9-]*$/)

export const validatorSchema = object({
  validator_id: VALIDATOR_ID,
  public_key: fixedBytes(32),
  stake: int(1, MAX_TOTAL_STAKE),
})
export type Validator = Infer<typeof validatorSchema>

/** Validators in ascending order of `validator_id`; bitmaps and proposer order refer to positions in it. */
export type ValidatorSet = readonly Validator[]

const listSchema = array(validatorSchema, MAX_VALIDATORS)

/** Shape plus the laws of a set: not empty, sorted, ids and keys unique, total stake in range. */
export const validatorSetSchema = {
  parse: (value: Parameters<typeof listSchema.parse>[0], path: string): ValidatorSet => {
    const set = listSchema.parse(value, path)
    assertValidatorSet(set)
    return set
  },
}

export function assertValidatorSet(set: ValidatorSet): void {
  const keys = new Set<string>()
  for (let i = 0; i < set.length; i++) {
    if (i > 0 && set[i - 1]!.validator_id >= set[i]!.validator_id) {
      throw new CodecError('SCHEMA_MISMATCH', 'Validators must be listed in ascending order of validator_id, each once.')
    }
    keys.add(set[i]!.public_key.join())
  }
  if (set.length === 0 || keys.size !== set.length) {
    throw new CodecError('SCHEMA_MISMATCH', 'A validator set needs at least one validator, each with a key of its own.')
  }
  if (totalStake(set) > MAX_TOTAL_STAKE) throw new CodecError('SCHEMA_MISMATCH', `Total stake must not exceed ${MAX_TOTAL_STAKE}.`)
}

export function totalStake(set: ValidatorSet): number {
  let total = 0
  for (const { stake } of set) total += stake
  return total
}

/** More than two thirds of all stake: what a certificate needs. Exact in integers. */
export function isQuorum(stake: number, total: number): boolean {
  return 3 * stake > 2 * total
}

/**
 * The bytes a header names a set by: their SHA-256 is `validators_hash`, so any content-addressed store can hand out the set.
 */
export function encodeValidatorSet(set: ValidatorSet): Uint8Array {
  return encodeCanonical([Domain.validatorSet, set.map((v) => [v.validator_id, v.public_key, v.stake])])
}

/** Strict inverse of `encodeValidatorSet`. Throws `CodecError`. */
export function decodeValidatorSet(encoded: Uint8Array): ValidatorSet {
  const value = decodeCanonical(encoded)
  if (!Array.isArray(value) || value.length !== 2 || value[0] !== Domain.validatorSet || !Array.isArray(value[1])) {
    throw new CodecError('SCHEMA_MISMATCH', 'These bytes are no validator set.')
  }
  const rows = value[1].map((row) => {
    if (!Array.isArray(row) || row.length !== 3) throw new CodecError('SCHEMA_MISMATCH', 'A validator must be [validator_id, public_key, stake].')
    return { validator_id: row[0]!, public_key: row[1]!, stake: row[2]! }
  })
  return validatorSetSchema.parse(rows, 'validators')
}

export function validatorSetHash(set: ValidatorSet): Uint8Array {
  return sha256(encodeValidatorSet(set))
}
