import { AppError, encodeCanonical } from '../../codec/index.ts'
import type { NodeConsensusAction, ValidatorSet, Value } from '../../codec/index.ts'
import { createExecutor } from '../../wasm/index.ts'
import { CHECKPOINTS_KEY, createKernel, decodeGenesis, executeSigned, madeReport, TREASURY_KEY, verifyActions } from '../../world/index.ts'
import type {
  ActionProblem, BlockContext, BlockResult, Checkpoint, Genesis, Kernel, MadeReport, QueryResult, SnapshotManifest, StateWrite, Treasury, WorldView,
} from '../../world/index.ts'
import type { Balances, DryRunResult, KeyList, ModuleStatistics } from '../api.ts'
import { replayCommits } from './replay.ts'
import type { ReplayedBlock } from './replay.ts'

export interface ExecutorHead {
  readonly world_id: string
  readonly height: number
  readonly state_root: Uint8Array
  readonly validators: ValidatorSet
}

export interface CommittedExecution {
  readonly height: number
  readonly state_root: Uint8Array
  readonly writes: readonly StateWrite[]
  readonly events: Uint8Array
  readonly receipts: Uint8Array
  readonly validators: ValidatorSet
}

export interface DryRunRequest {
  readonly wasm: Uint8Array
  readonly entrypoint: string
  readonly input: Uint8Array
  readonly max_gas: number
}

export interface StateEntry {
  readonly key: string
  readonly value: Uint8Array
}

/**
 * What runs inside an executor worker: the kernel and the signature checks ahead of it. Called through comlink, one call at
 * a time; it holds no chain, no network and no storage, so it may be terminated at any instant and rebuilt from a commit.
 */
export class ExecutorService {
  private readonly executor = createExecutor()
  private genesis: Genesis | null = null
  private kernel: Kernel | null = null
  private staged: BlockResult | null = null
  private loading: StateEntry[] = []

  /** Starts from the genesis state; modules of the world `checkedWorld` are known to be good. Throws the kernel's typed errors for a bad genesis. */
  init(genesis: Uint8Array, checkedWorld: string | null): ExecutorHead {
    this.genesis = decodeGenesis(genesis)
    this.kernel = createKernel(this.genesis, { executor: this.executor, checkedWorld })
    this.staged = null
    return this.head()
  }

  head(): ExecutorHead {
    const kernel = this.world()
    return { world_id: kernel.worldId, height: kernel.height(), state_root: kernel.stateRoot(), validators: kernel.validators() }
  }

  /** Collects stored records; `loadEnd` rebuilds the tree and checks it against the root the head was certified with. */
  loadBatch(entries: readonly StateEntry[], first: boolean): void {
    if (first) this.loading = []
    for (const entry of entries) this.loading.push(entry)
  }

  loadEnd(head: { readonly height: number; readonly state_root: Uint8Array }): ExecutorHead {
    const entries = this.loading
    this.loading = []
    this.world().load(entries, head)
    return this.head()
  }

  exportState(): { manifest: SnapshotManifest; chunks: Uint8Array[] } {
    const { manifest, chunks } = this.world().snapshot()
    return { manifest, chunks: [...chunks()] }
  }

  restore(manifest: SnapshotManifest, chunks: readonly Uint8Array[]): ExecutorHead {
    this.world().restore(manifest, chunks)
    this.staged = null
    return this.head()
  }

  /** Heights of the checkpoints that the state lists and that are not here. The genesis, where it is one, is made again. */
  missingCheckpoints(): readonly number[] {
    const kernel = this.world()
    const missing = (): number[] => {
      const here = new Set(kernel.checkpoints().map(({ height }) => height))
      const listed = (kernel.query(CHECKPOINTS_KEY).value ?? []) as unknown as readonly Checkpoint[]
      return listed.flatMap(({ height }) => (here.has(height) ? [] : height))
    }
    if (missing().includes(0)) {
      const { manifest, chunks } = createKernel(this.genesis!, { executor: this.executor, checkedWorld: kernel.worldId }).snapshot()
      kernel.addCheckpoint(manifest, chunks())
    }
    return missing()
  }

