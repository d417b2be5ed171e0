import type { Block, CommitCertificate, Proposal } from '../codec/index.ts'
import { NO_FUTURE } from './future-messages.ts'
import type { FutureMessages } from './future-messages.ts'
import type { Thresholds } from './thresholds.ts'
import type { HeightContext, Step, TimeoutConfig, UnsignedProposal, UnsignedVote } from './types.ts'
import { EMPTY_TALLY } from './vote-tally.ts'
import type { BlockKey, VoteTally } from './vote-tally.ts'

export interface MachineConfig {
  readonly timeouts: TimeoutConfig
  /** This node's validator, or null for a node that only follows. It votes at heights whose set contains it. */
  readonly validator_id: string | null
}

/** What is known about a block: `unexecuted` may be executed when a rule asks; `interrupted` waits for the next retry. */
export type BlockVerdict = 'unexecuted' | 'executing' | 'interrupted' | 'valid' | 'invalid'

export interface KnownBlock {
  readonly block: Block
  readonly block_hash: Uint8Array
  readonly verdict: BlockVerdict
  /** Its body is in the WAL. */
  readonly persisted: boolean
}

export interface RoundProposal {
  readonly proposal: Proposal
  readonly key: BlockKey
  /** False for a fresh block dated too far ahead of the local clock. */
  readonly timely: boolean
  /** False when the header's round does not fit the round it is proposed in. */
  readonly fits: boolean
}

export interface RoundState {
  /** First proposal of the round's proposer. */
  readonly proposal: RoundProposal | null
  readonly prevotes: VoteTally
  readonly precommits: VoteTally
  /** "For the first time" of lines 34 and 47. */
  readonly prevoteTimeoutSet: boolean
  readonly precommitTimeoutSet: boolean
}

export const EMPTY_ROUND: RoundState = {
  proposal: null, prevotes: EMPTY_TALLY, precommits: EMPTY_TALLY, prevoteTimeoutSet: false, precommitTimeoutSet: false,
}

/** A block and the round it was locked or found valid in. */
export interface BlockAtRound {
  readonly round: number
  readonly key: BlockKey
}

/** Immutable: `step` returns a new one and never touches the old. Variables of the paper: h_p, round_p, step_p, locked*, valid*. */
export interface MachineState {
  readonly config: MachineConfig
  readonly context: HeightContext
  readonly thresholds: Thresholds
  readonly height: number
  /** −1 while waiting for round 0. */
  readonly round: number
  readonly step: Step
  readonly locked: BlockAtRound | null
  readonly valid: BlockAtRound | null
  readonly rounds: ReadonlyMap<number, RoundState>
  readonly blocks: ReadonlyMap<BlockKey, KnownBlock>
  readonly future: FutureMessages
  /** Own votes by `slotOf`, own proposals by round: what may never be contradicted. */
  readonly ownVotes: ReadonlyMap<string, UnsignedVote>
  readonly ownProposals: ReadonlyMap<number, UnsignedProposal>
  /** Round for which the application builds a block now, or null. */
  readonly buildingRound: number | null
  /** Bodies asked for with `NeedBlock`. */
  readonly needed: ReadonlySet<BlockKey>
  /** Set once a quorum of precommits, or a commit from sync, is known. */
  readonly decision: { readonly key: BlockKey; readonly certificate: CommitCertificate } | null
  /** The `Commit` or `Fail` effect was given; only `StartHeight` moves on from here. */
  readonly finished: boolean
}

/** Votes of rounds further back than this are dropped, except where a proof-of-lock needs them: nobody waits for them any more. */
export const KEPT_PAST_ROUNDS = 8

export const slotOf = (type: 'prevote' | 'precommit', round: number): string => `${type}/${round}`

export const roundOf = (state: MachineState, round: number): RoundState => state.rounds.get(round) ?? EMPTY_ROUND

/** Rounds whose votes are kept: recent ones and those a proof-of-lock refers to. */
export function isTrackedRound(state: MachineState, round: number): boolean {
  if (round > state.round) return false
  if (round >= state.round - KEPT_PAST_ROUNDS || round === state.valid?.round) return true
  return round === roundOf(state, state.round).proposal?.proposal.valid_round
}

export function isValidator(state: MachineState): boolean {
  const own = state.config.validator_id
  return own !== null && state.context.validators.some(({ validator_id }) => validator_id === own)
}

export function stakeOf(state: MachineState, validator_id: string): number {
  return state.context.validators.find((validator) => validator.validator_id === validator_id)?.stake ?? 0
}

const EMPTY_CONTEXT: HeightContext = {
  world_id: '', height: 0, validators: [], last_validators: null, parent: { hash: new Uint8Array(32), time: 0 }, last_commit: null,
}

/** The state before the first `StartHeight`; every other input is ignored in it. */
export function initialState(config: MachineConfig): MachineState {
  return {
    config, context: EMPTY_CONTEXT, thresholds: { total: 0, quorum: 1, honest: 1 }, height: 0, round: -1, step: 'new_height',
    locked: null, valid: null, rounds: new Map(), blocks: new Map(), future: NO_FUTURE, ownVotes: new Map(), ownProposals: new Map(),
    buildingRound: null, needed: new Set(), decision: null, finished: true,
  }
}
