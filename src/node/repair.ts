import { AppError, decodeCommit } from '../codec/index.ts'
import { verifyCertificate } from '../light/index.ts'
import { decodeSnapshotOffer } from '../replication/index.ts'
import type { FetchedSnapshot } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { Chain, ChainHead } from './chain.ts'
import { ExecutorError } from './executor/guard.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { installSnapshot } from './snapshots.ts'
import { readValidatorSet } from './validator-sets.ts'

/** The newest snapshot in storage that is whole, verified and installed again; null when there is none. */
export async function fromStoredSnapshot(storage: NodeStorage, pool: ExecutorPool, beginning: ChainHead): Promise<ChainHead | null> {
  for (const height of (await storage.listSnapshots()).toReversed()) {
    try {
      const snapshot = await readStored(storage, height, beginning.world_id)
      if (snapshot !== null) return await installSnapshot(snapshot, beginning, pool, storage)
    } catch (error) {
      // Damaged as well: an older one may be whole.
      if (!(error instanceof AppError) || error instanceof ExecutorError) throw error
    }
  }
  return null
}

async function readStored(storage: NodeStorage, height: number, worldId: string): Promise<Omit<FetchedSnapshot, 'peer'> | null> {
  const [snapshot, commit] = await Promise.all([storage.readSnapshot(height), storage.readCommit(height)])
  if (snapshot === null || commit === null) return null
  const offer = decodeSnapshotOffer(snapshot.manifest)
  const validators = await readValidatorSet(storage, offer.header.validators_hash)
  const [events, receipts] = await Promise.all([storage.getBlob(offer.events), storage.getBlob(offer.receipts)])
  if (validators === null || events === null || receipts === null) return null
  await verifyCertificate(offer.header, offer.certificate, validators, { world_id: worldId, height })
  const chunks: Uint8Array[] = []
  for (const hash of offer.state.chunk_hashes) {
    const chunk = await storage.getBlob(hash)
    if (chunk === null) return null
    chunks.push(chunk)
  }
  return { offer, chunks, validators, commit: commit.commit, events, receipts }
}

/**
 * Executes the stored blocks above the head again, each checked by its certificate, as far as they reach without a gap: after a repair,
 * or one that was interrupted. Returns how many.
 */
export async function replayStored(chain: Chain, storage: NodeStorage): Promise<number> {
  for (let replayed = 0; ; ) {
    const { height, validators, world_id } = chain.head()
    const stored = await storage.readCommit(height + 1)
    if (stored === null) return replayed
    try {
      const commit = decodeCommit(stored.commit)
      await verifyCertificate(commit.block.header, commit.certificate, validators, { world_id, height: height + 1 })
      await chain.commit(commit)
      replayed++
    } catch (error) {
      if (error instanceof ExecutorError && error.code !== 'EXECUTOR_CLOSED') continue
      throw error
    }
  }
}
