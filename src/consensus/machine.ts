import { blockHash } from '../codec/index.ts'
import { ingestBlock, ingestProposal, ingestVote, learnBlock, markExecuted } from './ingest.ts'
import { rebroadcast } from './rebroadcast.ts'
import { startHeight } from './start-height.ts'
import { sendProposal, startRound } from './rounds.ts'
import { applyRules } from './rules.ts'
import type { MachineState } from './state.ts'
import { castVote, Transition } from './transition.ts'
import type { Effect, Input, Timeout } from './types.ts'
import { keyOf } from './vote-tally.ts'

export interface StepResult {
  readonly state: MachineState
  /** To be carried out in this order. */
  readonly effects: readonly Effect[]
}

/**
 * Tendermint (arXiv:1807.04938, Algorithm 1) with stake, as a function: the next state and what to do about one input. Pure and
 * total: the given state is not changed, nothing is thrown for any input of the right type, and what does not apply is ignored.
 */
export function step(state: MachineState, input: Input): StepResult {
  const t = new Transition(state)
  if (input.type === 'StartHeight') startHeight(t, input.context, input.restored)
  else if (!state.finished) take(t, input)
  applyRules(t)
  return { state: t.state, effects: t.effects }
}

function take(t: Transition, input: Exclude<Input, { type: 'StartHeight' }>): void {
  const { state } = t
  switch (input.type) {
    case 'Vote':
      return ingestVote(t, input.vote)
    case 'Proposal':
      return ingestProposal(t, input.proposal, input.received_at)
    case 'Timeout':
      return onTimeout(t, input.timeout)
    case 'BlockBuilt': {
      if (input.height !== state.height || input.round !== state.buildingRound) return
      t.update({ buildingRound: null })
      if (input.block === null || state.step !== 'propose' || state.round !== input.round) return
      const block_hash = blockHash(input.block.header)
      const key = keyOf(block_hash)
      const known = { block: input.block, block_hash, verdict: 'valid', persisted: false } as const
      t.update({ blocks: new Map(state.blocks).set(key, known) })
      return sendProposal(t, key, known, -1)
    }
    case 'BlockExecuted':
      if (input.height === state.height) markExecuted(t, input.block_hash, input.verdict)
      return
    case 'BlockReceived':
      if (input.block.header.height === state.height) ingestBlock(t, input.block)
      return
    case 'CommitReceived': {
      const { certificate } = input
      const block_hash = blockHash(input.block.header)
      const key = keyOf(block_hash)
      if (certificate.height !== state.height || key !== keyOf(certificate.block_hash)) return
      if (state.decision !== null && state.decision.key !== key) {
        t.update({ finished: true })
        t.emit({ type: 'Fail', code: 'CERTIFIED_FORK', height: state.height, block_hash })
        return
      }
      learnBlock(t, key, block_hash, input.block)
      t.update({ decision: state.decision ?? { key, certificate }, step: 'commit' })
    }
  }
}

/** Lines 57–67. A timeout of a round or step already left does nothing. */
function onTimeout(t: Transition, timeout: Timeout): void {
  const { state } = t
  if (timeout.height !== state.height) return
  if (timeout.kind === 'rebroadcast') return rebroadcast(t)
  if (state.decision !== null) return
  switch (timeout.kind) {
    case 'new_height':
      if (state.round < 0) startRound(t, 0)
      return
    case 'propose':
      if (timeout.round === state.round && state.step === 'propose') castVote(t, 'prevote', null)
      return
    case 'prevote':
      if (timeout.round === state.round && state.step === 'prevote') castVote(t, 'precommit', null)
      return
    case 'precommit':
      if (timeout.round === state.round) startRound(t, state.round + 1)
  }
}