  /** Heights of the checkpoints that are here. */
  checkpointHeights(): readonly number[] {
    return this.world().checkpoints().map(({ height }) => height)
  }

  /** The state of a checkpoint, or of one of the last heights. Throws `CHECKPOINT_MISSING`. */
  exportCheckpoint(height: number): { manifest: SnapshotManifest; chunks: Uint8Array[] } {
    const { manifest, chunks } = this.world().checkpointSnapshot(height)
    return { manifest, chunks: [...chunks()] }
  }

  /** Throws `CHECKPOINT_UNKNOWN` or `SnapshotError`, and changes nothing then. */
  addCheckpoint(manifest: SnapshotManifest, chunks: readonly Uint8Array[]): void {
    this.world().addCheckpoint(manifest, chunks)
  }

  /** Executes while the signatures are verified on the fast path; a forged one among them makes it execute again without it. */
  async execute(context: BlockContext, actions: readonly NodeConsensusAction[]): Promise<BlockResult> {
    this.staged = null
    this.staged = await executeSigned(this.world(), context, actions)
    return this.staged
  }

  commit(): CommittedExecution {
    const result = this.staged
    if (result === null) throw new AppError('NOT_STAGED', 'There is no staged block. Execute the block again.')
    const { height, writes } = this.world().commit()
    this.staged = null
    return {
      height,
      writes,
      state_root: result.state_root,
      events: encodeCanonical(result.events as unknown as Value),
      receipts: encodeCanonical(result.receipts as unknown as Value),
      validators: this.world().validators(),
    }
  }

  rollback(): void {
    this.staged = null
    this.world().rollback()
  }

  /** A warm spare takes over what the active executor committed, without executing it again. */
  follow(commit: { readonly height: number; readonly state_root: Uint8Array; readonly writes: readonly StateWrite[] }): void {
    this.world().applyCommitted(commit)
  }

  /** Why each action would be refused now, or null. */
  async check(actions: readonly NodeConsensusAction[]): Promise<(ActionProblem | null)[]> {
    const verdicts = await verifyActions(this.world(), actions)
    return actions.map((action) => this.world().checkAction(action, verdicts.get(action.action_id)))
  }

  keys(prefix: string, limit: number): readonly string[] {
    return this.world().keys(prefix, limit)
  }

  query(key: string): QueryResult {
    return this.world().query(key)
  }

  list(prefix: string, limit: number): KeyList {
    const keys = this.world().keys(prefix, limit + 1)
    return { height: this.world().height(), keys: keys.slice(0, limit), complete: keys.length <= limit }
  }

  balances(): Balances {
    const { height, agents: { count }, totals } = this.world().view()
    const { electricity, data } = this.world().query(TREASURY_KEY).value as unknown as Treasury
    return { height, agents: { count, ...totals }, treasury: { electricity, data } }
  }

  statistics(): ModuleStatistics[] {
    return this.executor.stats().byModule.map(({ wasmHash, calls, fuelUsed, failures }) => ({ wasm_hash: wasmHash, calls, fuel_used: fuelUsed, failures: failures as Record<string, number> }))
  }

  view(): WorldView {
    return this.world().view()
  }

  dryRun(request: DryRunRequest): DryRunResult {
    return this.world().dryRunModule(request)
  }

  /** Executes stored blocks again; see `replayCommits`. Gives what the next call goes on from. */
  replay(last: ReplayedBlock | null, commits: readonly Uint8Array[]): Promise<ReplayedBlock | null> {
    this.staged = null
    return replayCommits(this.world(), last, commits)
  }

  /** The shadow report of a proposal in the state; null when there is none. */
  shadowReport(proposalId: string): MadeReport | null {
    return madeReport(this.world(), proposalId)
  }

  private world(): Kernel {
    if (this.kernel === null) throw new Error('the executor has no genesis yet')
    return this.kernel
  }
}
