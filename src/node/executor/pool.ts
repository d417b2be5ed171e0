import { AppError } from '../../codec/index.ts'
import type { NodeConsensusAction, Value } from '../../codec/index.ts'
import type { ActionProblem, BlockContext, BlockResult, QueryResult, SnapshotManifest, WorldView } from '../../world/index.ts'
import type { Balances, DryRunResult, ExecutorStatus, KeyList, ModuleStatistics } from '../api.ts'
import { giveCheckpoints } from './checkpoints.ts'
import type { ExportedState, StateSource } from './checkpoints.ts'
import { ExecutorError, guarded } from './guard.ts'
import { Pause } from './pause.ts'
import type { CommittedExecution, DryRunRequest, ExecutorHead, StateEntry } from './service.ts'
import { Spare } from './spare.ts'
import type { ExecutorThread, SpawnExecutor } from './thread.ts'

/** A block's fuel bounds its work; ten seconds mean the host hangs, not the module (research/metering.md §2, §4). */
export const EXECUTE_TIMEOUT_MS = 10_000
/** A local dry run has no fuel bound worth waiting for: two seconds, then the worker is terminated. */
export const DRY_RUN_TIMEOUT_MS = 2_000
/** Restoring a large state is slow but must end. */
const RESTORE_TIMEOUT_MS = 120_000
/** After this many losses without a finished block something is wrong with this host: wait before trying again. */
const BACKOFF_AFTER = 3
const BACKOFF_STEP_MS = 1_000
const BACKOFF_MAX_MS = 30_000
/** The stored state is tried so often before it counts as damaged: a block may be committed while it is read. */
const REBUILD_ATTEMPTS = 3

export interface StoredState {
  readonly head: { readonly height: number; readonly state_root: Uint8Array }
  readonly entries: AsyncIterable<readonly StateEntry[]>
}

export type ExecutorEventKind = 'interrupted' | 'lost' | 'restored' | 'spare_ready' | 'incomplete'

export interface ExecutorPoolInit {
  readonly spawn: SpawnExecutor
  readonly genesis: Uint8Array
  /** The last persisted state, for when the active executor is lost while no spare is ready; null means genesis. */
  readonly stored: () => Promise<StoredState | null>
  /** Stored states of checkpoints; default: none is stored. */
  readonly storedCheckpoint?: StateSource
  readonly executeTimeoutMs?: number
  readonly dryRunTimeoutMs?: number
  /** Told about interrupts, losses and restores, for logs and metrics. */
  readonly onEvent?: (event: { readonly kind: ExecutorEventKind; readonly detail: string }) => void
}

/**
 * The active executor and its warm spare. The spare stands at the last commit, so when the watchdog terminates the active one
 * nothing is lost. Dry runs happen on the spare.
 */
export class ExecutorPool {
  private readonly init: ExecutorPoolInit
  private readonly spare: Spare
  private readonly pause = new Pause()
  private readonly executeTimeoutMs: number
  private active: ExecutorThread
  /** Set once the first executor has checked the modules of the genesis. */
  private checkedWorld: string | null = null
  private lastCommitted: CommittedExecution | null = null
  private replacing: Promise<void> | null = null
  private rebuildFailures = 0
  /** Why no executor can be made any more: the stored state is damaged. */
  private beyondRepair: unknown = null
  private closed = false
  private interrupts = 0
  private restarts = 0
  private consecutive = 0
  private lastBlockMs: number | null = null

  private constructor(init: ExecutorPoolInit, active: ExecutorThread) {
    this.init = init
    this.active = active
    this.executeTimeoutMs = init.executeTimeoutMs ?? EXECUTE_TIMEOUT_MS
    this.spare = new Spare({
      spawn: init.spawn,
      genesis: init.genesis,
      checkedWorld: () => this.checkedWorld,
      timeoutMs: RESTORE_TIMEOUT_MS,
      exportState: () => this.exportState(),
      exportCheckpoint: (height) => this.exportCheckpoint(height),
      onReady: (height) => this.report('spare_ready', `at height ${height}`),
      onLost: (detail) => this.report('lost', detail),
    })
  }

  /** Starts the active executor at genesis; `load` or `restore` may move it before `startSpare`. */
  static async open(init: ExecutorPoolInit): Promise<{ pool: ExecutorPool; head: ExecutorHead }> {
    const active = init.spawn()
    const pool = new ExecutorPool(init, active)
    try {
      const head = await guarded(active, active.api.init(init.genesis, null), RESTORE_TIMEOUT_MS)
      pool.checkedWorld = head.world_id
      return { pool, head }
    } catch (error) {
      pool.close()
      throw error
    }
  }

  /** Loads stored records into the active executor and checks them against the certified root. */
  async load(state: StoredState): Promise<ExecutorHead> {
    const head = await loadInto(this.active, state)
    await this.giveStoredCheckpoints(this.active)
    return head
  }

