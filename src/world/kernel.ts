import { equalBytes, HASH_BYTES, toHex } from '../codec/index.ts'
import type { NodeConsensusAction, ValidatorSet, ValueMap } from '../codec/index.ts'
import { createExecutor } from '../wasm/index.ts'
import { checkAction } from './check-action.ts'
import { dryRunModule } from './dry-run.ts'
import { KernelError, SnapshotError } from './errors.ts'
import { executeBlock } from './execute-block.ts'
import type { StagedBlock, WorldSetup } from './execute-block.ts'
import { worldIdOf } from './genesis.ts'
import type { Genesis } from './genesis.ts'
import { genesisItems } from './genesis-state.ts'
import { loadState, readEntry } from './load-state.ts'
import { keyOfActor } from './admission.ts'
import { assertRunnable } from './runnable-modules.ts'
import { subscriptionsOf, whyNotWhole } from './modules/active-modules.ts'
import { ModuleBytes } from './modules/module-bytes.ts'
import { parseManifest, snapshotEntries, snapshotOf } from './snapshot.ts'
import type { SnapshotManifest } from './snapshot.ts'
import { CONFIG_KEY, MODULE_PREFIX } from './state/keys.ts'
import { proveKey, rootHash } from './state/merkle-tree.ts'
import type { TreeNode } from './state/merkle-tree.ts'
import { readCheckpoints, readCurrentValidators } from './state/read.ts'
import type { Checkpoint } from './state/records.ts'
import { ChangedState, CommittedState, hashKey, PROVABLE_HEIGHTS, readAt } from './state/state.ts'
import type { StateChange, StateItem } from './state/state.ts'
import type {
  ActionProblem, BlockContext, BlockResult, CommittedBlock, DryRunRequest, DryRunResult, Kernel, ModuleExecutor, QueryResult, Snapshot, StateEntry,
} from './types.ts'
import type { WorldView } from './view.ts'
import { WorldColumns } from './world-columns.ts'

/** Longest key a query may ask for; the longest in the state is far shorter. */
const MAX_QUERY_LENGTH = 128
/** Most keys in one list. */
export const MAX_LISTED_KEYS = 4_096

export interface KernelOptions {
  /** Default: a new executor of the wasm layer. */
  readonly executor?: ModuleExecutor
  /**
   * Id of a world whose modules were checked before. It holds the hash of its genesis, so modules of a genesis that gives the same id are
   * the same and are not checked again: an executor that takes over after an interrupt is there sooner.
   */
  readonly checkedWorld?: string | null
}

/**
 * The world that `genesis` describes, at height 0. `genesis` must come from `createGenesis` or `decodeGenesis`. Throws `GENESIS_INVALID` when
 * one of its modules may not run, `ArtifactIdentityError` when nobody it trusts signed one.
 */
export function createKernel(genesis: Genesis, options: KernelOptions = {}): Kernel {
  const worldId = worldIdOf(genesis)
  if (worldId !== options.checkedWorld) assertRunnable(genesis)
  const state = new CommittedState(0, genesisItems(genesis, worldId))
  const bytes = new ModuleBytes(genesis.modules)
  return new WorldKernel({ worldId, params: genesis.params, asteroids: genesis.scenario.asteroids, bytes, executor: options.executor ?? createExecutor() }, state)
}

class WorldKernel implements Kernel {
  readonly worldId: string
  private setup: WorldSetup
  private readonly config: StateItem
  private state: CommittedState
  private columns: WorldColumns
  private staged: StagedBlock | null = null

  constructor(world: Omit<WorldSetup, 'subscriptions'>, state: CommittedState) {
    this.worldId = world.worldId
    this.state = state
    this.config = state.item(CONFIG_KEY)!
    this.columns = new WorldColumns(state)
    this.setup = { ...world, subscriptions: subscriptionsOf(state, world.bytes) }
  }

  height(): number {
    return this.state.height
  }

  stateRoot(): Uint8Array {
    return this.state.rootHash
  }

