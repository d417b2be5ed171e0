import { governanceCertificatePayload, governanceCertificateSchema, governanceVetoPayload, HASH_TEXT, schema } from '../../codec/index.ts'
import type { GovernanceShare, Value } from '../../codec/index.ts'
import { verifyEd25519Portable } from '../../crypto/index.ts'
import { defineAction } from '../actions/action-rule.ts'
import type { EventInit } from '../part.ts'
import { reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { compareStateKeys } from '../state/keys.ts'
import type { StateReader } from '../state/state.ts'
import { assembleCertificate, statementOf, whyBadCertificate } from './certificate.ts'
import type { GovernanceApproved, GovernanceQueued, GovernanceRejected, GovernanceVetoed } from './events.ts'
import { signerIdOf } from './keys.ts'
import { manifestHash } from './manifest.ts'
import { readManifest, readProposal, REASON } from './records.ts'
import type { ProposalRecord } from './records.ts'

const { fixedBytes, literal, object, optional } = schema

/** One signature on the portable path takes a millisecond or two; this much fuel takes a module about as long. */
const SIGNATURE_FUEL = 2_000_000

const OPEN: readonly ProposalRecord['state'][] = ['proposed', 'shadowed', 'approved', 'queued']

function openProposal(state: StateReader, id: string): Rejection | { readonly proposal: ProposalRecord } {
  const proposal = readProposal(state, id)
  if (proposal === null) return reject('PROPOSAL_NOT_FOUND', { proposal_id: id })
  return OPEN.includes(proposal.state) ? { proposal } : reject('PROPOSAL_CLOSED', { state: proposal.state })
}

/** A proposal that signers may agree to, and what they sign. */
function certifiable(state: StateReader, worldId: string, id: string) {
  const found = openProposal(state, id)
  if ('code' in found) return found
  const { proposal } = found
  if (proposal.shadow?.status === 'failed') return reject('SHADOW_FAILED', { proposal_id: id })
  const statement = statementOf(state, worldId, id, proposal)
  if (statement === null) return reject('SHADOW_PENDING', { proposal_id: id })
  if (manifestHash(readManifest(state)) !== proposal.base_manifest_hash) return reject('PATCH_BASE_MISMATCH', { proposal_id: id })
  return { proposal, statement }
}

function queued(proposal_id: string, apply_height: number): EventInit {
  return { event: 'governance.queued', payload: { proposal_id, apply_height } satisfies GovernanceQueued }
}

/** A signer's yes: its signature over the certificate itself. The last one it takes makes the certificate. `reason`: why, although not all evidence was at hand. */
export const approveProposal = defineAction({
  kind: 'approve_proposal',
  actors: 'signers',
  unjudged: true,
  shape: object({ kind: literal('approve_proposal'), proposal_id: HASH_TEXT, signature: fixedBytes(64), reason: optional(REASON) }),
  override: null,
  fuel: SIGNATURE_FUEL,
  examine: ({ state, worldId, height, actor }, { proposal_id, signature }) => {
    const found = certifiable(state, worldId, proposal_id)
    if ('code' in found) return found
    const { proposal, statement } = found
    const { signers, authors_may_approve, timelock_blocks } = readManifest(state).governance
    const signer = signers.find(({ signer_id }) => signer_id === signerIdOf(actor))
    if (signer === undefined) return reject('NOT_GOVERNANCE_SIGNER', { actor })
    if (proposal.author === actor && !authors_may_approve) return reject('OWN_PROPOSAL', { proposal_id })
    if (proposal.state !== 'shadowed') return reject('PROPOSAL_CLOSED', { state: proposal.state })
    if (hasVoted(proposal, signer.signer_id)) return reject('VOTED_ALREADY', { signer_id: signer.signer_id })
    if (height + Math.max(1, timelock_blocks) > proposal.expires_height) return reject('PROPOSAL_TOO_LATE', { expires_height: proposal.expires_height })
    if (!verifyEd25519Portable(signer.public_key, governanceCertificatePayload(statement), signature)) return reject('BAD_SHARE', { signer_id: signer.signer_id })
    return { facts: { signer_id: signer.signer_id } }
  },
  conclude: ({ state, worldId, height, actor }, { proposal_id, signature, reason }, { signer_id }) => {
    const proposal = readProposal(state, proposal_id)!
    const { threshold, timelock_blocks } = readManifest(state).governance
    const approvals = withShare(proposal.approvals, { signer_id, signature })
    const certificate = assembleCertificate(statementOf(state, worldId, proposal_id, proposal)!, approvals)
    const approved: EventInit = { event: 'governance.approved', payload: { actor, proposal_id, certificate } satisfies GovernanceApproved }
    return {
      event: 'governance.approved_by',
      payload: { actor, proposal_id, signer_id, signature, ...(reason === undefined ? {} : { reason }) },
      sequel: approvals.length < threshold ? [] : [approved, queued(proposal_id, height + Math.max(1, timelock_blocks))],
    }
  },
})

export function withShare(shares: readonly GovernanceShare[], share: GovernanceShare): GovernanceShare[] {
  return [...shares, share].sort((a, b) => compareStateKeys(a.signer_id, b.signer_id))
}

function hasVoted({ approvals, rejections }: ProposalRecord, signerId: string): boolean {
  return approvals.some(({ signer_id }) => signer_id === signerId) || rejections.some(({ signer_id }) => signer_id === signerId)
}

/** A signer's no, or the author taking the proposal back. It is over when those who said nothing yet are too few to approve it. */
export const rejectProposal = defineAction({
  kind: 'reject_proposal',
  actors: 'everyone',
  unjudged: true,
  shape: object({ kind: literal('reject_proposal'), proposal_id: HASH_TEXT, reason: REASON }),
  override: null,
  fuel: 0,
  examine: ({ state, actor }, { proposal_id }) => {
    const found = openProposal(state, proposal_id)
    if ('code' in found) return found
    const { proposal } = found
    if (proposal.state === 'queued') return reject('PROPOSAL_CLOSED', { state: proposal.state })
    if (proposal.author === actor) return { facts: { signer_id: null } }
    const signer = readManifest(state).governance.signers.find(({ signer_id }) => signer_id === signerIdOf(actor))
    if (signer === undefined) return reject('NOT_GOVERNANCE_SIGNER', { actor })
    if (hasVoted(proposal, signer.signer_id)) return reject('VOTED_ALREADY', { signer_id: signer.signer_id })
    return { facts: { signer_id: signer.signer_id as string | null } }
  },
  conclude: ({ state, actor, height }, { proposal_id, reason }, { signer_id }) => {
    if (signer_id === null) return { event: 'governance.rejected', payload: { actor, proposal_id, reason, height } }
    const { signers, threshold } = readManifest(state).governance
    const noes = readProposal(state, proposal_id)!.rejections.length + 1
    const rejected: EventInit = { event: 'governance.rejected', payload: { actor, proposal_id, reason, height } satisfies GovernanceRejected }
    return { event: 'governance.rejected_by', payload: { actor, proposal_id, signer_id, reason }, sequel: signers.length - noes < threshold ? [rejected] : [] }
  },
})

/**
 * A certificate put together elsewhere, brought by anyone; and another try for a queued proposal that could not be carried out. It takes
 * effect at the end of this block, or after the timelock.
 */
export const applyProposalAction = defineAction({
  kind: 'apply_proposal',
  actors: 'everyone',
  unjudged: true,
  shape: object({ kind: literal('apply_proposal'), proposal_id: HASH_TEXT, certificate: governanceCertificateSchema }),
  override: null,
  fuel: ({ certificate }) => SIGNATURE_FUEL * (certificate.scheme === 'frost' ? 1 : Math.max(1, certificate.signatures.length)),
  examine: ({ state, worldId, height }, { proposal_id, certificate }) => {
    const found = certifiable(state, worldId, proposal_id)
    if ('code' in found) return found
    const { proposal, statement } = found
    if (proposal.apply_height !== null && proposal.apply_height > height) return reject('TIMELOCKED', { apply_height: proposal.apply_height })
    const apply_height = proposal.apply_height === null ? height + readManifest(state).governance.timelock_blocks : height
    if (apply_height > proposal.expires_height) return reject('PROPOSAL_TOO_LATE', { expires_height: proposal.expires_height })
    const problem = whyBadCertificate(state, height, certificate, statement)
    return problem === null ? { facts: { apply_height } } : reject(problem, { proposal_id })
  },
  conclude: ({ actor }, { proposal_id, certificate }, { apply_height }) => ({
    event: 'governance.approved',
    payload: { actor, proposal_id, certificate: certificate as Value },
    sequel: [queued(proposal_id, apply_height)],
  }),
})

/** A guardian's veto, signed as such. Enough of them end a proposal that has not taken effect. */
export const vetoProposal = defineAction({
  kind: 'veto_proposal',
  actors: 'signers',
  unjudged: true,
  shape: object({ kind: literal('veto_proposal'), proposal_id: HASH_TEXT, signature: fixedBytes(64) }),
  override: null,
  fuel: SIGNATURE_FUEL,
  examine: ({ state, worldId, actor }, { proposal_id, signature }) => {
    const found = openProposal(state, proposal_id)
    if ('code' in found) return found
    const guardian = readManifest(state).governance.guardians.find(({ guardian_id }) => guardian_id === signerIdOf(actor))
    if (guardian === undefined) return reject('NOT_GUARDIAN', { actor })
    const { guardian_id, public_key } = guardian
    if (found.proposal.vetoes.some((veto) => veto.guardian_id === guardian_id)) return reject('VETOED_ALREADY', { guardian_id })
    if (!verifyEd25519Portable(public_key, governanceVetoPayload(worldId, proposal_id), signature)) return reject('BAD_VETO', { guardian_id })
    return { facts: { guardian_id } }
  },
  conclude: ({ state, actor, height }, { proposal_id, signature }, { guardian_id }) => {
    const guardians = [...readProposal(state, proposal_id)!.vetoes.map((veto) => veto.guardian_id), guardian_id].sort(compareStateKeys)
    const vetoed: EventInit = { event: 'governance.vetoed', payload: { proposal_id, guardians, height } satisfies GovernanceVetoed }
    return {
      event: 'governance.vetoed_by',
      payload: { actor, proposal_id, guardian_id, signature },
      sequel: guardians.length < readManifest(state).governance.guardian_threshold ? [] : [vetoed],
    }
  },
})
