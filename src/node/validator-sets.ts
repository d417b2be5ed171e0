import { decodeValidatorSet, encodeValidatorSet, toHex, validatorSetHash } from '../codec/index.ts'
import type { ValidatorSet } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'

/**
 * Keeps a set as a blob: its content hash is the `validators_hash` headers name it by, so peers can fetch and check it.
 * Cheap when it is there already.
 */
export async function saveValidatorSet(storage: NodeStorage, set: ValidatorSet): Promise<void> {
  if (!(await storage.hasBlob(toHex(validatorSetHash(set))))) await storage.putBlob(encodeValidatorSet(set), 'validator-set')
}

/** The set with this hash, or null. */
export async function readValidatorSet(storage: Pick<NodeStorage, 'getBlob'>, hash: Uint8Array): Promise<ValidatorSet | null> {
  const blob = await storage.getBlob(toHex(hash))
  return blob === null ? null : decodeValidatorSet(blob)
}
