/**
 * What a page may ask of its node and what the node tells it. Implemented by the node worker, called through comlink,
 * so everything here survives structured cloning: plain data, bytes, no functions except the listener.
 */
import type { BlockHeader, CommitCertificate, ErrorInfo, ValidatorSet, Value } from '../codec/index.ts'
import type { LightBlock, StateProof } from '../light/index.ts'
import type { Receipt, ShadowReport, WorldEvent } from '../world/index.ts'

/** `validator` holds a validator key, `full` follows and re-executes, `solo` is a one-validator demo world inside this tab. */
export type NodeRole = 'validator' | 'full' | 'solo'

/**
 * `stalled`: no new block for two block intervals although the node follows the head.
 * `failed`: the node stopped and says why in `error`; the world stored so far is kept.
 */
export type NodePhase = 'starting' | 'connecting' | 'syncing' | 'following' | 'stalled' | 'failed'

export interface HeadStatus {
  readonly height: number
  readonly block_hash: string
  readonly state_root: string
  /** Proposer's clock, milliseconds since 1970 UTC. */
  readonly time: number
  readonly round: number
  readonly proposer: string
  readonly actions: number
  /** When this node had verified certificate and execution; milliseconds since 1970 UTC. */
  readonly verified_at: number
  /** Certificate: who signed, of all. */
  readonly signers: readonly string[]
  readonly signed_stake: number
  readonly total_stake: number
  /** Both true for every head this node reports, except an HTTP head during start-up, which is not executed yet. */
  readonly certificate_verified: boolean
  readonly executed: boolean
}

export interface PeerStatus {
  readonly peer_id: string
  readonly address: string
  readonly state: 'connecting' | 'connected' | 'backoff'
  readonly validator_id: string | null
  /** What the peer claims; unverified. */
  readonly height: number | null
  readonly score: number
  readonly demoted: boolean
  readonly last_error: string | null
}

export interface ValidatorStatus {
  readonly validator_id: string
  readonly stake: number
  /** Signed the certificate of the head. */
  readonly signed_head: boolean
  /** Last height whose certificate carries this validator's signature, as far as this node has seen. */
  readonly last_signed_height: number | null
  /** Votes of `votes_height` in its latest round, as gossip brought them; null when none was seen. */
  readonly prevote: 'block' | 'nil' | null
  readonly precommit: 'block' | 'nil' | null
}

export interface RefusalNotice {
  readonly at: number
  readonly code: string
  readonly peer_id: string | null
  readonly height: number | null
  readonly message: string
}

export interface ExecutorStatus {
  readonly interrupts: number
  readonly restarts: number
  readonly spare_ready: boolean
  readonly last_block_ms: number | null
}

/** What calls of one module came to in the executor at work, since it was started: this host's own count, not part of the world. */
export interface ModuleStatistics {
  /** Lowercase hex SHA-256 of the module as registered. */
  readonly wasm_hash: string
  readonly calls: number
  readonly fuel_used: number
  /** Failed calls by code. */
  readonly failures: Readonly<Record<string, number>>
}

/** Who holds how much, added up over the state of one height. */
export interface Balances {
  readonly height: number
  readonly agents: { readonly count: number; readonly electricity: number; readonly data: number }
  readonly treasury: { readonly electricity: number; readonly data: number }
}

/** Keys of the verified state. That the list is complete follows from executing every block, not from a proof; each record has its own. */
export interface KeyList {
  readonly height: number
  /** Ascending. */
  readonly keys: readonly string[]
  /** False when there are more keys than were asked for. */
  readonly complete: boolean
}

