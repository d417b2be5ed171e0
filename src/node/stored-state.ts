import type { NodeStorage } from '../storage/index.ts'
import type { StoredState } from './executor/pool.ts'
import type { StateEntry } from './executor/service.ts'

/** Records per message while the executor is being loaded: about a megabyte. */
const LOAD_BATCH = 1_000

/** The stored head with its records, for loading an executor; null when no block is stored. */
export async function storedState(storage: NodeStorage): Promise<StoredState | null> {
  const head = await storage.head()
  return head === null ? null : { head: { height: head.height, state_root: head.state_root }, entries: batches(storage) }
}

async function* batches(storage: NodeStorage): AsyncIterable<readonly StateEntry[]> {
  let batch: StateEntry[] = []
  for await (const entry of storage.stateEntries()) {
    batch.push(entry)
    if (batch.length < LOAD_BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
