import { AppError, fromHex } from '../codec/index.ts'
import { fetchPastState } from '../replication/index.ts'
import type { FetchedState } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { CHECKPOINTS_KEY } from '../world/index.ts'
import type { Checkpoint } from '../world/index.ts'
import type { ExportedState } from './executor/checkpoints.ts'
import type { ExecutorPool } from './executor/pool.ts'
import type { PeerTable } from './peer-table.ts'
import { keepSnapshot, readState } from './snapshots.ts'

/** A state that no peer gave is not asked for again sooner, milliseconds. */
const RETRY_MS = 2_000

export interface CheckpointFetchInit {
  readonly peers: PeerTable
  readonly pool: ExecutorPool
  readonly storage: NodeStorage
  readonly now: () => number
  readonly log: (level: 'info' | 'warn', message: string) => void
}

/** `unlisted` when the world went on meanwhile and lists it no more, `other` when the chunks are not that state. */
type Given = 'taken' | 'unlisted' | 'other'

/**
 * Brings states that the world may go back to and that a node which joined by a snapshot has not: without them it could not follow. The
 * certified state names their roots, so any peer will do.
 */
export class CheckpointFetch {
  private readonly init: CheckpointFetchInit
  private readonly stopping = new AbortController()
  private running: Promise<void> | null = null
  private nextAt = 0

  constructor(init: CheckpointFetchInit) {
    this.init = init
  }

  /** Some may be missing. One run at a time; a fruitless one is not repeated at once. */
  notice(): void {
    const { now, log } = this.init
    if (this.running !== null || this.stopping.signal.aborted || now() < this.nextAt) return
    this.running = this.bringAll()
      .catch((error: unknown) => log('warn', `checkpoints: ${error instanceof Error ? error.message : String(error)}`))
      .finally(() => {
        this.running = null
        this.nextAt = now() + RETRY_MS
      })
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.running
  }

  private async bringAll(): Promise<void> {
    const { pool, log } = this.init
    const missing = new Set(await pool.missingCheckpoints())
    if (missing.size === 0) return
    const listed = ((await pool.record(CHECKPOINTS_KEY)) ?? []) as unknown as readonly Checkpoint[]
    for (const { height, state_root } of listed) {
      if (!missing.has(height) || this.stopping.signal.aborted) continue
      const stored = await readState(this.init.storage, height)
      // What is stored may be damaged, and is then as good as none.
      const given = stored === null ? 'other' : await this.give(stored)
      if (given === 'taken' || (given === 'other' && (await this.fetch(height, fromHex(state_root))))) log('info', `has the state of checkpoint ${height} now`)
    }
  }

  private async give(state: ExportedState): Promise<Given> {
    try {
      await this.init.pool.addCheckpoint(state)
      return 'taken'
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (error.code === 'CHECKPOINT_UNKNOWN') return 'unlisted'
      if (error.code.startsWith('SNAPSHOT_')) return 'other'
      throw error
    }
  }

  /** Stores only what the executor found to be the state: what is stored is not asked for again. */
  private async fetch(height: number, stateRoot: Uint8Array): Promise<boolean> {
    const { peers, storage } = this.init
    let given = 'other' as Given
    const take = async ({ offer, chunks }: FetchedState): Promise<boolean> => {
      given = await this.give({ manifest: offer.state, chunks })
      return given !== 'other'
    }
    const fetched = await fetchPastState({ peers, height, stateRoot, local: (hash) => storage.getBlob(hash), take, signal: this.stopping.signal })
    if (fetched === null || given !== 'taken') return false
    await this.keep(fetched)
    return true
  }

  private async keep({ offer, chunks, events, receipts }: FetchedState): Promise<void> {
    await keepSnapshot(this.init.storage, offer, [...chunks, events, receipts], events, receipts)
  }
}