  validators(): ValidatorSet {
    return readCurrentValidators(this.state)
  }

  actorKey(actor: string, action?: ValueMap): Uint8Array | null {
    return keyOfActor(this.state, actor, action)
  }

  checkAction(action: NodeConsensusAction, verdict?: boolean): ActionProblem | null {
    return checkAction(this.setup, this.state, action, verdict)
  }

  executeBlock(context: BlockContext, actions: readonly NodeConsensusAction[], verdicts?: ReadonlyMap<string, boolean>): BlockResult {
    this.staged = null
    const expected = this.state.height + 1
    if (context.height !== expected) {
      throw new KernelError('WRONG_HEIGHT', `The next block has height ${expected}, not ${context.height}. Execute blocks in order.`, { expected, height: context.height })
    }
    if (!(context.parent_hash instanceof Uint8Array) || context.parent_hash.length !== HASH_BYTES) {
      throw new KernelError('BAD_CONTEXT', `parent_hash must be ${HASH_BYTES} bytes.`)
    }
    this.staged = executeBlock(this.setup, this.state, this.columns.agentIds, context, actions, verdicts)
    return this.staged.result
  }

  commit(): CommittedBlock {
    if (this.staged === null) throw new KernelError('NOT_STAGED', 'There is no staged block. Execute a block before committing.')
    const { changes, tree } = this.staged
    const height = this.state.height + 1
    this.advance(height, changes, tree)
    return { height, writes: changes.map(({ key, item }) => ({ key, value: item === null ? null : item.value })) }
  }

  rollback(): void {
    this.staged = null
  }

  applyCommitted({ height, writes, state_root }: CommittedBlock & { readonly state_root: Uint8Array }): void {
    const expected = this.state.height + 1
    if (height !== expected) {
      throw new KernelError('WRONG_HEIGHT', `The next block has height ${expected}, not ${height}. Follow blocks in order.`, { expected, height })
    }
    const seen = new Set<string>()
    const changes = writes.map(({ key, value }): StateChange => {
      if (seen.has(key)) throw new KernelError('BAD_STATE', 'A key is written twice. Execute the block instead.', { key })
      seen.add(key)
      const keyHash = this.state.item(key)?.keyHash ?? hashKey(key)
      return { key, keyHash, item: value === null ? null : readEntry({ key, value }, keyHash) }
    })
    const tree = this.state.treeAfter(changes)
    if (!equalBytes(rootHash(tree), state_root)) {
      throw new KernelError('WRONG_STATE_ROOT', `The writes of height ${height} do not give its state root. Execute the block instead.`, { height })
    }
    if (changesModules(changes)) {
      const problem = whyNotWhole(new ChangedState(this.state, changes), this.setup.bytes)
      if (problem !== null) throw new KernelError('BAD_STATE', `${problem} Execute the block instead.`, { height })
    }
    this.advance(height, changes, tree)
  }

  keys(prefix: string, limit: number): readonly string[] {
    if (typeof prefix !== 'string' || prefix.length > MAX_QUERY_LENGTH || !Number.isSafeInteger(limit) || limit < 1 || limit > MAX_LISTED_KEYS) {
      throw new KernelError('BAD_REQUEST', `Ask for a prefix of at most ${MAX_QUERY_LENGTH} characters and for 1 to ${MAX_LISTED_KEYS} keys.`)
    }
    return this.state.keysFrom(prefix).slice(0, limit)
  }

  query(path: string, height: number = this.state.height): QueryResult {
    if (typeof path !== 'string' || path.length > MAX_QUERY_LENGTH || !path.isWellFormed()) {
      throw new KernelError('BAD_REQUEST', `A state key is a text of at most ${MAX_QUERY_LENGTH} characters.`)
    }
    const root = this.state.rootAt(height)
    if (root === undefined) {
      const oldest = Math.max(0, this.state.height - PROVABLE_HEIGHTS + 1)
      throw new KernelError('UNKNOWN_HEIGHT', `The state of height ${height} is not at hand. Ask for a height from ${oldest} to ${this.state.height}.`, { height })
    }
    const found = readAt(root, path)
    return {
      height, state_root: rootHash(root), key: path,
      value: found === null ? null : found.record,
      value_bytes: found === null ? null : found.value,
      proof: proveKey(root, hashKey(path)),
    }
  }

