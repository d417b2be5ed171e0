import type { Vote } from '../codec/index.ts'
import type { MachineState, RoundState } from './state.ts'
import { isValidator, roundOf, slotOf } from './state.ts'
import type { Effect, TimeoutKind, UnsignedVote } from './types.ts'
import { votesFor } from './vote-tally.ts'
import type { BlockKey } from './vote-tally.ts'
import type { WalRecord } from './wal-record.ts'

/** One call of `step` in progress: the newest state and the effects so far. Lives only inside that call. */
export class Transition {
  state: MachineState
  readonly effects: Effect[] = []

  constructor(state: MachineState) {
    this.state = state
  }

  update(patch: Partial<MachineState>): void {
    this.state = { ...this.state, ...patch }
  }

  updateRound(round: number, patch: Partial<RoundState>): void {
    const next: RoundState = { ...roundOf(this.state, round), ...patch }
    this.update({ rounds: new Map(this.state.rounds).set(round, next) })
  }

  emit(effect: Effect): void {
    this.effects.push(effect)
  }

  schedule(kind: TimeoutKind, ms: number): void {
    const { height, round } = this.state
    this.emit({ type: 'ScheduleTimeout', timeout: { kind, height, round }, ms })
  }
}

/** Asks for execution if nobody has yet; the answer comes as `BlockExecuted`. */
export function ensureExecuted(t: Transition, key: BlockKey): void {
  const known = t.state.blocks.get(key)
  if (known?.verdict !== 'unexecuted') return
  t.update({ blocks: new Map(t.state.blocks).set(key, { ...known, verdict: 'executing' }) })
  t.emit({ type: 'Execute', height: t.state.height, block_hash: known.block_hash, block: known.block })
}

/** Asks once for a body a quorum voted for; `rebroadcast` asks again. */
export function ensureRequested(t: Transition, key: BlockKey, block_hash: Uint8Array): void {
  if (t.state.needed.has(key)) return
  t.update({ needed: new Set(t.state.needed).add(key) })
  t.emit({ type: 'NeedBlock', height: t.state.height, block_hash })
}

/** The WAL record of a block's body, unless it is there already. */
export function persistBlock(t: Transition, key: BlockKey): readonly WalRecord[] {
  const known = t.state.blocks.get(key)
  if (known === undefined || known.persisted) return []
  t.update({ blocks: new Map(t.state.blocks).set(key, { ...known, persisted: true }) })
  return [{ kind: 'block', height: t.state.height, block: known.block }]
}

/** Hash of a known block; null for none. */
export function hashOf(state: MachineState, key: BlockKey): Uint8Array | null {
  return state.blocks.get(key)?.block_hash ?? null
}

/**
 * Ends a step by voting for a block, or for nil (null). The vote is written, with `records` before it, and then signed. A slot voted
 * in before (a restored vote) keeps that vote; a node that is no validator only moves on.
 */
export function castVote(t: Transition, type: 'prevote' | 'precommit', key: BlockKey | null, records: readonly WalRecord[] = []): void {
  t.update({ step: type })
  const { state } = t
  const slot = slotOf(type, state.round)
  if (!isValidator(state) || state.ownVotes.has(slot)) return
  const vote: UnsignedVote = {
    world_id: state.context.world_id, type, height: state.height, round: state.round,
    block_hash: key === null ? null : hashOf(state, key), validator_id: state.config.validator_id!,
  }
  t.update({ ownVotes: new Map(state.ownVotes).set(slot, vote) })
  t.emit({ type: 'Persist', records: [...records, { kind: 'vote', ...vote }] })
  t.emit({ type: 'SignVote', vote })
}

/** Sends the prevotes that prove the valid block was valid: re-proposals rest on them, and some may have reached this node alone. */
export function broadcastProofOfLock(t: Transition): void {
  const { valid } = t.state
  if (valid === null) return
  for (const vote of votesFor(roundOf(t.state, valid.round).prevotes, valid.key)) t.emit({ type: 'BroadcastVote', vote })
}

export function ownVoteIn(state: MachineState, type: 'prevote' | 'precommit', round: number): Vote | undefined {
  const own = state.config.validator_id
  const { prevotes, precommits } = roundOf(state, round)
  return own === null ? undefined : (type === 'prevote' ? prevotes : precommits).first.get(own)
}
