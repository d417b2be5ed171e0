import { AppError } from '../../codec/index.ts'
import type { NodeConsensusAction, Value } from '../../codec/index.ts'
import type { ActionProblem, BlockContext, BlockResult, QueryResult, SnapshotManifest, WorldView } from '../../world/index.ts'
import type { DryRunResult, ExecutorStatus } from '../api.ts'
import type { CommittedExecution, DryRunRequest, ExecutorHead, StateEntry } from './service.ts'
import type { ExecutorThread, SpawnExecutor } from './thread.ts'

/** A block's fuel bounds its work; ten seconds mean the host hangs, not the module (research/metering.md §2, §4). */
export const EXECUTE_TIMEOUT_MS = 10_000
/** A local dry run has no fuel bound worth waiting for: two seconds, then the worker is terminated. */
export const DRY_RUN_TIMEOUT_MS = 2_000
/** Restoring a large state is slow but must end. */
const RESTORE_TIMEOUT_MS = 120_000
/** After this many interrupts in a row something is wrong with this host: wait before trying again. */
const BACKOFF_AFTER = 3
const BACKOFF_STEP_MS = 1_000
const BACKOFF_MAX_MS = 30_000

export type ExecutorErrorCode = 'EXECUTION_INTERRUPTED' | 'EXECUTOR_LOST' | 'EXECUTOR_CLOSED'

/** The local execution did not finish. Never a consensus result (DESIGN §3.6): no vote is cast, nothing is recorded, retry. */
export class ExecutorError extends AppError {
  declare readonly code: ExecutorErrorCode

  constructor(code: ExecutorErrorCode, message: string) {
    super(code, message)
  }
}

export interface StoredState {
  readonly head: { readonly height: number; readonly state_root: Uint8Array }
  readonly entries: AsyncIterable<readonly StateEntry[]>
}

export interface ExecutorPoolInit {
  readonly spawn: SpawnExecutor
  readonly genesis: Uint8Array
  /** The last persisted state, for when the active executor is lost while no spare is ready; null means genesis. */
  readonly stored: () => Promise<StoredState | null>
  readonly executeTimeoutMs?: number
  readonly dryRunTimeoutMs?: number
  /** Told about interrupts, losses and restores, for logs and metrics. */
  readonly onEvent?: (event: { readonly kind: 'interrupted' | 'lost' | 'restored' | 'spare_ready'; readonly detail: string }) => void
}

/**
 * The active executor and its warm spare. The spare follows every commit without executing, so when the watchdog terminates
 * the active one, the spare stands at the last commit already and nothing is lost. Dry runs happen on the spare.
 */
export class ExecutorPool {
  private readonly init: ExecutorPoolInit
  private active: ExecutorThread
  private spare: ExecutorThread | null = null
  private spareStarting: Promise<void> | null = null
  private missedBySpare: CommittedExecution[] = []
  private lastCommitted: CommittedExecution | null = null
  private replacing: Promise<void> | null = null
  private closed = false
  private interrupts = 0
  private restarts = 0
  private consecutive = 0
  private lastBlockMs: number | null = null

  private constructor(init: ExecutorPoolInit, active: ExecutorThread) {
    this.init = init
    this.active = active
  }

  /** Starts the active executor at genesis; `load` or `restore` may move it before `startSpare`. */
  static async open(init: ExecutorPoolInit): Promise<{ pool: ExecutorPool; head: ExecutorHead }> {
    const active = init.spawn()
    const pool = new ExecutorPool(init, active)
    try {
      const head = await pool.guard(active, active.api.init(init.genesis), RESTORE_TIMEOUT_MS)
      return { pool, head }
    } catch (error) {
      pool.close()
      throw error
    }
  }

  /** Loads stored records into the active executor and checks them against the certified root. */
  load(state: StoredState): Promise<ExecutorHead> {
    return this.loadInto(this.active, state)
  }

  async restore(manifest: SnapshotManifest, chunks: readonly Uint8Array[]): Promise<ExecutorHead> {
    const head = await this.guard(this.active, this.active.api.restore(manifest, chunks), RESTORE_TIMEOUT_MS)
    this.lastCommitted = null
    this.dropSpare()
    this.startSpare()
    return head
  }

