import type { Block, Commit, CommitCertificate, DuplicateVoteEvidence, ErrorInfo, Proposal, VoteType, Vote } from '../codec/index.ts'
import type { BlockFaultCode } from './block-checks.ts'
import type { StepResult } from './machine.ts'
import type { MachineState } from './state.ts'
import type { ExecutionVerdict, HeightContext, Input, Step, TimeoutConfig, UnsignedProposal, UnsignedVote } from './types.ts'

/** Wall clock and timers of the host, or virtual ones. */
export interface ConsensusClock {
  /** Milliseconds since 1970 UTC. */
  readonly now: () => number
  /** Calls back once after `ms`; returns a cancel function. */
  readonly setTimer: (ms: number, callback: () => void) => () => void
}

/** A byte log. The runner frames and checks what it writes; the store only has to be durable and ordered. */
export interface ConsensusWal {
  /** Everything written so far, in order; empty when new. */
  readonly load: () => Promise<Uint8Array>
  /** Resolves when the bytes are durable (fsync, strict transaction). Rejecting stops the runner before it signs. */
  readonly append: (frames: Uint8Array) => Promise<void>
  /** Replaces the whole log atomically: after a crash either the old or the new content is there. */
  readonly replace: (frames: Uint8Array) => Promise<void>
}

/** Signs typed intents, never bytes it was handed (DESIGN §3.7). Signatures must be deterministic, as Ed25519's are. */
export interface ConsensusSigner {
  readonly validator_id: string
  readonly signVote: (vote: UnsignedVote) => Promise<Uint8Array>
  readonly signProposal: (proposal: UnsignedProposal, block_hash: Uint8Array) => Promise<Uint8Array>
}

/** Outgoing messages. Delivery is best effort; what matters is sent again. A repeated send must not be swallowed as already seen. */
export interface ConsensusTransport {
  readonly broadcastVote: (vote: Vote) => void
  readonly broadcastProposal: (proposal: Proposal) => void
  /** Ask peers for the body of a block of the current height; answer with `receiveBlock`, or with `receiveCommit` by sync. */
  readonly requestBlock: (height: number, block_hash: Uint8Array) => void
}

/** What a proposer's block must carry; the application adds actions, the roots after executing them, and its own fields. */
export interface BuildRequest {
  readonly context: HeightContext
  readonly round: number
  readonly proposer: string
  /** For the header: milliseconds since 1970 UTC, above the parent's. */
  readonly time: number
}

/** The world as consensus sees it. Calls never overlap. */
export interface ConsensusApplication {
  /** A block for the request, executed (its roots are those after execution). Null when it cannot build now. */
  readonly build: (request: BuildRequest) => Promise<Block | null>
  /** Executes on top of the last committed block and compares every root; leaves nothing committed. */
  readonly execute: (block: Block, context: HeightContext) => Promise<ExecutionVerdict>
  /**
   * Makes block and certificate durable together and returns the context of the next height. The block was executed before,
   * not necessarily last. Called again after a restart for the same block only if this did not resolve.
   */
  readonly commit: (block: Block, certificate: CommitCertificate) => Promise<HeightContext>
}

export type VerifySignature = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>

/** What happens inside, for metrics, logs and sync. */
export type ConsensusEvent =
  | { readonly type: 'height_started'; readonly height: number; readonly restored: boolean }
  | { readonly type: 'step'; readonly height: number; readonly round: number; readonly step: Step }
  | { readonly type: 'committed'; readonly commit: Commit; readonly block_hash: Uint8Array; readonly round: number }
  /** A verified message of a later height: this node is behind, or about to be. */
  | { readonly type: 'behind'; readonly height: number; readonly seen_height: number }
  | { readonly type: 'evidence'; readonly evidence: DuplicateVoteEvidence }
  | { readonly type: 'refused'; readonly kind: 'vote' | 'proposal' | 'block'; readonly reason: MessageVerdict | BlockFaultCode; readonly validator_id: string }
  /** The application could not build or execute; consensus goes on without it. */
  | { readonly type: 'application_error'; readonly operation: 'build' | 'execute'; readonly error: ErrorInfo }
  /** The runner has stopped for good; nothing is signed any more. */
  | { readonly type: 'halted'; readonly error: ErrorInfo }

/** What became of a message: `accepted` and `buffered` are news, those of the next line are harmless, the rest tell of a bad peer. */
export type MessageVerdict =
  | 'accepted' | 'buffered'
  | 'duplicate' | 'stale' | 'future_height' | 'stopped' | 'busy'
  | 'wrong_world' | 'unknown_validator' | 'not_proposer' | 'bad_body' | 'bad_signature'

export interface ConsensusInit {
  readonly timeouts: TimeoutConfig
  /** Context of the height after the last committed block. */
  readonly context: HeightContext
  /** The state machine; replaced only by the simulator's check that it notices a broken one. */
  readonly step?: (state: MachineState, input: Input) => StepResult
}

export interface ConsensusComponents {
  readonly clock: ConsensusClock
  readonly wal: ConsensusWal
  /** Absent in a full node: it follows, executes and commits, and never votes. */
  readonly signer?: ConsensusSigner
  readonly transport: ConsensusTransport
  readonly application: ConsensusApplication
  readonly verifySignature: VerifySignature
  readonly onEvent?: (event: ConsensusEvent) => void
}

/** One validator's votes of one round, as the network page shows them. `block_hash` null is nil, absent means not seen. */
export interface ValidatorVotes {
  readonly validator_id: string
  readonly stake: number
  readonly votes: readonly { readonly type: VoteType; readonly round: number; readonly block_hash: Uint8Array | null }[]
}

export interface ConsensusSnapshot {
  readonly height: number
  /** −1 while waiting for round 0. */
  readonly round: number
  readonly step: Step
  readonly proposer: string | null
  readonly validator_id: string | null
  readonly locked_round: number
  readonly valid_round: number
  /** Votes of the current height, one row per validator in set order. */
  readonly votes: readonly ValidatorVotes[]
  /** Precommits behind the last commit this runner made; null before the first. */
  readonly last_commit: {
    readonly height: number
    readonly round: number
    readonly block_hash: Uint8Array
    readonly votes: readonly { readonly validator_id: string; readonly stake: number; readonly signed: boolean }[]
  } | null
  /** Set when the runner has stopped because of an error. */
  readonly halted: ErrorInfo | null
}

export interface Consensus {
  /** Restores the WAL and starts the height. Throws `ConsensusError` (`WAL_CORRUPT`, `WAL_WRONG_WORLD`). */
  readonly start: () => Promise<void>
  /** Stops timers and waits for what is being done; nothing is signed afterwards. */
  readonly stop: () => Promise<void>
  readonly receiveVote: (vote: Vote) => Promise<MessageVerdict>
  readonly receiveProposal: (proposal: Proposal) => Promise<MessageVerdict>
  /** Answer to `requestBlock`. */
  readonly receiveBlock: (block: Block) => Promise<MessageVerdict>
  /**
   * A finalized block found by sync. Verifies the certificate, executes and commits it, and resolves with the height reached
   * (commits below the current height are ignored). Throws `ConsensusError`: `COMMIT_WRONG_HEIGHT`, `CERTIFICATE_INVALID`,
   * `BLOCK_INVALID`, `HALTED`.
   */
  readonly receiveCommit: (commit: Commit) => Promise<number>
  /** Body of an uncommitted block of the current height, to answer peers' requests. */
  readonly blockByHash: (block_hash: Uint8Array) => Block | null
  readonly snapshot: () => ConsensusSnapshot
}
