import {
  blockHash, certificateHash, computeConsensusActionRoot, encodeCanonical, sha256, toConsensusAction, validatorSetHash, worldId,
} from '../../codec/index.ts'
import type { Block, BlockHeader, Proposal, ValidatorSet, Vote } from '../../codec/index.ts'
import { step } from '../machine.ts'
import { proposerAt } from '../proposer.ts'
import { initialState } from '../state.ts'
import type { MachineState } from '../state.ts'
import type { Effect, HeightContext, Input, TimeoutConfig, TimeoutKind } from '../types.ts'
import type { RestoredHeight } from '../wal-record.ts'

export const WORLD = worldId('demo-test', 'consensus')
export const TIMEOUTS: TimeoutConfig = {
  proposeMs: 100, proposeDeltaMs: 10, prevoteMs: 200, prevoteDeltaMs: 20, precommitMs: 300, precommitDeltaMs: 30, blockIntervalMs: 1000, rebroadcastMs: 5000,
}
export const PARENT_TIME = 1_000_000
const ZERO = new Uint8Array(32)

/** Validators `v0`, `v1`, … with the given stakes. */
export function validatorSet(...stakes: number[]): ValidatorSet {
  return stakes.map((stake, index) => ({ validator_id: `v${index}`, public_key: sha256(encodeCanonical(index)), stake }))
}

export const FOUR = validatorSet(1, 1, 1, 1)

export function contextOf(validators: ValidatorSet = FOUR, height = 1): HeightContext {
  return { world_id: WORLD, height, validators, last_validators: null, parent: { hash: ZERO, time: PARENT_TIME }, last_commit: null }
}

/** A block that keeps consensus's rules; `label` makes different blocks. */
export function blockAt(context: HeightContext, round: number, label = 'a', change: Partial<BlockHeader> = {}): Block {
  const actions = [toConsensusAction(encodeCanonical(label))]
  const header: BlockHeader = {
    world_id: context.world_id, height: context.height, round, time: context.parent.time + 1, parent_hash: context.parent.hash,
    last_commit_hash: certificateHash(context.last_commit), action_root: computeConsensusActionRoot(actions),
    state_root: ZERO, receipts_root: ZERO, events_root: ZERO,
    validators_hash: validatorSetHash(context.validators), next_validators_hash: validatorSetHash(context.validators),
    proposer: proposerAt(context.validators, context.height, round).validator_id, writer_epoch: 1, ...change,
  }
  return { header, actions, last_commit: context.last_commit }
}

export const hashOfBlock = (block: Block): Uint8Array => blockHash(block.header)

/** A machine under test with everything it has asked for since the last look. */
export class Bench {
  state: MachineState
  readonly context: HeightContext
  #effects: Effect[] = []

  /** `own`: position of the machine's validator, or null for a follower. */
  constructor(own: number | null, options: { readonly context?: HeightContext; readonly restored?: RestoredHeight | null } = {}) {
    this.context = options.context ?? contextOf()
    const validator_id = own === null ? null : this.context.validators[own]!.validator_id
    this.state = initialState({ timeouts: TIMEOUTS, validator_id })
    this.feed({ type: 'StartHeight', context: this.context, restored: options.restored ?? null })
  }

  feed(...inputs: readonly Input[]): this {
    for (const input of inputs) {
      const { state, effects } = step(this.state, input)
      this.state = state
      this.#effects.push(...effects)
    }
    return this
  }

  /** Effects since the last call. */
  effects(): Effect[] {
    const taken = this.#effects
    this.#effects = []
    return taken
  }

  effectsOf<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects().filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type)
  }

  /** Votes signed since the last look, as `prevote 0 <label or nil>`; labels of the given blocks. */
  votes(blocks: Readonly<Record<string, Block>> = {}): string[] {
    const names = new Map(Object.entries(blocks).map(([name, block]) => [hashOfBlock(block).join(), name]))
    return this.effectsOf('SignVote').map(({ vote }) => `${vote.type} ${vote.round} ${vote.block_hash === null ? 'nil' : (names.get(vote.block_hash.join()) ?? 'unknown')}`)
  }

  timeout(kind: TimeoutKind, round: number): this {
    return this.feed({ type: 'Timeout', timeout: { kind, height: this.context.height, round } })
  }

  /** Starts round 0 and forgets the effects of that. */
  begin(): this {
    this.timeout('new_height', -1)
    this.effects()
    return this
  }

  propose(block: Block, options: { readonly round?: number; readonly valid_round?: number; readonly validator_id?: string; readonly received_at?: number } = {}): this {
    const round = options.round ?? 0
    const proposal: Proposal = {
      world_id: WORLD, height: this.context.height, round, valid_round: options.valid_round ?? -1, block,
      validator_id: options.validator_id ?? proposerAt(this.context.validators, this.context.height, round).validator_id, signature: new Uint8Array(64),
    }
    return this.feed({ type: 'Proposal', proposal, received_at: options.received_at ?? PARENT_TIME })
  }

  executed(block: Block, verdict: 'valid' | 'invalid' | 'interrupted' = 'valid'): this {
    return this.feed({ type: 'BlockExecuted', height: this.context.height, block_hash: hashOfBlock(block), verdict })
  }

  vote(type: Vote['type'], voters: readonly number[], block: Block | null, round = 0): this {
    return this.feed(...voters.map((index): Input => ({ type: 'Vote', vote: this.voteOf(type, index, block, round) })))
  }

  voteOf(type: Vote['type'], voter: number, block: Block | null, round = 0): Vote {
    const { validators, height } = this.context
    return {
      world_id: WORLD, type, height, round, block_hash: block === null ? null : hashOfBlock(block), validator_id: validators[voter]!.validator_id,
      signature: new Uint8Array(64).fill(voter + 1),
    }
  }

  /** A block of this height, proposed first in `round`. */
  block(label: string, round = 0): Block {
    return blockAt(this.context, round, label)
  }
}

/** Positions of the proposers of rounds 0, 1, 2, … of a height. */
export function proposers(context: HeightContext = contextOf(), rounds = 4): number[] {
  return Array.from({ length: rounds }, (_, round) => context.validators.indexOf(proposerAt(context.validators, context.height, round)))
}
