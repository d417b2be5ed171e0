import { blockHash, equalBytes } from '../codec/index.ts'
import type { Block, Proposal, Vote } from '../codec/index.ts'
import { checkHeader } from './block-checks.ts'
import { keepFutureProposal, keepFutureVote } from './future-messages.ts'
import { proposerAt } from './proposer.ts'
import { isTrackedRound, roundOf, stakeOf } from './state.ts'
import type { KnownBlock, MachineState, RoundProposal } from './state.ts'
import type { Transition } from './transition.ts'
import { addVote, keyOf, NIL, stakeFor } from './vote-tally.ts'
import type { BlockKey } from './vote-tally.ts'

/**
 * How far a fresh block's time may be ahead of the local clock. Without a bound one proposer could date a block so late that no later
 * block could be later still. Ten seconds is what the light client allows as clock drift too.
 */
export const MAX_CLOCK_DRIFT_MS = 10_000

export function ingestVote(t: Transition, vote: Vote): void {
  const { state } = t
  const stake = stakeOf(state, vote.validator_id)
  if (vote.height !== state.height || vote.world_id !== state.context.world_id || stake === 0) return
  if (vote.round > state.round) {
    t.update({ future: keepFutureVote(state.future, vote) })
    return
  }
  if (!isTrackedRound(state, vote.round)) return
  const field = vote.type === 'prevote' ? 'prevotes' : 'precommits'
  const before = roundOf(state, vote.round)[field]
  const { tally, evidence } = addVote(before, vote, stake, (key) => key === NIL || state.blocks.has(key))
  if (tally !== before) t.updateRound(vote.round, { [field]: tally })
  if (evidence !== null) t.emit({ type: 'ReportEvidence', evidence })
}

/**
 * Takes the first proposal of a round from its proposer. A second one that differs is dropped, unless a quorum voted for its block:
 * then the body is what this node was missing.
 */
export function ingestProposal(t: Transition, proposal: Proposal, received_at: number): void {
  const { state } = t
  const { round, block, valid_round } = proposal
  if (proposal.height !== state.height || proposal.world_id !== state.context.world_id || valid_round >= round) return
  if (proposal.validator_id !== proposerAt(state.context.validators, state.height, round).validator_id) return
  if (round > state.round) {
    t.update({ future: keepFutureProposal(state.future, { proposal, received_at }, state.round) })
    return
  }
  if (!isTrackedRound(state, round)) return
  const hash = blockHash(block.header)
  const key = keyOf(hash)
  if (roundOf(state, round).proposal !== null) {
    if (isWanted(state, key)) learnBlock(t, key, hash, block)
    return
  }
  learnBlock(t, key, hash, block)
  const origin = block.header.round
  const entry: RoundProposal = {
    proposal: { ...proposal, block: t.state.blocks.get(key)!.block },
    key,
    timely: block.header.time <= received_at + MAX_CLOCK_DRIFT_MS,
    fits: valid_round < 0 ? origin === round : origin <= valid_round,
  }
  t.updateRound(round, { proposal: entry })
}

/** A body from a peer or from sync: taken only when a quorum voted for it or a certificate names it. */
export function ingestBlock(t: Transition, block: Block): void {
  const hash = blockHash(block.header)
  const key = keyOf(hash)
  if (isWanted(t.state, key)) learnBlock(t, key, hash, block)
}

/** Adds a block under its hash; one that breaks consensus's own rules is remembered as invalid. */
export function learnBlock(t: Transition, key: BlockKey, block_hash: Uint8Array, block: Block): void {
  if (t.state.blocks.has(key)) return
  const fault = checkHeader(block, t.state.context)
  const known: KnownBlock = { block, block_hash, verdict: fault === null ? 'unexecuted' : 'invalid', persisted: false }
  const needed = new Set(t.state.needed)
  needed.delete(key)
  t.update({ blocks: new Map(t.state.blocks).set(key, known), needed })
}

export function markExecuted(t: Transition, block_hash: Uint8Array, verdict: 'valid' | 'invalid' | 'interrupted'): void {
  const known = t.state.blocks.get(keyOf(block_hash))
  if (known?.verdict !== 'executing' || !equalBytes(known.block_hash, block_hash)) return
  t.update({ blocks: new Map(t.state.blocks).set(keyOf(block_hash), { ...known, verdict }) })
}

function isWanted(state: MachineState, key: BlockKey): boolean {
  if (state.decision?.key === key || state.needed.has(key)) return true
  for (const { prevotes, precommits } of state.rounds.values()) {
    if (stakeFor(prevotes, key) >= state.thresholds.quorum || stakeFor(precommits, key) >= state.thresholds.quorum) return true
  }
  return false
}
