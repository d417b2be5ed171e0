import { errorInfo } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { Chain } from './chain.ts'
import type { ExecutorPool } from './executor/pool.ts'
import { takeSnapshot } from './snapshots.ts'

export interface HousekeepingInit {
  readonly chain: Chain
  readonly pool: ExecutorPool
  readonly storage: NodeStorage
  readonly snapshotEvery: number
  readonly retainBlocks: number | null
  readonly onPruned: () => Promise<void>
  readonly log: (message: string) => void
}

/** Takes snapshots as the chain grows and prunes what they stand in for. One run at a time, behind the blocks. */
export class Housekeeping {
  private readonly init: HousekeepingInit
  private running: Promise<void> | null = null
  private stopped = false

  constructor(init: HousekeepingInit) {
    this.init = init
  }

  committed(height: number): void {
    if (height % this.init.snapshotEvery !== 0 || this.stopped || this.running !== null) return
    this.running = this.run().finally(() => {
      this.running = null
    })
  }

  async stop(): Promise<void> {
    this.stopped = true
    await this.running
  }

  private async run(): Promise<void> {
    const { chain, pool, storage, retainBlocks, onPruned, log } = this.init
    try {
      const height = await takeSnapshot(chain, pool, storage)
      if (height === null || retainBlocks === null || height <= retainBlocks || this.stopped) return
      const { blocks } = await storage.prune(height - retainBlocks)
      if (blocks > 0) await onPruned()
    } catch (error) {
      if (!this.stopped) log(`snapshot: ${errorInfo(error).message}`)
    }
  }
}
