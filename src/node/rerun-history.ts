import { blockHash } from '../codec/index.ts'
import { decodeSnapshotOffer } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { SnapshotManifest } from '../world/index.ts'
import { genesisParentHash } from './chain.ts'
import type { ReplayStart } from './executor/replay.ts'

type HistoryStorage = Pick<NodeStorage, 'listSnapshots' | 'readSnapshot' | 'getBlob' | 'earliestHeight'>

/** A state that blocks can be executed on again. */
export interface PastState {
  readonly height: number
  readonly start: ReplayStart
  /** Null at the genesis, where every executor begins. */
  readonly snapshot: { readonly manifest: SnapshotManifest; readonly chunks: readonly Uint8Array[] } | null
}

/** The world as its genesis makes it. */
export interface Beginning {
  readonly world_id: string
  /** Milliseconds since 1970 UTC. */
  readonly time: number
}

/**
 * The newest stored state of at most height `latest` from which all blocks are stored: a snapshot that is whole, else the genesis of a
 * world whose first block is still here. Null when there is none.
 */
export async function newestPastState(storage: HistoryStorage, beginning: Beginning, latest: number): Promise<PastState | null> {
  const earliest = await storage.earliestHeight()
  if (earliest === null) return null
  for (const height of (await storage.listSnapshots()).toReversed()) {
    if (height > latest || height + 1 < earliest) continue
    const past = await readPastState(storage, height)
    if (past !== null) return past
  }
  if (earliest > 1) return null
  return { height: 0, start: { hash: genesisParentHash(beginning.world_id), header: null, time: beginning.time }, snapshot: null }
}

async function readPastState(storage: HistoryStorage, height: number): Promise<PastState | null> {
  const record = await storage.readSnapshot(height)
  if (record === null) return null
  const { header, state } = decodeSnapshotOffer(record.manifest)
  const chunks: Uint8Array[] = []
  for (const hash of state.chunk_hashes) {
    const chunk = await storage.getBlob(hash)
    if (chunk === null) return null
    chunks.push(chunk)
  }
  return { height, start: { hash: blockHash(header), header, time: header.time }, snapshot: { manifest: state, chunks } }
}