  snapshot(): Snapshot {
    return snapshotOf(this.worldId, this.state)
  }

  restore(manifest: SnapshotManifest, chunks: Iterable<Uint8Array>): void {
    this.replace(this.loadSnapshot(parseManifest(manifest, this.worldId), chunks))
  }

  checkpoints(): readonly Checkpoint[] {
    return this.state.checkpoints()
  }

  checkpointSnapshot(height: number): Snapshot {
    return snapshotOf(this.worldId, CommittedState.ofTree(height, this.treeOf(height)))
  }

  addCheckpoint(manifest: SnapshotManifest, chunks: Iterable<Uint8Array>): void {
    const parsed = parseManifest(manifest, this.worldId)
    const { height, state_root } = parsed
    if (!readCheckpoints(this.state).some((listed) => listed.height === height && listed.state_root === toHex(state_root))) {
      throw new KernelError('CHECKPOINT_UNKNOWN', `The state lists no checkpoint of height ${height} with this state root. Take one of those it lists.`, { height })
    }
    const tree = this.state.treeAs(this.loadSnapshot(parsed, chunks))
    this.state.keepCheckpoints((at) => (at === height ? tree : this.state.checkpointTree(at)))
  }

  forkAt(height: number): Kernel {
    const state = CommittedState.ofTree(height, this.treeOf(height))
    state.keepCheckpoints((at) => this.state.checkpointTree(at))
    return new WorldKernel(this.setup, state)
  }

  load(entries: Iterable<StateEntry>, head: { readonly height: number; readonly state_root: Uint8Array }): void {
    this.replace(loadState(entries, head, this.setup.bytes, this.config))
  }

  view(): WorldView {
    return this.columns.view(this.state)
  }

  dryRunModule(request: DryRunRequest): DryRunResult {
    return dryRunModule(this.setup.executor, request)
  }

  private advance(height: number, changes: readonly StateChange[], tree: Parameters<CommittedState['apply']>[2]): void {
    this.staged = null
    this.columns.beforeCommit(this.state, changes)
    this.state.apply(height, changes, tree)
    this.columns.afterCommit(this.state, changes)
    if (changesModules(changes)) this.hostModules()
  }

  private treeOf(height: number): TreeNode | null {
    const tree = this.state.checkpointTree(height) ?? this.state.rootAt(height)
    if (tree === undefined) throw new KernelError('CHECKPOINT_MISSING', `The state of height ${height} is not here. Take it from a snapshot.`, { height })
    return tree
  }

  private loadSnapshot(manifest: SnapshotManifest, chunks: Iterable<Uint8Array>): CommittedState {
    try {
      return loadState(snapshotEntries(manifest, chunks), manifest, this.setup.bytes, this.config)
    } catch (error) {
      if (!(error instanceof KernelError)) throw error
      const code = error.code === 'WRONG_STATE_ROOT' ? 'SNAPSHOT_WRONG_ROOT' : 'SNAPSHOT_INVALID'
      throw new SnapshotError(code, error.message, error.detail, { cause: error })
    }
  }

  private replace(state: CommittedState): void {
    state.keepCheckpoints((at) => this.state.checkpointTree(at))
    const columns = new WorldColumns(state)
    columns.keepStatic(this.columns)
    this.staged = null
    this.state = state
    this.columns = columns
    this.hostModules()
  }

  /** Changed modules run from the next block on. */
  private hostModules(): void {
    this.setup = { ...this.setup, subscriptions: subscriptionsOf(this.state, this.setup.bytes) }
  }
}

function changesModules(changes: readonly StateChange[]): boolean {
  return changes.some(({ key }) => key.startsWith(MODULE_PREFIX))
}
