import { blockHash, equalBytes, validatorSetHash } from '../codec/index.ts'
import { MESSAGE_LIMITS } from '../network/index.ts'
import { blobsOf, encodeSnapshotOffer } from '../replication/index.ts'
import type { FetchedSnapshot, SnapshotOffer } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { snapshotEntries } from '../world/index.ts'
import type { Chain, ChainHead } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { ExecutorError } from './executor/guard.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { saveValidatorSet } from './validator-sets.ts'

/** Blocks between snapshots: a newcomer replays at most this many. */
export const SNAPSHOT_EVERY = 200
/** Older ones stay for peers that are just fetching them. */
const SNAPSHOTS_KEPT = 2

/** Stores a snapshot of the head and offers it to newcomers. Null when the head's records are too large to travel as one blob. */
export async function takeSnapshot(chain: Chain, pool: ExecutorPool, storage: NodeStorage): Promise<number | null> {
  const { head, state } = await chain.exclusively(async () => ({ head: chain.head(), state: await pool.exportState() }))
  const { header, certificate, height } = head
  if (header === null || certificate === null || state.manifest.height !== height) return null
  const [events, receipts] = await Promise.all([storage.readEvents(height), storage.readReceipts(height)])
  if (events === null || receipts === null || Math.max(events.length, receipts.length) > MESSAGE_LIMITS.blobBytes) return null
  const kept = await keepSnapshot(storage, { header, certificate, state: state.manifest }, [...state.chunks, events, receipts], events, receipts)
  return kept ? height : null
}

/**
 * Makes a verified snapshot the state of executor and storage, the executor first, which recomputes the certified root. Throws
 * `SnapshotError` when the chunks do not give that root. Whatever is thrown, executor and storage are as they were, or the same again.
 */
export async function installSnapshot(fetched: Omit<FetchedSnapshot, 'peer'>, genesis: Pick<ChainHead, 'world_id' | 'time'>, pool: ExecutorPool, storage: NodeStorage): Promise<ChainHead> {
  const { offer: { header, certificate, state }, chunks, validators: decidedBy, commit, events, receipts } = fetched
  const executor = await pool.restore(state, chunks)
  const hash = blockHash(header)
  try {
    if (!equalBytes(executor.state_root, header.state_root) || !equalBytes(validatorSetHash(executor.validators), header.next_validators_hash)) {
      throw new ChainError('SNAPSHOT_DIFFERS', 'A snapshot gave another state than its header names. Fetch one from another peer.', { height: header.height })
    }
    await saveValidatorSet(storage, decidedBy)
    await saveValidatorSet(storage, executor.validators)
    await storage.replaceState(snapshotEntries(state, chunks), { height: header.height, block_hash: hash, state_root: header.state_root, commit, events, receipts })
  } catch (error) {
    await pool.reload('A snapshot could not be stored.')
    throw error
  }
  await assertAt(pool, header.height)
  pool.startSpare()
  // Whoever came by a snapshot offers it to the next.
  await keepSnapshot(storage, { header, certificate, state }, [...chunks, events, receipts], events, receipts)
  return {
    world_id: genesis.world_id, time: genesis.time, height: header.height, hash, header, certificate,
    validators: executor.validators, decided_by: decidedBy, state_root: header.state_root,
  }
}

/** Installs a snapshot above the head while no block is executed or recorded. Does nothing for one that is not above. */
export function restoreSnapshot(fetched: FetchedSnapshot, chain: Chain, pool: ExecutorPool, storage: NodeStorage): Promise<void> {
  return chain.exclusively(async () => {
    const before = chain.head()
    if (fetched.offer.header.height <= before.height) return
    chain.moveTo(await installSnapshot(fetched, before, pool, storage))
  })
}

/** Stores an offer with its blobs, so that peers can fetch it, and drops the oldest. False when its manifest is too large to be sent. */
async function keepSnapshot(
  storage: NodeStorage, described: Pick<SnapshotOffer, 'header' | 'certificate' | 'state'>,
  blobs: readonly Uint8Array[], events: Uint8Array, receipts: Uint8Array,
): Promise<boolean> {
  const { height } = described.header
  const pin = `snapshot-${height}`
  for (const blob of blobs) await storage.putBlob(blob, pin)
  const offer: SnapshotOffer = { ...described, events: await storage.putBlob(events, pin), receipts: await storage.putBlob(receipts, pin) }
  const manifest = encodeSnapshotOffer(offer)
  const chunk_hashes = blobsOf(offer)
  const fits = manifest.length <= MESSAGE_LIMITS.manifestBytes
  if (fits) await storage.putSnapshot({ height, manifest, chunk_hashes })
  for (const hash of chunk_hashes) await storage.unpinBlob(hash, pin) // the snapshot's own pin holds them now
  if (fits) await storage.retainSnapshots(SNAPSHOTS_KEPT)
  return fits
}

/** An executor lost just now was rebuilt from the state before; load the new one then. */
async function assertAt(pool: ExecutorPool, height: number): Promise<void> {
  try {
    if ((await pool.head()).height === height) return
  } catch (error) {
    if (!(error instanceof ExecutorError)) throw error
  }
  await pool.reload('The executor was lost while a snapshot was stored.')
}
