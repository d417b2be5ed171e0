/** What the vault is asked to sign, made from verified records alone. Pure. */
import type { GovernanceStatement, Value } from '../../../codec/index.ts'
import type { Intent, IntentOf } from '../../../vault/index.ts'
import { assembleCertificate, MANIFEST_KEY, proposalIdOf, statementOf as statementIn } from '../../../world/index.ts'
import type { ProposalContent, ProposalRecord, ShadowReport, WorldManifest } from '../../../world/index.ts'
import { contentOf } from './proposals.ts'

/** Who acts, with the number the state expects next, and the last height the action may be executed at. */
export interface Frame {
  readonly world_id: string
  readonly actor: string
  readonly nonce: number
  readonly valid_until_height: number
}

/** A proposal with the records its hashes are made of; all of them verified. */
export interface Subject {
  readonly proposal_id: string
  readonly record: ProposalRecord
  /** The world's manifest now. */
  readonly manifest: WorldManifest
}

export interface Outcome extends Subject {
  readonly report: ShadowReport
  /** What the manifest becomes. */
  readonly next: WorldManifest
}

/** What every signer of this proposal signs; it follows from the state. Null until the block of the shadow report is known. */
export function statementOf(world_id: string, { proposal_id, record, manifest }: Subject): GovernanceStatement | null {
  return statementIn({ get: (key) => (key === MANIFEST_KEY ? manifest as unknown as Value : null) }, world_id, proposal_id, record)
}

const subjectOf = ({ proposal_id, record, manifest }: Subject) => ({ proposal_id, proposal: contentOf(record), base_manifest: manifest })

/** Null while there is nothing to agree to. */
export function approveIntent(frame: Frame, outcome: Outcome): IntentOf<'approve_proposal'> | null {
  const certificate = statementOf(frame.world_id, outcome)
  if (certificate === null) return null
  return intent<'approve_proposal'>({ kind: 'approve_proposal', ...frame, ...subjectOf(outcome), report: outcome.report, next_manifest: outcome.next, certificate })
}

export function rejectIntent(frame: Frame, subject: Subject, reason: string): IntentOf<'reject_proposal'> {
  return intent<'reject_proposal'>({ kind: 'reject_proposal', ...frame, ...subjectOf(subject), reason })
}

export function vetoIntent(frame: Frame, subject: Subject): IntentOf<'veto_proposal'> {
  return intent<'veto_proposal'>({ kind: 'veto_proposal', ...frame, ...subjectOf(subject) })
}

/** With the certificate on record, or one of the approvals on record. */
export function applyIntent(frame: Frame, outcome: Outcome): IntentOf<'apply_proposal'> | null {
  const statement = statementOf(frame.world_id, outcome)
  if (statement === null) return null
  const certificate = outcome.record.certificate ?? assembleCertificate(statement, outcome.record.approvals)
  return intent<'apply_proposal'>({ kind: 'apply_proposal', ...frame, ...subjectOf(outcome), report: outcome.report, next_manifest: outcome.next, certificate })
}

export function proposeIntent(frame: Frame, content: ProposalContent, manifest: WorldManifest): IntentOf<'propose'> {
  return intent<'propose'>({ kind: 'propose', ...frame, proposal_id: proposalIdOf(content), proposal: content, base_manifest: manifest })
}

/** The vault reads an intent through its own schema, so types of the kernel need not be those of the vault to the letter. */
function intent<K extends Intent['kind']>(content: { readonly kind: K } & Readonly<Record<string, unknown>>): IntentOf<K> {
  return content as unknown as IntentOf<K>
}
