import { decodeCanonical, schema, validatorSetSchema, worldId } from '../codec/index.ts'
import type { ValidatorSet, ValueMap } from '../codec/index.ts'
import { AuditError } from './errors.ts'

/** As the kernel reads a genesis. */
const LIMITS = { maxBytes: 16 << 20, maxDepth: 12, maxItems: 1 << 20 }

/** The first validators of a world and the id that binds them: that of the genesis they are in. Nothing else of it is looked at. Throws `GENESIS_INVALID`. */
export function genesisValidators(genesis: Uint8Array): { readonly world_id: string; readonly validators: ValidatorSet } {
  try {
    const value = decodeCanonical(genesis, LIMITS) as ValueMap
    return { world_id: worldId(schema.text(32).parse(value['name'], 'name'), value), validators: validatorSetSchema.parse(value['validators'], 'validators') }
  } catch (error) {
    throw new AuditError('GENESIS_INVALID', 'These bytes are not the genesis of a world. Take the file that was announced with the world.', {}, { cause: error })
  }
}