export interface NodeStatus {
  readonly role: NodeRole
  readonly world_id: string
  readonly demo: boolean
  readonly phase: NodePhase
  /** Why it failed, or why it stands still until a snapshot leads on (`CHECKPOINT_MISSING`). */
  readonly error: ErrorInfo | null
  readonly block_interval_ms: number
  readonly head: HeadStatus | null
  /** Highest height any peer claims; unverified. */
  readonly claimed_height: number | null
  /** While syncing: first and last height of this run and where it stands. `stage` names what is being fetched. */
  readonly sync: { readonly stage: 'headers' | 'snapshot' | 'blocks'; readonly from: number; readonly to: number; readonly at: number } | null
  readonly round: { readonly height: number; readonly round: number; readonly step: string } | null
  readonly peers: readonly PeerStatus[]
  readonly validators: readonly ValidatorStatus[]
  /** The height whose votes `validators` shows: the one being decided once a vote was seen, else the last; null at start. */
  readonly votes_height: number | null
  /** Newest last, bounded. */
  readonly refusals: readonly RefusalNotice[]
  /** Counters by name, e.g. `refused.BAD_CERTIFICATE`. */
  readonly metrics: Readonly<Record<string, number>>
  readonly executor: ExecutorStatus
  readonly storage: { readonly earliest_height: number | null; readonly blocks: number; readonly persistent: boolean }
}

/** A block as the feed shows it: verified by certificate and by execution in this node. */
export interface BlockSummary {
  readonly head: HeadStatus
  readonly events: readonly WorldEvent[]
  readonly receipts: readonly Receipt[]
}

/** A state record with everything needed to check it again: value → state root → header → certificate → validator set. */
export interface ProvenRecord {
  readonly key: string
  readonly value: Value
  /** Canonical bytes of the value; null proves absence. */
  readonly value_bytes: Uint8Array | null
  readonly proof: StateProof
  readonly header: BlockHeader
  readonly certificate: CommitCertificate
  readonly validators: ValidatorSet
}

export interface ReceiptAt {
  readonly height: number
  readonly receipt: Receipt
  readonly events: readonly WorldEvent[]
}

/** Which events of the stored blocks are wanted. */
export interface EventQuery {
  /** An id or other text, at most 128 characters, that the event holds as a value or key; also as part of a longer one. Null: any. */
  readonly mentions: string | null
  /** What its kind begins with, such as `governance.`. Null: any. */
  readonly kind: string | null
  /** First and last height looked at. */
  readonly from: number
  readonly to: number
}

/** A piece of the answer: one call looks at a bounded number of blocks. */
export interface EventPage {
  /** In order of the chain. */
  readonly events: readonly WorldEvent[]
  /** Height to go on from, as `from` of the next call; null when the range is exhausted. */
  readonly next: number | null
  /** Blocks among those looked at that are not stored here: pruned, or not there yet. */
  readonly missing: number
}

/** Heights of a re-run: the last block executed again, and the one it goes to. */
export interface RerunProgress {
  readonly at: number
  readonly to: number
}

/** A shadow report as this node made it again: from a stored state before it and the blocks after that, every root compared with its certified header. */
export interface ShadowRerun {
  readonly proposal_id: string
  readonly report: ShadowReport
  /** Canonical bytes of the report; `report_hash` is their SHA-256. */
  readonly report_bytes: Uint8Array
  readonly report_hash: string
  /** First block executed again, and the last: that of the report. */
  readonly from_height: number
  readonly to_height: number
  readonly blocks: number
  /** Everything included: starting an executor, loading the state, the blocks. */
  readonly elapsed_ms: number
}

/**
 * Why there is no re-run. `SHADOW_REPORT_PENDING`: the world has no report of the proposal yet, or its block is not anchored; wait for the next blocks.
 * `SHADOW_HISTORY_MISSING`: no state or blocks from before the report are at hand. `INTERRUPTED`: cancelled, or another re-run was begun.
 * `RERUN_DIFFERS`: blocks executed again did not give their certified roots, so there is no result; this node or its storage is at fault.
 */
export type RerunErrorCode = 'PROPOSAL_NOT_FOUND' | 'SHADOW_REPORT_PENDING' | 'SHADOW_HISTORY_MISSING' | 'INTERRUPTED' | 'RERUN_DIFFERS'

