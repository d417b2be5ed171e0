import { toHex } from '../../codec/index.ts'
import type { EventCause } from '../events.ts'
import type { CommittedState, StateReader } from '../state/state.ts'
import { applyProposal, failureEvents } from './apply-proposal.ts'
import type { ApplyContext } from './apply-proposal.ts'
import type { GovernanceExpired, GovernanceShadowAnchored, GovernanceShadowProgress, GovernanceShadowReport } from './events.ts'
import { signerIdOf } from './keys.ts'
import { hashOf, isBadManifest, manifestAfter, manifestHash } from './manifest.ts'
import { changesNothing } from './module-changes.ts'
import { readManifest, readOpenProposals, readProposal, readShadowRun } from './records.ts'
import type { ProposalRecord, ShadowReplay } from './records.ts'
import { rollbackReplay } from './roll-back.ts'
import { NO_REPLAY, reportOf, runWith } from './shadow.ts'
import type { BlockRun } from './shadow.ts'

export interface CloseContext extends ApplyContext {
  readonly base: CommittedState
  /** Hash of the block before this one. */
  readonly parentHash: Uint8Array
  /** What this block came to so far. */
  readonly actual: BlockRun
  /** Runs the same block again over the same state, with a proposal's modules. Nothing of it stays. */
  readonly rerun: (proposalId: string, proposal: ProposalRecord) => BlockRun
}

/**
 * The part of governance that goes by heights, at the end of every block: shadow goes on, what is due takes effect, what is late expires.
 * Modules changed here run from the next block on; none of these events is told to modules.
 */
export function closeGovernance(context: CloseContext): void {
  const ids = readOpenProposals(context.state)
  if (ids.length === 0) return
  for (const id of ids) {
    const proposal = readProposal(context.state, id)!
    if (proposal.state === 'queued' && proposal.apply_height === context.height) applyProposal(context, id)
    else if (context.height > proposal.expires_height) expire(context, id, proposal, 'late')
    else if (manifestHash(readManifest(context.state)) !== proposal.base_manifest_hash) expire(context, id, proposal, 'superseded')
    else if (proposal.shadow !== null) anchor(context, id, proposal)
    else if (changesNoRun(context.state, proposal) || isHopeless(context, id, proposal)) report(context, id, proposal, rollbackReplay(context, proposal))
  }
  shadowNext(context)
}

const causeOf = ({ event_id }: ProposalRecord): EventCause => `event:${event_id}`

function expire({ log, height }: CloseContext, proposal_id: string, proposal: ProposalRecord, reason: GovernanceExpired['reason']): void {
  log.emit(causeOf(proposal), 'governance.expired', { proposal_id, reason, height } satisfies GovernanceExpired)
}

/** In the block after that of the report its hash is known. */
function anchor({ log, height, parentHash }: CloseContext, proposal_id: string, proposal: ProposalRecord): void {
  const { shadow } = proposal
  if (shadow === null || shadow.block_hash !== null || shadow.height !== height - 1) return
  log.emit(causeOf(proposal), 'governance.shadow_anchored', { proposal_id, height: shadow.height, block_hash: toHex(parentHash) } satisfies GovernanceShadowAnchored)
}

/** Modules, and what they may ask for, are all by which a block runs otherwise. */
function changesNoRun(state: StateReader, proposal: ProposalRecord): boolean {
  if (!changesNothing(proposal.module_changes)) return false
  const after = manifestAfter(state, proposal)
  return isBadManifest(after) || hashOf(after.effects) === hashOf(readManifest(state).effects)
}

/** Nothing is run with modules that do not pass the checks. */
function isHopeless(context: CloseContext, id: string, proposal: ProposalRecord): boolean {
  if (readShadowRun(context.state, id) !== null || proposal.proposed_height !== context.height) return false
  return reportOf(context, id, proposal, NO_REPLAY).report.status === 'failed'
}

function report(context: CloseContext, proposal_id: string, proposal: ProposalRecord, replay: ShadowReplay): void {
  const { log } = context
  const cause = causeOf(proposal)
  const { report, reportHash, manifestHash } = reportOf(context, proposal_id, proposal, replay)
  for (const { event, payload } of failureEvents(context, proposal_id, report.errors)) log.emit(cause, event, payload)
  log.emit(cause, 'governance.shadow_report', { proposal_id, manifest_hash: manifestHash, report_hash: reportHash, report } satisfies GovernanceShadowReport)
}

/** One proposal at a time, so that a block is never run more than twice: those of signers first, then the oldest. */
function shadowNext(context: CloseContext): void {
  const { state, log, height, base } = context
  const waiting = readOpenProposals(state).filter((id) => readProposal(state, id)!.shadow === null)
  const id = waiting.find((each) => readShadowRun(state, each) !== null) ?? waiting.find((each) => signerIdOf(readProposal(state, each)!.author) !== null) ?? waiting[0]
  if (id === undefined) return
  const proposal = readProposal(state, id)!
  const { shadow_blocks, shadow_fuel_budget } = readManifest(state).governance
  const run = readShadowRun(state, id)
  // It may have become impossible while it waited; and what is run must pass the checks in the state before the block.
  const isOver = shadow_blocks === 0 || reportOf(context, id, proposal, NO_REPLAY).report.status === 'failed'
  if (isOver) return report(context, id, proposal, run?.replay ?? NO_REPLAY)
  if (run === null) {
    log.emit(causeOf(proposal), 'governance.shadow_progress', { proposal_id: id, fuel_used: 0, replay: NO_REPLAY } satisfies GovernanceShadowProgress)
    return
  }
  const next = runWith(run, height, base, context.actual, context.rerun(id, proposal), shadow_fuel_budget)
  if (next.replay.blocks >= shadow_blocks || next.replay.budget_exceeded) report(context, id, proposal, next.replay)
  else log.emit(causeOf(proposal), 'governance.shadow_progress', { proposal_id: id, ...next } satisfies GovernanceShadowProgress)
}
