import type {
  Block, CommitCertificate, DuplicateVoteEvidence, Proposal, ValidatorSet, Vote,
} from '../codec/index.ts'
import type { WalRecord, RestoredHeight } from './wal-record.ts'

/** Steps of one height. The paper's three, the wait before round 0, and the wait for the decided block to be executed and stored. */
export type Step = 'new_height' | 'propose' | 'prevote' | 'precommit' | 'commit'

/** A vote before its signature: what the machine decides and the WAL remembers. */
export type UnsignedVote = Omit<Vote, 'signature'>
/** A proposal before its signature. */
export type UnsignedProposal = Omit<Proposal, 'signature'>

/** All in milliseconds. A phase of round r waits `base + r · delta`, so that rounds outgrow any unknown network delay (arXiv:1807.04938 §3). */
export interface TimeoutConfig {
  readonly proposeMs: number
  readonly proposeDeltaMs: number
  readonly prevoteMs: number
  readonly prevoteDeltaMs: number
  readonly precommitMs: number
  readonly precommitDeltaMs: number
  /** Pause between a commit and round 0 of the next height. */
  readonly blockIntervalMs: number
  /** How long one height may last before own messages are sent again, and again after each such time. */
  readonly rebroadcastMs: number
}

/** For a network with round trips up to some hundred milliseconds. */
export const DEFAULT_TIMEOUTS: TimeoutConfig = {
  proposeMs: 2000, proposeDeltaMs: 500,
  prevoteMs: 500, prevoteDeltaMs: 500,
  precommitMs: 500, precommitDeltaMs: 500,
  blockIntervalMs: 1000, rebroadcastMs: 2000,
}

export type TimeoutKind = 'new_height' | 'propose' | 'prevote' | 'precommit' | 'rebroadcast'

export interface Timeout {
  readonly kind: TimeoutKind
  readonly height: number
  readonly round: number
}

/** What is known of the block a height builds on. At height 1 this stands for genesis. */
export interface ParentInfo {
  readonly hash: Uint8Array
  /** Header time of the parent in milliseconds since 1970 UTC; the time in genesis at height 1. */
  readonly time: number
}

/** Everything agreed on before a height starts; the application gives it after each commit and at boot. */
export interface HeightContext {
  readonly world_id: string
  /** Height about to be decided; the first is 1. */
  readonly height: number
  readonly validators: ValidatorSet
  /** Who signed `last_commit`; null at height 1. */
  readonly last_validators: ValidatorSet | null
  readonly parent: ParentInfo
  /** Certificate of the parent, for the block a proposer builds; null at height 1. */
  readonly last_commit: CommitCertificate | null
}

/** What execution said. `interrupted` is local and never a consensus result (DESIGN §3.6): no vote, try again later. */
export type ExecutionVerdict = 'valid' | 'invalid' | 'interrupted'

/**
 * Everything the machine can be told. Before it is: signatures of votes, proposals and certificates were verified, and every block's
 * body was found to be the one its header commits to (`checkBlockBody`).
 */
export type Input =
  | { readonly type: 'StartHeight'; readonly context: HeightContext; readonly restored: RestoredHeight | null }
  /** `received_at`: local clock, milliseconds since 1970 UTC; a fresh block from the future gets no prevote. */
  | { readonly type: 'Proposal'; readonly proposal: Proposal; readonly received_at: number }
  | { readonly type: 'Vote'; readonly vote: Vote }
  | { readonly type: 'Timeout'; readonly timeout: Timeout }
  /** Answer to `BuildProposal`; null when the application could not build. */
  | { readonly type: 'BlockBuilt'; readonly height: number; readonly round: number; readonly block: Block | null }
  /** Answer to `Execute`. */
  | { readonly type: 'BlockExecuted'; readonly height: number; readonly block_hash: Uint8Array; readonly verdict: ExecutionVerdict }
  /** Answer to `NeedBlock`; taken only when still needed. */
  | { readonly type: 'BlockReceived'; readonly block: Block }
  /** A finalized block of the current height, found by sync. */
  | { readonly type: 'CommitReceived'; readonly block: Block; readonly certificate: CommitCertificate }

/** A certified block that is invalid here, or two certified blocks of one height. Either needs a third of stake against the rules, or a bug. */
export type FailureCode = 'CERTIFIED_BLOCK_INVALID' | 'CERTIFIED_FORK'

/** Everything the machine can ask for, to be done in order. */
export type Effect =
  /** Durable before the next effect starts: it is what keeps a restarted validator from voting twice. */
  | { readonly type: 'Persist'; readonly records: readonly WalRecord[] }
  /** Sign, broadcast, and feed back as a `Vote` input. */
  | { readonly type: 'SignVote'; readonly vote: UnsignedVote }
  /** Sign, broadcast, and feed back as a `Proposal` input. */
  | { readonly type: 'SignProposal'; readonly proposal: UnsignedProposal }
  /** Send again what is already signed, by this node or another. */
  | { readonly type: 'BroadcastVote'; readonly vote: Vote }
  | { readonly type: 'BroadcastProposal'; readonly proposal: Proposal }
  | { readonly type: 'ScheduleTimeout'; readonly timeout: Timeout; readonly ms: number }
  | { readonly type: 'BuildProposal'; readonly height: number; readonly round: number }
  /** Verify the parent's certificate inside, then execute; answered by `BlockExecuted`. */
  | { readonly type: 'Execute'; readonly height: number; readonly block_hash: Uint8Array; readonly block: Block }
  | { readonly type: 'Commit'; readonly block: Block; readonly block_hash: Uint8Array; readonly certificate: CommitCertificate }
  /** More than two thirds voted for a block whose body is not here: fetch it. Repeated while it lasts. */
  | { readonly type: 'NeedBlock'; readonly height: number; readonly block_hash: Uint8Array }
  | { readonly type: 'ReportEvidence'; readonly evidence: DuplicateVoteEvidence }
  /** The protocol's assumptions are broken: stop, keep everything, tell the operator. */
  | { readonly type: 'Fail'; readonly code: FailureCode; readonly height: number; readonly block_hash: Uint8Array }
