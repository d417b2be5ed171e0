import type { ErrorDetail, NodeConsensusAction, ValidatorSet, Value, ValueMap } from '../codec/index.ts'
import type { ModuleCall, ModuleCallResult } from '../wasm/index.ts'
import type { WorldEvent } from './events.ts'
import type { Receipt } from './receipts.ts'
import type { SnapshotManifest } from './snapshot.ts'
import type { StateProof } from './state/merkle-tree.ts'
import type { Checkpoint } from './state/records.ts'
import type { WorldView } from './view.ts'

/** What the kernel needs of an executor. An exception from it means the engine failed, and interrupts the block. */
export interface ModuleExecutor {
  call(request: ModuleCall): ModuleCallResult
}

/** The part of a block that execution may see: never its time or round. */
export interface BlockContext {
  readonly height: number
  /** Hash of the parent block; at height 1 the genesis hash in the world id. */
  readonly parent_hash: Uint8Array
  readonly proposer: string
}

export interface BlockResult {
  readonly height: number
  readonly state_root: Uint8Array
  readonly receipts_root: Uint8Array
  readonly events_root: Uint8Array
  readonly receipts: readonly Receipt[]
  readonly events: readonly WorldEvent[]
  /** The validators who decide the next height. */
  readonly next_validators: ValidatorSet
  readonly next_validators_hash: Uint8Array
  readonly fuel_used: number
}

/** A change of one state entry; null deletes it. `value` is the canonical bytes of the record. */
export interface StateWrite {
  readonly key: string
  readonly value: Uint8Array | null
}

export interface CommittedBlock {
  readonly height: number
  /** Ascending by key, each key once. */
  readonly writes: readonly StateWrite[]
}

export interface QueryResult {
  readonly height: number
  readonly state_root: Uint8Array
  readonly key: string
  /** Null when the key is absent. */
  readonly value: Value
  /** Canonical bytes of the value; null when absent. */
  readonly value_bytes: Uint8Array | null
  /** Proves presence or absence against `state_root`. */
  readonly proof: StateProof
}

/** Why an action is, or would be, rejected. */
export interface ActionProblem {
  readonly code: string
  /** What to do next. */
  readonly hint: string
  readonly detail: ErrorDetail
}

export interface StateEntry {
  readonly key: string
  readonly value: Uint8Array
}

/** A module call outside consensus; `input` is the canonical CBOR of a `ModuleCallInput`. */
export interface DryRunRequest {
  readonly wasm: Uint8Array
  readonly entrypoint: string
  readonly input: Uint8Array
  /** Fuel; or give all limits. */
  readonly max_gas?: number
  readonly limits?: { readonly max_gas: number; readonly max_mem_bytes: number; readonly max_output_bytes: number }
}

export interface DryRunResult {
  readonly ok: boolean
  readonly code: string | null
  readonly detail: string | null
  readonly fuel_used: number
  readonly output: Uint8Array | null
  /** Size of the module with metering; null when it may not run. */
  readonly instrumented_bytes: number | null
}

export interface Snapshot {
  readonly manifest: SnapshotManifest
  readonly chunks: () => Iterable<Uint8Array>
}

/** One world (DESIGN §5): synchronous, single-threaded; a block is staged over the committed state until `commit`. */
export interface Kernel {
  readonly worldId: string
  /** Committed height; 0 after genesis. */
  height(): number
  /** Root of the committed state. */
  stateRoot(): Uint8Array
  /** Who decides `height() + 1`. */
  validators(): ValidatorSet
  /**
   * The key an action of `actor` must be signed with, for verifying ahead: from the state, or for `register_agent` from the
   * action itself. Null when there is none. Never throws.
   */
  actorKey(actor: string, action?: ValueMap): Uint8Array | null
  /**
   * Why `action` would be rejected by the kernel's own checks if it came next, or null. Rule modules are not asked. `verdict` is that
   * of the signature; it is worked out when left out. Never throws.
   */
  checkAction(action: NodeConsensusAction, verdict?: boolean): ActionProblem | null
  /**
   * Executes a block over the committed state and keeps the result staged; a block staged before is dropped. `verdicts` holds
   * signature verdicts by action id; missing ones are worked out here. Throws `KernelError` for a context that does not follow the
   * committed head, and `CHECKPOINT_MISSING` when the world goes back to a state that is not here; and `ExecutionInterrupted`; nothing is
   * staged then.
   */
  executeBlock(context: BlockContext, actions: readonly NodeConsensusAction[], verdicts?: ReadonlyMap<string, boolean>): BlockResult
  /** Makes the staged block permanent. Throws `NOT_STAGED`. */
  commit(): CommittedBlock
  /** Drops the staged block, if any. */
  rollback(): void
  /** Follows a block executed elsewhere. Throws `WRONG_HEIGHT`, `BAD_STATE` or `WRONG_STATE_ROOT` and changes nothing. */
  applyCommitted(block: CommittedBlock & { readonly state_root: Uint8Array }): void
  /**
   * The record under a key with its proof, of the committed state or of one of the last `PROVABLE_HEIGHTS` heights.
   * Throws `UNKNOWN_HEIGHT`, or `BAD_REQUEST` for a key that is no text of at most 128 characters.
   */
  query(path: string, height?: number): QueryResult
  /** Keys of the committed state that begin with `prefix`, ascending, at most `limit` (1 to `MAX_LISTED_KEYS`). Throws `BAD_REQUEST`. */
  keys(prefix: string, limit: number): readonly string[]
  snapshot(): Snapshot
  /** Replaces the state by a snapshot's. Throws `SnapshotError` and changes nothing. The caller checks `state_root` against a certificate. */
  restore(manifest: SnapshotManifest, chunks: Iterable<Uint8Array>): void
  /** Replaces the state by stored records. Throws `BAD_STATE` or `WRONG_STATE_ROOT` and changes nothing. */
  load(entries: Iterable<StateEntry>, head: { readonly height: number; readonly state_root: Uint8Array }): void
  /** The checkpoints of the committed state whose records are here, ascending by height. They are kept as blocks are committed, and not across `load`. */
  checkpoints(): readonly Checkpoint[]
  /** Of a checkpoint, or of one of the last `PROVABLE_HEIGHTS` heights. Throws `CHECKPOINT_MISSING`. */
  checkpointSnapshot(height: number): Snapshot
  /** Takes a checkpoint back. Throws `CHECKPOINT_UNKNOWN` when the committed state lists none like it, `SnapshotError`; changes nothing then. */
  addCheckpoint(manifest: SnapshotManifest, chunks: Iterable<Uint8Array>): void
  /** A kernel of its own, with the same executor, over the state of a height as above. Throws `CHECKPOINT_MISSING`. */
  forkAt(height: number): Kernel
  view(): WorldView
  /** Runs a module locally, outside consensus. Throws `ExecutionInterrupted` when the engine failed. */
  dryRunModule(request: DryRunRequest): DryRunResult
}
