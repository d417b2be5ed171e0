import { AppError } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate } from '../../codec/index.ts'
import { cutText } from '../cut-text.ts'
import type { EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import type { EventInit } from '../part.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { statementOf, whyBadCertificate } from './certificate.ts'
import { checkProposal } from './check-modules.ts'
import type { CheckContext } from './check-modules.ts'
import type { GovernanceApplied, GovernanceApplyFailed, ManifestUpdated, ModuleLoadFailed, ModuleValidationFailed } from './events.ts'
import { isBadManifest, manifestAfter, manifestHash } from './manifest.ts'
import { moduleEvents } from './module-changes.ts'
import { fitsBlock, MAX_ROLLED_BACK, rollbackEvents } from './roll-back.ts'
import { readManifest, readModuleVersion, readProposal } from './records.ts'
import type { ModuleChanges, ProposalRecord, ShadowIssue } from './records.ts'

/** Why an apply stopped. Whatever it did before is taken back. */
export class ApplyError extends AppError {
  readonly issues: readonly ShadowIssue[]

  constructor(code: string, message: string, issues: readonly ShadowIssue[] = []) {
    super(code, message)
    this.issues = issues
  }
}

export interface ApplyContext extends CheckContext {
  readonly worldId: string
  readonly state: StagedState
  readonly log: EventLog
}

/**
 * Carries a certified proposal out as one whole (DESIGN §8), or not at all: a failure at any point leaves state and events as they were,
 * and puts only the failure on record. Tells whether it was applied.
 */
export function applyProposal(context: ApplyContext, proposalId: string): boolean {
  const { state, log } = context
  const savepoint = state.savepoint()
  const first = log.length
  const cause: EventCause = `event:${readProposal(state, proposalId)!.event_id}`
  try {
    carryOut(context, proposalId, cause)
    return true
  } catch (error) {
    if (!(error instanceof ApplyError)) throw error
    state.rollbackTo(savepoint)
    log.truncate(first)
    for (const { event, payload } of failureEvents(context, proposalId, error.issues)) log.emit(cause, event, payload)
    const failed: GovernanceApplyFailed = { proposal_id: proposalId, code: error.code, detail: cutText(error.message, 400) }
    log.emit(cause, 'governance.apply_failed', failed)
    return false
  }
}

function carryOut(context: ApplyContext, proposalId: string, cause: EventCause): void {
  const { state, log, height } = context
  // 1. The proposal, the manifest it builds on and the certificate agree.
  const proposal = readProposal(state, proposalId)!
  const { certificate, module_changes } = proposal
  if (proposal.state !== 'queued' || certificate === null) throw new ApplyError('PROPOSAL_NOT_QUEUED', `The proposal is ${proposal.state}.`)
  const after = manifestAfter(state, proposal)
  if (isBadManifest(after)) throw new ApplyError(after.code, after.message)
  const hash = manifestHash(after)
  // 2. Signatures and threshold.
  assertCertificate(context, proposalId, proposal, certificate)
  if (hash !== certificate.manifest_hash) throw new ApplyError('CERTIFICATE_OTHER_MANIFEST', 'The manifest would not be the one that was signed.')
  const { errors } = checkProposal(context, module_changes, after)
  if (errors.length > 0) throw new ApplyError(errors[0]!.code, errors[0]!.detail, errors)
  if (!fitsBlock(state, proposal)) throw new ApplyError('ROLLBACK_TOO_LARGE', `More than ${MAX_ROLLED_BACK} records changed since. Go back to a later checkpoint.`)
  // 3. Modules, and 4. the manifest.
  const events = changeEvents(state, proposalId, height, proposal)
  for (const { event, payload } of events) log.emit(cause, event, payload)
  // 5. Only now it is applied.
  const { scheme, consensus_height } = certificate
  const signers = certificate.scheme === 'multisig' ? certificate.signatures.map(({ signer_id }) => signer_id) : []
  const applied: GovernanceApplied = {
    proposal_id: proposalId, manifest_hash: hash, module_changes, module_events: events.map(({ event }) => event).filter((event) => event.startsWith('module.')), consensus_height, scheme, signers, height,
  }
  log.emit(cause, 'governance.applied', applied)
}

/** What a proposal does to modules or to all of the world, then to the manifest. It was checked against this state. Throws `ApplyError`. */
export function changeEvents(state: StateReader, proposal_id: string, height: number, proposal: ProposalRecord): EventInit[] {
  const manifest = manifestAfter(state, proposal)
  if (isBadManifest(manifest)) throw new ApplyError(manifest.code, manifest.message)
  const updated: ManifestUpdated = { proposal_id, manifest_hash: manifestHash(manifest), manifest }
  return [...rollbackEvents(proposal_id, height, proposal), ...moduleEvents(state, proposal_id, height, proposal.module_changes), { event: 'manifest.updated', payload: updated }]
}

function assertCertificate({ state, worldId, height }: ApplyContext, proposalId: string, proposal: ProposalRecord, certificate: GovernanceFinalityCertificate): void {
  const expected = statementOf(state, worldId, proposalId, proposal)
  if (expected === null || proposal.shadow?.status === 'failed') throw new ApplyError('SHADOW_FAILED', 'No shadow report allows it.')
  const problem = whyBadCertificate(state, height, certificate, expected)
  if (problem !== null) throw new ApplyError(problem, 'The certificate does not hold for this proposal in this state.')
}

/** Issues with modules as events of their own: of loading, when the bytes are at fault, else of validation. */
export function failureEvents({ state }: Pick<CheckContext, 'state'>, proposal_id: string, issues: readonly ShadowIssue[]): EventInit[] {
  const { module_changes } = readProposal(state, proposal_id)!
  return issues.filter(({ module_id }) => module_id !== '').map(({ code, module_id, detail }): EventInit => {
    if (code !== 'ARTIFACT_MISSING' && code !== 'HASH_MISMATCH') return { event: 'module.validation_failed', payload: { module_id, proposal_id, code, detail } satisfies ModuleValidationFailed }
    const wasm_hash = hashOfModule(state, module_changes, module_id)
    return { event: 'module.load_failed', payload: { module_id, proposal_id, wasm_hash, code, detail } satisfies ModuleLoadFailed }
  })
}

function hashOfModule(state: CheckContext['state'], { register, upgrade, activate }: ModuleChanges, id: string): string {
  const manifest = register.find(({ module_id }) => module_id === id) ?? upgrade.find(({ module_id }) => module_id === id)?.manifest
  const version = activate.find(({ module_id }) => module_id === id)?.version
  return manifest?.wasm_hash ?? (version === undefined ? undefined : readModuleVersion(state, id, version)?.manifest.wasm_hash) ?? readManifest(state).modules[id]?.wasm_hash ?? ''
}