  /** Replaces the state by a snapshot's. Throws `SnapshotError` and changes nothing when the chunks are not the snapshot. */
  async restore(manifest: SnapshotManifest, chunks: readonly Uint8Array[]): Promise<ExecutorHead> {
    const head = await this.onActive((api) => api.restore(manifest, chunks), RESTORE_TIMEOUT_MS)
    this.lastCommitted = null
    this.spare.drop()
    await this.giveStoredCheckpoints(this.active)
    return head
  }

  /** Gives up all executors and makes one from storage: what they hold is not what is stored. */
  async reload(reason: string): Promise<void> {
    this.lastCommitted = null
    this.spare.drop()
    await this.replacing
    this.replacing ??= this.replaceActive(new ExecutorError('EXECUTOR_LOST', reason)).finally(() => (this.replacing = null))
    await this.replacing
  }

  exportState(): Promise<{ manifest: SnapshotManifest; chunks: Uint8Array[] }> {
    return this.onActive((api) => api.exportState(), RESTORE_TIMEOUT_MS)
  }

  /** Heights of the checkpoints the active executor can go back to. */
  checkpointHeights(): Promise<readonly number[]> {
    return this.onActive((api) => api.checkpointHeights(), EXECUTE_TIMEOUT_MS)
  }

  /** Heights of those the state lists and the active executor has not. */
  missingCheckpoints(): Promise<readonly number[]> {
    return this.onActive((api) => api.missingCheckpoints(), RESTORE_TIMEOUT_MS)
  }

  /** Gives the state of a checkpoint to active executor and spare. Throws `CHECKPOINT_UNKNOWN` or `SnapshotError`. */
  async addCheckpoint({ manifest, chunks }: ExportedState): Promise<void> {
    await this.onActive((api) => api.addCheckpoint(manifest, chunks), RESTORE_TIMEOUT_MS)
    const spare = this.spare.current
    // One that does not take it does without: it gets it again should it take over.
    if (spare !== null) await guarded(spare, spare.api.addCheckpoint(manifest, chunks), RESTORE_TIMEOUT_MS).catch(() => {})
  }

  /** The state of a checkpoint; null when the active executor has none of this height. */
  async exportCheckpoint(height: number): Promise<ExportedState | null> {
    try {
      return await this.onActive((api) => api.exportCheckpoint(height), RESTORE_TIMEOUT_MS)
    } catch (error) {
      if (error instanceof AppError && error.code === 'CHECKPOINT_MISSING') return null
      throw error
    }
  }

  /**
   * Stages a block. Throws `EXECUTION_INTERRUPTED` when the watchdog fired and `EXECUTOR_LOST` when the worker died; either
   * way the pool is usable again, at the last commit, when the promise settles.
   */
  async execute(context: BlockContext, actions: readonly NodeConsensusAction[]): Promise<BlockResult> {
    const started = performance.now()
    const result = await this.onActive((api) => api.execute(context, actions), this.executeTimeoutMs)
    this.lastBlockMs = performance.now() - started
    this.consecutive = 0
    return result
  }

  /** Makes the staged block permanent. Throws `EXECUTOR_LOST` when the executor that staged it is gone: stage it again. */
  async commit(): Promise<CommittedExecution> {
    try {
      const committed = await this.onActive((api) => api.commit(), this.executeTimeoutMs)
      this.lastCommitted = committed
      this.spare.follow(committed)
      return committed
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'NOT_STAGED') throw error
      throw new ExecutorError('EXECUTOR_LOST', 'The executor that staged the block is gone; execute the block again.')
    }
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

  keys(prefix: string, limit: number): Promise<readonly string[]> {
    return this.onActive((api) => api.keys(prefix, limit), EXECUTE_TIMEOUT_MS)
  }

  list(prefix: string, limit: number): Promise<KeyList> {
    return this.onActive((api) => api.list(prefix, limit), EXECUTE_TIMEOUT_MS)
  }

  balances(): Promise<Balances> {
    return this.onActive((api) => api.balances(), EXECUTE_TIMEOUT_MS)
  }

  /** Of the active executor, which may not be the one of a minute ago. */
  statistics(): Promise<ModuleStatistics[]> {
    return this.onActive((api) => api.statistics(), EXECUTE_TIMEOUT_MS)
  }

  view(): Promise<WorldView> {
    return this.onActive((api) => api.view(), EXECUTE_TIMEOUT_MS)
  }

  head(): Promise<ExecutorHead> {
    return this.onActive((api) => api.head(), EXECUTE_TIMEOUT_MS)
  }

  /** Runs a module outside consensus on the spare; `INTERRUPTED` is an outcome here (DESIGN §3.6). */
  async dryRun(request: DryRunRequest): Promise<DryRunResult> {
    await this.spare.ready()
    const thread = this.spare.current
    if (thread === null) throw new ExecutorError('EXECUTOR_LOST', 'No spare executor is available. Try again in a moment.')
    try {
      return await guarded(thread, thread.api.dryRun(request), this.init.dryRunTimeoutMs ?? DRY_RUN_TIMEOUT_MS)
    } catch (error) {
      if (!(error instanceof ExecutorError)) throw error
      this.interrupts++
      this.report('interrupted', 'a dry run was terminated')
      if (this.spare.current === thread) this.spare.take()
      this.spare.start()
      return { ok: false, code: 'INTERRUPTED', detail: error.message, fuel_used: 0, output: null, instrumented_bytes: null }
    }
  }

