/** Intents about proposals, made from records that were proven together. Everything a key signs on the command line comes from here or from a file a person named. */
import { AppError } from '../../../codec/index.ts'
import type { GovernanceFinalityCertificate, Value } from '../../../codec/index.ts'
import type { Intent } from '../../../vault/index.ts'
import {
  assembleCertificate, isBadManifest, MANIFEST_KEY, manifestAfter, manifestHash, proposalContentSchema, proposalIdOf, proposalKey, shadowReportKey, statementOf,
} from '../../../world/index.ts'
import type { ProposalContent, ProposalRecord, ShadowReport, StateReader, WorldManifest } from '../../../world/index.ts'
import type { ActionFrame } from '../actor.ts'

/** A proposal as the state has it. */
export interface ProposalAt {
  readonly id: string
  readonly record: ProposalRecord
  /** The world's manifest now. */
  readonly manifest: WorldManifest
}

export const manifestOf = (state: StateReader): WorldManifest => state.get(MANIFEST_KEY) as unknown as WorldManifest

/** Throws `PROPOSAL_NOT_FOUND`. */
export function proposalAt(state: StateReader, id: string): ProposalAt {
  const record = state.get(proposalKey(id)) as unknown as ProposalRecord | null
  if (record === null) throw new AppError('PROPOSAL_NOT_FOUND', `This world has no proposal ${id}. "proposal list" shows those it has; older ones are in the history alone.`, { proposal_id: id })
  return { id, record, manifest: manifestOf(state) }
}

/** What its author asked for; its hash is the id. */
export function contentOf(record: ProposalRecord): ProposalContent {
  const { author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt } = record
  return { author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }
}

export const reportOf = (state: StateReader, id: string): ShadowReport | null => state.get(shadowReportKey(id)) as unknown as ShadowReport | null

export function proposeIntent(state: StateReader, frame: ActionFrame, content: unknown): Intent {
  const proposal = proposalContentSchema.parse(content as Value, 'proposal')
  return intent({ kind: 'propose', ...frame, proposal_id: proposalIdOf(proposal), proposal, base_manifest: manifestOf(state) })
}

/** Throws `PROPOSAL_CLOSED`, `SHADOW_PENDING`, `SHADOW_FAILED`, `PATCH_BASE_MISMATCH`, `MANIFEST_MISMATCH`. */
export function approveIntent(state: StateReader, frame: ActionFrame, id: string): Intent {
  const proposal = proposalAt(state, id)
  if (proposal.record.state !== 'proposed' && proposal.record.state !== 'shadowed') throw closed(proposal)
  return intent({ kind: 'approve_proposal', ...frame, ...subjectOf(proposal), ...outcomeOf(state, frame, proposal) })
}

/** `given` is a certificate put together elsewhere. Throws what `approveIntent` does, and `CERTIFICATE_MISSING`. */
export function applyIntent(state: StateReader, frame: ActionFrame, id: string, given: GovernanceFinalityCertificate | null): Intent {
  const proposal = proposalAt(state, id)
  const { record, manifest } = proposal
  if (record.closed_height !== null) throw closed(proposal)
  const outcome = outcomeOf(state, frame, proposal)
  const certificate = given ?? record.certificate ?? assembleCertificate(outcome.certificate, record.approvals)
  if (certificate.scheme === 'multisig' && certificate.signatures.length < manifest.governance.threshold) {
    throw new AppError('CERTIFICATE_MISSING', `${certificate.signatures.length} of ${manifest.governance.threshold} signers approved so far. Wait for the others, or give a certificate with --certificate FILE.`, { proposal_id: id })
  }
  return intent({ kind: 'apply_proposal', ...frame, ...subjectOf(proposal), ...outcome, certificate })
}

export function rejectIntent(state: StateReader, frame: ActionFrame, id: string, reason: string): Intent {
  const proposal = proposalAt(state, id)
  if (proposal.record.closed_height !== null) throw closed(proposal)
  return intent({ kind: 'reject_proposal', ...frame, ...subjectOf(proposal), reason })
}

export function vetoIntent(state: StateReader, frame: ActionFrame, id: string): Intent {
  const proposal = proposalAt(state, id)
  if (proposal.record.closed_height !== null) throw closed(proposal)
  return intent({ kind: 'veto_proposal', ...frame, ...subjectOf(proposal) })
}

function subjectOf({ id, record, manifest }: ProposalAt) {
  return { proposal_id: id, proposal: contentOf(record), base_manifest: manifest }
}

function outcomeOf(state: StateReader, { world_id }: ActionFrame, { id, record, manifest }: ProposalAt) {
  const report = reportOf(state, id)
  const certificate = statementOf(state, world_id, id, record)
  if (report === null || certificate === null) throw new AppError('SHADOW_PENDING', `The trial run of this proposal is not over. Try again in some blocks; "proposal watch ${id}" says when.`, { proposal_id: id })
  if (report.status === 'failed') throw new AppError('SHADOW_FAILED', `The trial run failed: ${report.errors.map(({ code, module_id, detail }) => `${code} ${module_id}: ${detail}`).join(' ')} Nobody can approve this; propose it anew, mended.`, { proposal_id: id })
  if (manifestHash(manifest) !== record.base_manifest_hash) throw new AppError('PATCH_BASE_MISMATCH', 'The manifest has changed since this was proposed. Propose it again.', { proposal_id: id })
  const next_manifest = manifestAfter(state, contentOf(record))
  if (isBadManifest(next_manifest)) throw new AppError(next_manifest.code, `${next_manifest.message} Propose it again.`, { proposal_id: id })
  if (manifestHash(next_manifest) !== certificate.manifest_hash) {
    throw new AppError('MANIFEST_MISMATCH', 'What this leads to is not what the trial run was about. Sign nothing; report this.', { proposal_id: id, expected: certificate.manifest_hash })
  }
  return { report, next_manifest, certificate }
}

function closed({ id, record }: ProposalAt): AppError {
  return new AppError('PROPOSAL_CLOSED', `This proposal is ${record.state}; there is nothing left to sign. "proposal show ${id}" says how it went.`, { proposal_id: id, state: record.state })
}

/** The vault reads an intent through its own schema, so the kernel's types need not be its own to the letter. */
function intent(content: { readonly kind: Intent['kind'] } & Readonly<Record<string, unknown>>): Intent {
  return content as unknown as Intent
}
