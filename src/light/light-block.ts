import {
  blockHash, commitCertificateSchema, decodeWith, encodeCanonical, headerSchema, schema, validatorSetHash, validatorSetSchema,
} from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { LightError } from './errors.ts'
import type { GenesisCheckpoint, LightBlock, TrustedState } from './types.ts'

export const lightBlockSchema = schema.object({
  header: headerSchema,
  certificate: commitCertificateSchema,
  validators: validatorSetSchema,
})

export function encodeLightBlock(block: LightBlock): Uint8Array {
  const { header, certificate, validators } = block
  return encodeCanonical({ header, certificate, validators })
}

/** Throws `CodecError` on anything but the canonical bytes of one light block. Nothing in it is verified yet. */
export function decodeLightBlock(encoded: Uint8Array): LightBlock {
  return decodeWith(lightBlockSchema, encoded)
}

/** The shape of what a source returned, as a typed refusal. */
export function parseLightBlock(block: unknown): LightBlock {
  try {
    return lightBlockSchema.parse(block as Value, '')
  } catch (error) {
    throw new LightError('MALFORMED', 'The source sent something that is not a light block. Ask another source.', {}, { cause: error })
  }
}

/** What a verified block lends to the verification of others. */
export function trustedStateOf({ header, validators }: LightBlock): TrustedState {
  const { world_id, height, time, next_validators_hash } = header
  return { world_id, height, time, block_hash: blockHash(header), validators, next_validators_hash }
}

/** The genesis as something to start from: its validators sign the first block. */
export function trustedGenesis({ world_id, time, validators }: GenesisCheckpoint): TrustedState {
  return { world_id, height: 0, time, block_hash: null, validators, next_validators_hash: validatorSetHash(validators) }
}