  exportState(): Promise<{ manifest: SnapshotManifest; chunks: Uint8Array[] }> {
    return this.onActive((api) => api.exportState(), RESTORE_TIMEOUT_MS)
  }

  /**
   * Stages a block. Throws `EXECUTION_INTERRUPTED` when the watchdog fired and `EXECUTOR_LOST` when the worker died; either
   * way the pool is usable again, at the last commit, when the promise settles.
   */
  async execute(context: BlockContext, actions: readonly NodeConsensusAction[]): Promise<BlockResult> {
    const started = performance.now()
    const result = await this.onActive((api) => api.execute(context, actions), this.init.executeTimeoutMs ?? EXECUTE_TIMEOUT_MS)
    this.lastBlockMs = performance.now() - started
    this.consecutive = 0
    return result
  }

  async commit(): Promise<CommittedExecution> {
    const committed = await this.onActive((api) => api.commit(), this.init.executeTimeoutMs ?? EXECUTE_TIMEOUT_MS)
    this.lastCommitted = committed
    if (this.spare !== null) this.follow(this.spare, committed)
    else if (this.spareStarting !== null) this.missedBySpare.push(committed)
    return committed
  }

  rollback(): Promise<void> {
    return this.onActive((api) => api.rollback(), EXECUTE_TIMEOUT_MS)
  }

  check(actions: readonly NodeConsensusAction[]): Promise<(ActionProblem | null)[]> {
    return this.onActive((api) => api.check(actions), EXECUTE_TIMEOUT_MS)
  }

  query(key: string): Promise<QueryResult> {
    return this.onActive((api) => api.query(key), EXECUTE_TIMEOUT_MS)
  }

  async record(key: string): Promise<Value> {
    return (await this.query(key)).value
  }

  view(): Promise<WorldView> {
    return this.onActive((api) => api.view(), EXECUTE_TIMEOUT_MS)
  }

  head(): Promise<ExecutorHead> {
    return this.onActive((api) => api.head(), EXECUTE_TIMEOUT_MS)
  }

  /** Runs a module outside consensus on the spare; `INTERRUPTED` is an outcome here (DESIGN §3.6). */
  async dryRun(request: DryRunRequest): Promise<DryRunResult> {
    this.startSpare()
    await this.spareStarting
    const thread = this.spare
    if (thread === null) throw new ExecutorError('EXECUTOR_LOST', 'No spare executor is available. Try again in a moment.')
    try {
      return await this.guard(thread, thread.api.dryRun(request), this.init.dryRunTimeoutMs ?? DRY_RUN_TIMEOUT_MS)
    } catch (error) {
      if (!(error instanceof ExecutorError)) throw error
      this.interrupts++
      this.report('interrupted', 'a dry run was terminated')
      if (this.spare === thread) this.dropSpare()
      this.startSpare()
      return { ok: false, code: 'INTERRUPTED', detail: error.message, fuel_used: 0, output: null, instrumented_bytes: null }
    }
  }

  /** Begins warming a spare unless one is there or on its way. */
  startSpare(): void {
    if (this.closed || this.spare !== null || this.spareStarting !== null) return
    this.missedBySpare = []
    this.spareStarting = this.warmSpare().finally(() => {
      this.spareStarting = null
    })
  }

  /** Settles when the spare is ready (or could not be made). */
  async spareReady(): Promise<void> {
    this.startSpare()
    await this.spareStarting
  }

  status(): ExecutorStatus {
    return { interrupts: this.interrupts, restarts: this.restarts, spare_ready: this.spare !== null, last_block_ms: this.lastBlockMs }
  }

  /** Terminates the active executor as a crash would; for fault tests and for operators. The next call recovers. */
  killActive(): void {
    this.active.terminate()
  }

  close(): void {
    this.closed = true
    this.active.terminate()
    this.dropSpare()
  }

