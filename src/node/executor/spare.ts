import { giveCheckpoints } from './checkpoints.ts'
import type { StateSource } from './checkpoints.ts'
import { ExecutorError, guarded } from './guard.ts'
import { Pause } from './pause.ts'
import type { CommittedExecution, ExecutorService } from './service.ts'
import type { ExecutorThread, SpawnExecutor } from './thread.ts'

/** A spare that cannot be made is tried again after this long, then twice as long, and so on. */
const RETRY_MS = 1_000
const RETRY_MAX_MS = 30_000

export interface SpareInit {
  readonly spawn: SpawnExecutor
  readonly genesis: Uint8Array
  readonly timeoutMs: number
  /** The world whose modules were checked; null before that. */
  readonly checkedWorld: () => string | null
  /** The committed state of the active executor. */
  readonly exportState: () => Promise<Awaited<ReturnType<ExecutorService['exportState']>>>
  readonly exportCheckpoint: StateSource
  readonly onReady: (height: number) => void
  readonly onLost: (detail: string) => void
}

/** The warm spare: a second executor that follows every commit without executing, so that it can take over at any height. */
export class Spare {
  private readonly init: SpareInit
  private readonly pause = new Pause()
  private thread: ExecutorThread | null = null
  private starting: Promise<void> | null = null
  private missed: CommittedExecution[] = []
  /** Rises when the state was replaced: a spare warmed from an older one is of no use. */
  private generation = 0
  private closed = false

  constructor(init: SpareInit) {
    this.init = init
  }

  get current(): ExecutorThread | null {
    return this.thread
  }

  /** Begins warming a spare unless one is there or on its way. */
  start(): void {
    if (this.closed || this.thread !== null || this.starting !== null) return
    this.starting = this.warm().finally(() => {
      this.starting = null
    })
  }

  /** Settles when the spare is ready, or the node is closing. */
  async ready(): Promise<void> {
    this.start()
    await this.starting
  }

  /** Hands the spare over; null when none is ready. */
  take(): ExecutorThread | null {
    const { thread } = this
    this.thread = null
    return thread
  }

  follow(commit: CommittedExecution): void {
    if (this.thread !== null) this.tell(this.thread, commit)
    else if (this.starting !== null) this.missed.push(commit)
  }

  /** Ends the spare, or keeps one on its way from becoming it: its state is no longer that of the active executor. */
  drop(): void {
    this.generation++
    this.take()?.terminate()
  }

  close(): void {
    this.closed = true
    this.pause.end()
    this.drop()
  }

  private async warm(): Promise<void> {
    for (let failures = 0; !this.closed; failures++) {
      await this.pause.wait(failures === 0 ? 0 : Math.min(RETRY_MS * 2 ** (failures - 1), RETRY_MAX_MS))
      if (this.closed) return
      try {
        if (await this.warmOnce()) return
      } catch (error) {
        if (!this.closed) this.init.onLost(`the spare could not be made: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  private async warmOnce(): Promise<boolean> {
    const { spawn, genesis, checkedWorld, timeoutMs, exportState, exportCheckpoint, onReady } = this.init
    const { generation } = this
    this.missed = []
    const thread = spawn()
    try {
      await guarded(thread, thread.api.init(genesis, checkedWorld()), timeoutMs)
      const { manifest, chunks } = await exportState()
      if (manifest.height > 0) await guarded(thread, thread.api.restore(manifest, chunks), timeoutMs)
      await giveCheckpoints(thread, exportCheckpoint, timeoutMs)
      if (this.closed || generation !== this.generation) {
        thread.terminate()
        return this.closed
      }
      const missed = this.missed.filter((commit) => commit.height > manifest.height)
      this.missed = []
      this.thread = thread
      for (const commit of missed) this.tell(thread, commit)
      onReady(manifest.height + missed.length)
      return true
    } catch (error) {
      thread.terminate()
      if (error instanceof ExecutorError && error.code === 'EXECUTOR_CLOSED') return true
      throw error
    }
  }

  private tell(thread: ExecutorThread, { height, state_root, writes }: CommittedExecution): void {
    guarded(thread, thread.api.follow({ height, state_root, writes }), this.init.timeoutMs).catch((error: unknown) => {
      thread.terminate() // should it have become the active one meanwhile, its next call finds it gone
      if (this.thread !== thread) return
      this.thread = null
      this.init.onLost(`the spare fell out of step: ${error instanceof Error ? error.message : String(error)}`)
      this.start()
    })
  }
}
