import { decodeCanonical, decodeCommit } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import type { LightBlock } from '../light/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { WorldEvent } from '../world/index.ts'
import { readValidatorSet } from './validator-sets.ts'

/** Bytes of events or receipts of one block: as storage bounds them. */
const RECORD_LIMITS = { maxBytes: 16 << 20, maxDepth: 16, maxItems: 1 << 20 }

/** A stored block as light clients see it: header, certificate, and the validators who signed. Null when it is gone. */
export async function storedLightBlock(storage: Pick<NodeStorage, 'readCommit' | 'getBlob'>, height: number): Promise<LightBlock | null> {
  const stored = await storage.readCommit(height)
  if (stored === null) return null
  const { block: { header }, certificate } = decodeCommit(stored.commit)
  const validators = await readValidatorSet(storage, header.validators_hash)
  return validators === null ? null : { header, certificate, validators }
}

export async function storedEvents(storage: Pick<NodeStorage, 'readEvents'>, height: number): Promise<readonly WorldEvent[] | null> {
  const events = await storage.readEvents(height)
  return events === null ? null : decodeList<WorldEvent>(events)
}

export function decodeList<T>(encoded: Uint8Array): readonly T[] {
  return decodeCanonical(encoded, RECORD_LIMITS) as readonly Value[] as unknown as readonly T[]
}