  private async warmSpare(): Promise<void> {
    if (this.consecutive >= BACKOFF_AFTER) {
      const wait = Math.min((this.consecutive - BACKOFF_AFTER + 1) * BACKOFF_STEP_MS, BACKOFF_MAX_MS)
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
    if (this.closed) return
    const thread = this.init.spawn()
    try {
      await this.guard(thread, thread.api.init(this.init.genesis), RESTORE_TIMEOUT_MS)
      const { manifest, chunks } = await this.guard(this.active, this.active.api.exportState(), RESTORE_TIMEOUT_MS)
      if (manifest.height > 0) await this.guard(thread, thread.api.restore(manifest, chunks), RESTORE_TIMEOUT_MS)
      const missed = this.missedBySpare.filter((commit) => commit.height > manifest.height)
      this.missedBySpare = []
      if (this.closed) {
        thread.terminate()
        return
      }
      this.spare = thread
      for (const commit of missed) this.follow(thread, commit)
      this.report('spare_ready', `at height ${manifest.height + missed.length}`)
    } catch (error) {
      thread.terminate()
      this.report('lost', `the spare could not be made: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  private follow(thread: ExecutorThread, commit: CommittedExecution): void {
    const { height, state_root, writes } = commit
    thread.api.follow({ height, state_root, writes }).catch((error: unknown) => {
      if (this.spare !== thread) return
      this.report('lost', `the spare fell out of step: ${error instanceof Error ? error.message : String(error)}`)
      this.dropSpare()
      this.startSpare()
    })
  }

  private dropSpare(): void {
    this.spare?.terminate()
    this.spare = null
  }

  private async loadInto(thread: ExecutorThread, { entries, head }: StoredState): Promise<ExecutorHead> {
    for await (const batch of entries) await thread.api.loadBatch(batch)
    return this.guard(thread, thread.api.loadEnd(head), RESTORE_TIMEOUT_MS)
  }

  private async onActive<T>(call: (api: ExecutorThread['api']) => Promise<T>, timeoutMs: number): Promise<T> {
    await this.replacing
    if (this.closed) throw new ExecutorError('EXECUTOR_CLOSED', 'The node is stopping.')
    const thread = this.active
    try {
      return await this.guard(thread, call(thread.api), timeoutMs)
    } catch (error) {
      if (error instanceof ExecutorError && !this.closed) {
        if (thread === this.active) this.replacing ??= this.replaceActive(error).finally(() => (this.replacing = null))
        await this.replacing
      }
      throw error
    }
  }

  /** Puts an executor that stands at the last commit in the place of a dead or hanging one. */
  private async replaceActive(reason: ExecutorError): Promise<void> {
    this.active.terminate()
    if (reason.code === 'EXECUTION_INTERRUPTED') this.interrupts++
    this.restarts++
    this.consecutive++
    this.report(reason.code === 'EXECUTION_INTERRUPTED' ? 'interrupted' : 'lost', reason.message)
    const spare = this.spare
    if (spare !== null) {
      this.spare = null
      this.active = spare
      this.report('restored', 'the spare took over')
    } else {
      this.active = await this.rebuild()
      this.report('restored', 'rebuilt from storage')
    }
    this.startSpare()
  }

  private async rebuild(): Promise<ExecutorThread> {
    const thread = this.init.spawn()
    await this.guard(thread, thread.api.init(this.init.genesis), RESTORE_TIMEOUT_MS)
    const stored = await this.init.stored()
    if (stored !== null) await this.loadInto(thread, stored)
    // The executor may have died between its commit and the write to storage: the last commit is still in hand.
    const last = this.lastCommitted
    if (last !== null && last.height === (stored?.head.height ?? 0) + 1) await thread.api.follow(last)
    return thread
  }

  /** A call's result, or a typed error when the worker hangs or is gone. */
  private async guard<T>(thread: ExecutorThread, call: Promise<T>, timeoutMs: number): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        thread.terminate()
        reject(new ExecutorError('EXECUTION_INTERRUPTED', `Execution was interrupted after ${timeoutMs} ms; the executor is restored from the last commit.`))
      }, timeoutMs)
    })
    const lost = thread.ended.then(() => {
      throw new ExecutorError('EXECUTOR_LOST', 'The executor worker ended; it is restored from the last commit.')
    })
    lost.catch(() => {})
    try {
      return await Promise.race([call, deadline, lost])
    } catch (error) {
      // The engine under the modules failed: this worker is not to be trusted with a retry.
      if (error instanceof AppError && !(error instanceof ExecutorError) && error.code === 'EXECUTION_INTERRUPTED') {
        thread.terminate()
        throw new ExecutorError('EXECUTION_INTERRUPTED', error.message)
      }
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  private report(kind: 'interrupted' | 'lost' | 'restored' | 'spare_ready', detail: string): void {
    this.init.onEvent?.({ kind, detail })
  }
}
