import type { TimeoutConfig } from '../consensus/index.ts'
import type { NetworkHost } from '../network/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { BlockSummary, NodeRole } from './api.ts'
import type { SpawnExecutor } from './executor/thread.ts'

export interface NodeInit {
  readonly genesis: Uint8Array
  readonly role: NodeRole
  /** Validator id and the 32-byte seed of its key; only for `validator` and `solo`. */
  readonly validator: { readonly validator_id: string; readonly seed: Uint8Array } | null
  readonly storage: NodeStorage
  /** Whether the storage outlives this process or tab. */
  readonly persistent: boolean
  readonly spawnExecutor: SpawnExecutor
  /** Null in a solo world. */
  readonly network: NetworkHost | null
  readonly blockIntervalMs: number
  readonly timeouts: TimeoutConfig
  /** Blocks below the newest snapshot kept besides; older ones are pruned. Null keeps everything. */
  readonly retainBlocks: number | null
  /** Blocks between snapshots; default `SNAPSHOT_EVERY`. */
  readonly snapshotEvery?: number
  /** Gap above which a snapshot is preferred to blocks; default `SNAPSHOT_SYNC_ABOVE`. */
  readonly snapshotSyncAbove?: number
  readonly now: () => number
  readonly onUpdate: (update: NodeEvent) => void
}

export type NodeEvent =
  | { readonly type: 'status' }
  | { readonly type: 'block'; readonly block: BlockSummary }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string }
