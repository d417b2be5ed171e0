import { errorInfo } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { Chain } from './chain.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { retainPastStates } from './retention.ts'
import { storeCheckpoints, takeSnapshot } from './snapshots.ts'

export interface HousekeepingInit {
  readonly chain: Chain
  readonly pool: ExecutorPool
  readonly storage: NodeStorage
  readonly snapshotEvery: number
  readonly retainBlocks: number | null
  readonly onPruned: () => Promise<void>
  readonly log: (message: string) => void
}

/** Takes snapshots as the chain grows, stores checkpoints, and prunes what they stand in for. One run at a time, behind the blocks. */
export class Housekeeping {
  private readonly init: HousekeepingInit
  private readonly due = { snapshot: false, checkpoints: false }
  private running: Promise<void> | null = null
  private stopped = false

  constructor(init: HousekeepingInit) {
    this.init = init
  }

  /** `checkpointsChanged`: the block put a state on the list of those the world can go back to. */
  committed(height: number, checkpointsChanged: boolean): void {
    if (height % this.init.snapshotEvery === 0) this.due.snapshot = true
    if (checkpointsChanged) this.due.checkpoints = true
    this.work()
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.running
  }

  private work(): void {
    if (this.stopped || this.running !== null || (!this.due.snapshot && !this.due.checkpoints)) return
    this.running = this.run().finally(() => {
      this.running = null
      this.work()
    })
  }

  private async run(): Promise<void> {
    const { chain, pool, storage, log } = this.init
    const { snapshot, checkpoints } = this.due
    this.due.snapshot = this.due.checkpoints = false
    try {
      const height = snapshot ? await takeSnapshot(chain, pool, storage) : null
      if (checkpoints) await storeCheckpoints(pool, storage)
      const needed = await retainPastStates(pool, storage)
      if (height !== null && !this.stopped) await this.prune(height, needed)
    } catch (error) {
      if (!this.stopped) log(`snapshot: ${errorInfo(error).message}`)
    }
  }

  private async prune(height: number, needed: number | null): Promise<void> {
    const { storage, retainBlocks, onPruned } = this.init
    if (retainBlocks === null || height <= retainBlocks) return
    const { blocks } = await storage.prune(Math.min(height - retainBlocks, needed ?? height))
    if (blocks > 0) await onPruned()
  }
}