/** Result of running a module locally, outside consensus; the only place where `INTERRUPTED` is an outcome. */
export interface DryRunResult {
  readonly ok: boolean
  readonly code: string | null
  readonly detail: string | null
  readonly fuel_used: number
  readonly output: Uint8Array | null
  readonly instrumented_bytes: number | null
}

export type NodeUpdate =
  | { readonly type: 'status'; readonly status: NodeStatus }
  | { readonly type: 'block'; readonly block: BlockSummary }

/** How the page tells its node which world to join. Everything in it is a claim until verified. */
export interface NodeConfig {
  /** Encoded genesis; its hash must give `world_id`. Null starts a solo world. */
  readonly genesis: Uint8Array | null
  readonly world_id: string | null
  /** Multiaddrs of validators and relays. */
  readonly bootstrap: readonly string[]
  readonly block_interval_ms: number
  /** Encoded header+certificate from `GET /head`, if the page had it; proves itself. */
  readonly http_head: Uint8Array | null
}

export interface NodeApi {
  start(config: NodeConfig): Promise<void>
  status(): Promise<NodeStatus>
  /** The listener is called at once with the current status, then at most ten times a second. Returns a token for `unsubscribe`. */
  subscribe(listener: (update: NodeUpdate) => void): Promise<number>
  unsubscribe(token: number): Promise<void>
  /** The newest verified blocks, oldest first; for filling the feed after a reload. */
  recentBlocks(limit: number): Promise<readonly BlockSummary[]>
  /** Any stored block by height; null when pruned or not there yet. */
  blockAt(height: number): Promise<BlockSummary | null>
  /** Header, certificate and validators of a stored block, for who verifies it again; null when pruned or not there yet. */
  lightBlockAt(height: number): Promise<LightBlock | null>
  /** Record under a state key of the verified head, with its proof. Throws while nothing is verified. */
  query(key: string): Promise<ProvenRecord>
  /** Keys of the verified head's state that begin with `prefix`, at most `limit` (1 to 4,095). Throws `BAD_REQUEST`. */
  list(prefix: string, limit: number): Promise<KeyList>
  /** Bytes of a module of the genesis or of an artifact in the state, by the lowercase hex SHA-256 of them; null when there is none. */
  moduleWasm(wasmHash: string): Promise<Uint8Array | null>
  /** Sorted by hash. */
  moduleStatistics(): Promise<readonly ModuleStatistics[]>
  balances(): Promise<Balances>
  /** Hands a signed envelope to the mempool and to peers. Throws a typed error when it is refused here. */
  submit(envelope: Uint8Array): Promise<{ readonly action_id: string }>
  /** The receipt of an action once its block is verified, else null. */
  receipt(actionId: string): Promise<ReceiptAt | null>
  dryRun(request: { readonly wasm: Uint8Array; readonly entrypoint: string; readonly input: Uint8Array; readonly max_gas: number }): Promise<DryRunResult>
  /** The genesis of this world as it was given or made; its hash is in the world id. */
  genesis(): Promise<Uint8Array>
  /** Events in a range of heights, in bounded pieces: call again with `next` until it is null. Throws `BAD_REQUEST`. */
  eventsOf(query: EventQuery): Promise<EventPage>
  /**
   * Makes the shadow report of a proposal again, in an executor of its own: neither blocks nor votes wait for it. One at a time: a new call
   * ends the one before. `onProgress` must be a comlink proxy. Throws an `AppError` with one of `RerunErrorCode`.
   */
  rerunShadow(proposalId: string, onProgress?: (progress: RerunProgress) => void): Promise<ShadowRerun>
  /** Ends the re-run that is going on, if any; its caller gets `INTERRUPTED`. */
  cancelRerun(): Promise<void>
  /** World columns for the renderer are posted to this port after every verified block (see `ViewFrame`). */
  attachRenderer(port: MessagePort): Promise<void>
  /** Chromium needs peer connections on the main thread: port to the WebRTC broker there. */
  attachRtc(port: MessagePort): Promise<void>
  stop(): Promise<void>
}