  /** Begins warming a spare unless one is there or on its way. */
  startSpare(): void {
    this.spare.start()
  }

  /** Settles when the spare is ready, or the pool closed. */
  spareReady(): Promise<void> {
    return this.spare.ready()
  }

  status(): ExecutorStatus {
    return { interrupts: this.interrupts, restarts: this.restarts, spare_ready: this.spare.current !== null, last_block_ms: this.lastBlockMs }
  }

  /** Terminates the active executor as a crash would; for fault tests and for operators. The next call recovers. */
  killActive(): void {
    this.active.terminate()
  }

  close(): void {
    this.closed = true
    this.pause.end()
    this.active.terminate()
    this.spare.close()
  }

  private async onActive<T>(call: (api: ExecutorThread['api']) => Promise<T>, timeoutMs: number): Promise<T> {
    await this.replacing
    if (this.closed) throw new ExecutorError('EXECUTOR_CLOSED', 'The node is stopping.')
    if (this.beyondRepair !== null) throw this.beyondRepair
    const thread = this.active
    try {
      return await guarded(thread, call(thread.api), timeoutMs)
    } catch (error) {
      if (!(error instanceof ExecutorError)) throw error
      if (this.closed) throw new ExecutorError('EXECUTOR_CLOSED', 'The node is stopping.')
      if (thread === this.active) this.replacing ??= this.replaceActive(error).finally(() => (this.replacing = null))
      await this.replacing
      throw error
    }
  }

  /** Puts an executor that stands at the last commit in the place of a dead or hanging one. Never rejects: the next call tries again. */
  private async replaceActive(reason: ExecutorError): Promise<void> {
    this.active.terminate()
    const interrupted = reason.code === 'EXECUTION_INTERRUPTED'
    if (interrupted) this.interrupts++
    this.restarts++
    this.consecutive++
    this.report(interrupted ? 'interrupted' : 'lost', reason.message)
    const beyond = this.consecutive - BACKOFF_AFTER
    if (beyond > 0) await this.pause.wait(Math.min(beyond * BACKOFF_STEP_MS, BACKOFF_MAX_MS))
    if (this.closed) return
    const spare = this.spare.take()
    if (spare !== null) {
      this.active = spare
      this.report('restored', 'the spare took over')
    } else {
      await this.rebuild()
    }
    this.spare.start()
  }

  private async rebuild(): Promise<void> {
    const thread = this.init.spawn()
    try {
      await guarded(thread, thread.api.init(this.init.genesis, this.checkedWorld), RESTORE_TIMEOUT_MS)
      const stored = await this.init.stored()
      if (stored !== null) await loadInto(thread, stored)
      await this.giveStoredCheckpoints(thread)
      // The executor may have died between its commit and the write to storage: the last commit is still in hand.
      const last = this.lastCommitted
      if (last !== null && last.height === (stored?.head.height ?? 0) + 1) await guarded(thread, thread.api.follow(last), RESTORE_TIMEOUT_MS)
      if (this.closed) {
        thread.terminate()
        return
      }
      this.active = thread
      this.rebuildFailures = 0
      this.report('restored', 'rebuilt from storage')
    } catch (error) {
      thread.terminate()
      this.report('lost', `the executor could not be rebuilt: ${error instanceof Error ? error.message : String(error)}`)
      if (error instanceof AppError && !(error instanceof ExecutorError) && ++this.rebuildFailures >= REBUILD_ATTEMPTS) this.beyondRepair = error
    }
  }

  /** An executor without them goes on, up to a block that goes back to one. */
  private async giveStoredCheckpoints(thread: ExecutorThread): Promise<void> {
    const { storedCheckpoint = async () => null } = this.init
    try {
      const missing = await giveCheckpoints(thread, storedCheckpoint, RESTORE_TIMEOUT_MS)
      if (missing.length > 0) this.report('incomplete', `no state is stored for the checkpoints of heights ${missing.join(', ')}`)
    } catch (error) {
      if (error instanceof ExecutorError) throw error
      this.report('incomplete', `a stored checkpoint is of no use: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  private report(kind: ExecutorEventKind, detail: string): void {
    this.init.onEvent?.({ kind, detail })
  }
}

async function loadInto(thread: ExecutorThread, { entries, head }: StoredState): Promise<ExecutorHead> {
  let first = true
  for await (const batch of entries) {
    await guarded(thread, thread.api.loadBatch(batch, first), RESTORE_TIMEOUT_MS)
    first = false
  }
  return guarded(thread, thread.api.loadEnd(head), RESTORE_TIMEOUT_MS)
}
