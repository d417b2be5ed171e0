import { makeCertificate } from './certificate.ts'
import { fromHex } from '../codec/index.ts'
import { roundReachedBy } from './future-messages.ts'
import { startRound } from './rounds.ts'
import { isValidator, roundOf, stakeOf } from './state.ts'
import { castVote, ensureExecuted, ensureRequested, persistBlock } from './transition.ts'
import type { Transition } from './transition.ts'
import { NIL, quorumBlock, stakeFor, votesFor } from './vote-tally.ts'
import type { BlockKey } from './vote-tally.ts'
import type { WalRecord } from './wal-record.ts'

/** An upon-rule of arXiv:1807.04938 Algorithm 1; true when it fired and changed the state. */
type Rule = (t: Transition) => boolean

/** Fires rules until none applies. Each firing moves the step, round, lock, timeout flags or decision forward, so this ends. */
export function applyRules(t: Transition): void {
  while (!t.state.finished && RULES.some((rule) => rule(t))) {
    // the rules do the work
  }
}

/** Line 49: a quorum of precommits for one block in any round decides it; it is committed once its body is here and executed. */
const decide: Rule = (t) => {
  const { state } = t
  if (state.decision === null) {
    for (const { precommits } of state.rounds.values()) {
      const key = quorumBlock(precommits, state.thresholds.quorum)
      if (key === null) continue
      const certificate = makeCertificate(votesFor(precommits, key), state.context.validators)
      t.update({ decision: { key, certificate }, step: 'commit' })
      return true
    }
    return false
  }
  const { key, certificate } = state.decision
  const known = state.blocks.get(key)
  if (known === undefined) {
    ensureRequested(t, key, certificate.block_hash)
    return false
  }
  ensureExecuted(t, key)
  if (known.verdict === 'valid') {
    t.update({ finished: true })
    t.emit({ type: 'Commit', block: known.block, block_hash: known.block_hash, certificate })
    return true
  }
  if (known.verdict === 'invalid') {
    t.update({ finished: true })
    t.emit({ type: 'Fail', code: 'CERTIFIED_BLOCK_INVALID', height: state.height, block_hash: known.block_hash })
    return true
  }
  return false
}

/** Line 55: more than a third of stake is in a later round, so at least one correct validator is: join it. */
const skipRound: Rule = (t) => {
  const { state } = t
  if (state.decision !== null) return false
  const round = roundReachedBy(state.future, (name) => stakeOf(state, name), state.thresholds.honest)
  if (round <= state.round) return false
  startRound(t, round)
  return true
}

/**
 * Lines 22 and 28: the first prevote of a round answers its proposal. A fresh block (valid_round −1) is acceptable if it is valid and
 * this node is not locked on another; a re-proposal needs the quorum of prevotes of its valid_round, which also overrides older locks.
 */
const prevoteOnProposal: Rule = (t) => {
  const { state } = t
  const current = roundOf(state, state.round).proposal
  if (state.step !== 'propose' || current === null) return false
  const { proposal, key, timely, fits } = current
  const polRound = proposal.valid_round
  const fresh = polRound < 0
  if (!fresh && stakeFor(roundOf(state, polRound).prevotes, key) < state.thresholds.quorum) return false
  const { locked } = state
  const lockAllows = locked === null || locked.key === key || (!fresh && locked.round <= polRound)
  if (!fits || !lockAllows || (fresh && !timely)) {
    castVote(t, 'prevote', null)
    return true
  }
  ensureExecuted(t, key)
  const verdict = t.state.blocks.get(key)?.verdict
  if (verdict !== 'valid' && verdict !== 'invalid') return false
  castVote(t, 'prevote', verdict === 'valid' ? key : null)
  return true
}

/**
 * Line 36: a quorum of prevotes for a valid block. In the current round, at step prevote, it locks and precommits; later in the round,
 * or for an earlier round whose votes arrived late, it only becomes the valid block (which is what a proposer offers next).
 */
const onPolka: Rule = (t) => {
  const { state } = t
  if (state.decision !== null) return false
  for (const [round, { prevotes }] of [...state.rounds].sort((a, b) => b[0] - a[0])) {
    if (round > state.round || (round === state.round && state.step === 'propose')) continue
    const locks = round === state.round && state.step === 'prevote'
    const newer = round > (state.valid?.round ?? -1)
    const key = locks || newer ? quorumBlock(prevotes, state.thresholds.quorum) : null
    if (key === null) continue
    if (!state.blocks.has(key)) ensureRequested(t, key, fromHex(key))
    ensureExecuted(t, key)
    if (t.state.blocks.get(key)?.verdict !== 'valid') continue
    const records = newer ? becomeValid(t, round, key) : []
    if (locks) {
      t.update({ locked: { round, key } })
      castVote(t, 'precommit', key, records)
    } else if (records.length > 0) {
      t.emit({ type: 'Persist', records })
    }
    return true
  }
  return false
}

/** Sets validValue and validRound; gives the records that let a restart keep them together with their proof. */
function becomeValid(t: Transition, round: number, key: BlockKey): readonly WalRecord[] {
  t.update({ valid: { round, key } })
  if (!isValidator(t.state)) return []
  const prevotes = votesFor(roundOf(t.state, round).prevotes, key)
  return [...persistBlock(t, key), { kind: 'valid', height: t.state.height, round, block_hash: fromHex(key), prevotes }]
}

/** Line 44: a quorum of prevotes for nil. */
const onNilPolka: Rule = (t) => {
  const { state } = t
  if (state.step !== 'prevote' || stakeFor(roundOf(state, state.round).prevotes, NIL) < state.thresholds.quorum) return false
  castVote(t, 'precommit', null)
  return true
}

/** Line 34: a quorum of prevotes, of any kind, starts the clock for the rest. */
const waitForPrevotes: Rule = (t) => {
  const { state } = t
  const current = roundOf(state, state.round)
  if (state.step !== 'prevote' || current.prevoteTimeoutSet || current.prevotes.anyStake < state.thresholds.quorum) return false
  t.updateRound(state.round, { prevoteTimeoutSet: true })
  const { prevoteMs, prevoteDeltaMs } = state.config.timeouts
  t.schedule('prevote', prevoteMs + state.round * prevoteDeltaMs)
  return true
}

/** Line 47: a quorum of precommits, of any kind, starts the clock for the next round. */
const waitForPrecommits: Rule = (t) => {
  const { state } = t
  const current = roundOf(state, state.round)
  if (state.decision !== null || current.precommitTimeoutSet || current.precommits.anyStake < state.thresholds.quorum) return false
  t.updateRound(state.round, { precommitTimeoutSet: true })
  const { precommitMs, precommitDeltaMs } = state.config.timeouts
  t.schedule('precommit', precommitMs + state.round * precommitDeltaMs)
  return true
}

const RULES: readonly Rule[] = [decide, skipRound, prevoteOnProposal, onPolka, onNilPolka, waitForPrevotes, waitForPrecommits]
