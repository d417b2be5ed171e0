import { MESSAGE_LIMITS } from '../network/index.ts'
import { encodeSnapshotOffer } from '../replication/index.ts'
import type { FetchedSnapshot } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { snapshotEntries, snapshotManifestSchema } from '../world/index.ts'
import { blockHash, equalBytes, sha256, toHex, validatorSetHash } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { ChainError } from './chain-errors.ts'
import type { Chain, ChainHead } from './chain.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { readValidatorSet, saveValidatorSet } from './validator-sets.ts'

/** Blocks between snapshots: a newcomer replays at most this many. */
export const SNAPSHOT_EVERY = 200
/** Older ones stay for peers that are just fetching them. */
const SNAPSHOTS_KEPT = 2

/** Stores a snapshot of the head and offers it to newcomers. Null when the head's records are too large to travel as one blob. */
export async function takeSnapshot(chain: Chain, pool: ExecutorPool, storage: NodeStorage): Promise<number | null> {
  const taken = await chain.exclusively(async () => ({ head: chain.head(), state: await pool.exportState() }))
  const { head, state } = taken
  if (head.header === null || head.certificate === null || state.manifest.height !== head.height) return null
  const [events, receipts] = await Promise.all([storage.readEvents(head.height), storage.readReceipts(head.height)])
  if (events === null || receipts === null || Math.max(events.length, receipts.length) > MESSAGE_LIMITS.blobBytes) return null
  const pin = `snapshot-${head.height}`
  const chunks: string[] = []
  for (const chunk of state.chunks) chunks.push(await storage.putBlob(chunk, pin))
  const manifest = encodeSnapshotOffer({
    header: head.header,
    certificate: head.certificate,
    state: state.manifest as unknown as Value,
    chunks,
    events: await storage.putBlob(events, pin),
    receipts: await storage.putBlob(receipts, pin),
  })
  if (manifest.length > MESSAGE_LIMITS.manifestBytes) return null
  const all = [...chunks, toHex(sha256(events)), toHex(sha256(receipts))]
  await storage.putSnapshot({ height: head.height, manifest, chunk_hashes: [...new Set(all)] })
  for (const hash of all) await storage.unpinBlob(hash, pin) // the snapshot's own pin holds them now
  await storage.retainSnapshots(SNAPSHOTS_KEPT)
  return head.height
}

/**
 * Makes a verified snapshot the state of this node: executor first, which recomputes the certified root, then storage in one
 * step, then the chain. Throws when the chunks do not give that root; everything stays as it was.
 */
export function restoreSnapshot(fetched: FetchedSnapshot, chain: Chain, pool: ExecutorPool, storage: NodeStorage): Promise<void> {
  return chain.exclusively(async () => {
    const { header, certificate } = fetched.offer
    const before = chain.head()
    if (header.height <= before.height) return
    const manifest = snapshotManifestSchema.parse(fetched.offer.state, 'state')
    const executor = await pool.restore(manifest, fetched.chunks)
    if (!equalBytes(executor.state_root, header.state_root) || !equalBytes(validatorSetHash(executor.validators), header.next_validators_hash)) {
      throw new ChainError('CHAIN_FAILED', 'A snapshot gave another state than its header names. Start the node again.')
    }
    const hash = blockHash(header)
    await storage.replaceState(snapshotEntries(manifest, fetched.chunks), {
      height: header.height, block_hash: hash, state_root: header.state_root,
      commit: fetched.commit, events: fetched.events, receipts: fetched.receipts,
    })
    const decidedBy = await readValidatorSet(storage, header.validators_hash)
    await saveValidatorSet(storage, executor.validators)
    const head: ChainHead = {
      world_id: before.world_id, time: before.time, height: header.height, hash, header, certificate,
      validators: executor.validators, decided_by: decidedBy, state_root: header.state_root,
    }
    chain.moveTo(head)
  })
}

