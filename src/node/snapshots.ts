import { blockHash, decodeCommit, equalBytes, validatorSetHash } from '../codec/index.ts'
import type { BlockHeader } from '../codec/index.ts'
import { MESSAGE_LIMITS } from '../network/index.ts'
import { blobsOf, decodeSnapshotOffer, encodeSnapshotOffer } from '../replication/index.ts'
import type { FetchedSnapshot, SnapshotOffer } from '../replication/index.ts'
import type { NodeStorage, SnapshotRecord } from '../storage/index.ts'
import { snapshotEntries } from '../world/index.ts'
import type { Chain, ChainHead } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import type { ExportedState } from './executor/checkpoints.ts'
import { ExecutorError } from './executor/guard.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { saveValidatorSet } from './validator-sets.ts'

/** Blocks between snapshots: a newcomer replays at most this many. */
export const SNAPSHOT_EVERY = 200

/** A stored state and the header that certifies it. */
export interface StoredSnapshot extends ExportedState {
  readonly header: BlockHeader
}

/** Stores a snapshot of the head and offers it to newcomers. Null when the head's records are too large to travel as one blob. */
export async function takeSnapshot(chain: Chain, pool: ExecutorPool, storage: NodeStorage): Promise<number | null> {
  const state = await chain.exclusively(() => pool.exportState())
  return (await storeState(state, storage, MESSAGE_LIMITS.blobBytes)) ? state.manifest.height : null
}

/**
 * Stores the states of checkpoints like snapshots, those that are not stored yet: after a restart they are needed again, also where their block said
 * too much for them to be offered to newcomers. The genesis makes its own.
 */
export async function storeCheckpoints(pool: ExecutorPool, storage: NodeStorage): Promise<void> {
  const stored = await storage.listSnapshots()
  for (const height of await pool.checkpointHeights()) {
    if (height === 0 || stored.includes(height)) continue
    const state = await pool.exportCheckpoint(height)
    if (state !== null) await storeState(state, storage, Infinity)
  }
}

/** The chunks of a stored state with its description; null when it is not stored, or not whole. */
export async function readState(storage: Pick<NodeStorage, 'readSnapshot' | 'getBlob'>, height: number): Promise<StoredSnapshot | null> {
  const record = await storage.readSnapshot(height)
  if (record === null) return null
  const { header, state } = decodeSnapshotOffer(record.manifest)
  const chunks: Uint8Array[] = []
  for (const hash of state.chunk_hashes) {
    const chunk = await storage.getBlob(hash)
    if (chunk === null) return null
    chunks.push(chunk)
  }
  return { header, manifest: state, chunks }
}

/** The newest stored state that newcomers can fetch: what its block brought about fits into messages. */
export async function newestOffered(storage: NodeStorage): Promise<SnapshotRecord | null> {
  for (const height of (await storage.listSnapshots()).toReversed()) {
    const record = await storage.readSnapshot(height)
    if (record === null) continue
    const { events, receipts } = decodeSnapshotOffer(record.manifest)
    const said = await Promise.all([events, receipts].map((hash) => storage.getBlob(hash)))
    if (said.every((blob) => blob !== null && blob.length <= MESSAGE_LIMITS.blobBytes)) return record
  }
  return null
}

/** False when the block's events or receipts are longer than `maxRecordBytes` each. */
async function storeState({ manifest, chunks }: ExportedState, storage: NodeStorage, maxRecordBytes: number): Promise<boolean> {
  const { height } = manifest
  const [commit, events, receipts] = await Promise.all([storage.readCommit(height), storage.readEvents(height), storage.readReceipts(height)])
  if (commit === null || events === null || receipts === null || Math.max(events.length, receipts.length) > maxRecordBytes) return false
  const { block: { header }, certificate } = decodeCommit(commit.commit)
  return keepSnapshot(storage, { header, certificate, state: manifest }, [...chunks, events, receipts], events, receipts)
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

/** Stores an offer with its blobs, so that peers can fetch it. False when its manifest is too large to be sent. */
export async function keepSnapshot(
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
