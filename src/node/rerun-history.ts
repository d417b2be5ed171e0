import { blockHash } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { genesisParentHash } from './chain.ts'
import type { ExportedState } from './executor/checkpoints.ts'
import type { ReplayStart } from './executor/replay.ts'
import { readState } from './snapshots.ts'

type HistoryStorage = Pick<NodeStorage, 'listSnapshots' | 'readSnapshot' | 'getBlob' | 'earliestHeight'>

/** A state that blocks can be executed on again. */
export interface PastState {
  readonly height: number
  readonly start: ReplayStart
  /** Null at the genesis, where every executor begins. */
  readonly snapshot: ExportedState | null
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
    const snapshot = await readState(storage, height)
    if (snapshot !== null) return { height, start: { hash: blockHash(snapshot.header), header: snapshot.header, time: beginning.time }, snapshot }
  }
  if (earliest > 1) return null
  return { height: 0, start: { hash: genesisParentHash(beginning.world_id), header: null, time: beginning.time }, snapshot: null }
}
