import { decodeCanonical, schema, validatorSetSchema, worldId } from '../codec/index.ts'
import type { ValidatorSet, Value, ValueMap } from '../codec/index.ts'
import { AuditError } from './errors.ts'

/** As the kernel reads a genesis. */
const LIMITS = { maxBytes: 16 << 20, maxDepth: 12, maxItems: 1 << 20 }

/** The beginning of a world as its id binds it. */
export interface WorldRoot {
  readonly world_id: string
  readonly validators: ValidatorSet
}

/** The first validators of a world and the id that binds them: that of the genesis they are in. Nothing else of it is looked at. Throws `GENESIS_INVALID`. */
export function genesisValidators(genesis: Value): WorldRoot {
  try {
    const { name, validators } = genesis as ValueMap
    return { world_id: worldId(schema.text(32).parse(name, 'name'), genesis), validators: validatorSetSchema.parse(validators, 'validators') }
  } catch (error) {
    throw invalid(error)
  }
}

/** Reads a genesis file. Throws `GENESIS_INVALID`. */
export function decodeGenesisValue(encoded: Uint8Array): Value {
  try {
    return decodeCanonical(encoded, LIMITS)
  } catch (error) {
    throw invalid(error)
  }
}

function invalid(cause: unknown): AuditError {
  return new AuditError('GENESIS_INVALID', 'This is not the genesis of a world. Take the file that was announced with the world.', {}, { cause })
}
