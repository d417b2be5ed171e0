import { encodeCanonical, equalBytes, governanceCertificatePayload } from '../../codec/index.ts'
import type { GovernanceFinalityCertificate, GovernanceShare, GovernanceStatement, Value } from '../../codec/index.ts'
import { verifyEd25519Portable } from '../../crypto/index.ts'
import type { StateReader } from '../state/state.ts'
import { signerActor } from './keys.ts'
import { signerSetHash } from './manifest.ts'
import { readManifest, readProposal } from './records.ts'
import type { ProposalRecord } from './records.ts'

export type CertificateProblem =
  | 'CERTIFICATE_OTHER_WORLD' | 'CERTIFICATE_OTHER_PROPOSAL' | 'CERTIFICATE_OTHER_MANIFEST' | 'CERTIFICATE_OTHER_REPORT' | 'CERTIFICATE_WRONG_HEIGHT' | 'CERTIFICATE_WRONG_BLOCK'
  | 'CERTIFICATE_WRONG_SIGNERS' | 'CERTIFICATE_WRONG_EPOCH' | 'CERTIFICATE_WRONG_THRESHOLD' | 'CERTIFICATE_WRONG_EXPIRY' | 'CERTIFICATE_EXPIRED' | 'CERTIFICATE_UNKNOWN_SIGNER'
  | 'CERTIFICATE_SIGNER_TWICE' | 'CERTIFICATE_BELOW_THRESHOLD' | 'CERTIFICATE_BAD_SIGNATURE' | 'CERTIFICATE_NO_GROUP_KEY' | 'OWN_PROPOSAL'

/** What signers sign for a proposal whose shadow is done and whose block is known; null before that. */
export function statementOf(state: StateReader, worldId: string, proposalId: string, { shadow, expires_height }: ProposalRecord): GovernanceStatement | null {
  if (shadow === null || shadow.block_hash === null) return null
  const manifest = readManifest(state)
  return {
    world_id: worldId,
    proposal_id: proposalId,
    manifest_hash: shadow.manifest_hash,
    report_hash: shadow.report_hash,
    consensus_height: shadow.height,
    block_hash: shadow.block_hash,
    signer_set_hash: signerSetHash(manifest),
    epoch_id: manifest.governance.epoch_id,
    required_signers: manifest.governance.threshold,
    expires_height,
  }
}

/** `shares` of distinct signers, ascending by id. */
export function assembleCertificate(statement: GovernanceStatement, shares: readonly GovernanceShare[]): GovernanceFinalityCertificate {
  return { ...statement, scheme: 'multisig', signatures: shares }
}

/**
 * Why a certificate does not stand for this proposal in this state, or null. `expected` is what it must say to the letter: the world, the
 * proposal, the report and its block in the world's own chain, the signers of the state and their threshold.
 */
export function whyBadCertificate(state: StateReader, height: number, certificate: GovernanceFinalityCertificate, expected: GovernanceStatement): CertificateProblem | null {
  for (const [field, problem] of STATEMENT_PROBLEMS) {
    if (!equalBytes(encodeCanonical(certificate[field] as Value), encodeCanonical(expected[field] as Value))) return problem
  }
  if (certificate.expires_height < height) return 'CERTIFICATE_EXPIRED'
  const { signers, threshold, group_key, authors_may_approve } = readManifest(state).governance
  const payload = governanceCertificatePayload(expected)
  if (certificate.scheme === 'frost') {
    if (group_key === null) return 'CERTIFICATE_NO_GROUP_KEY'
    return verifyEd25519Portable(group_key, payload, certificate.aggregate) ? null : 'CERTIFICATE_BAD_SIGNATURE'
  }
  const keys = new Map(signers.map(({ signer_id, public_key }) => [signer_id, public_key]))
  const seen = new Set<string>()
  for (const { signer_id } of certificate.signatures) {
    if (!keys.has(signer_id)) return 'CERTIFICATE_UNKNOWN_SIGNER'
    if (seen.has(signer_id)) return 'CERTIFICATE_SIGNER_TWICE'
    seen.add(signer_id)
  }
  if (seen.size < threshold) return 'CERTIFICATE_BELOW_THRESHOLD'
  const forged = certificate.signatures.some(({ signer_id, signature }) => !verifyEd25519Portable(keys.get(signer_id)!, payload, signature))
  if (forged) return 'CERTIFICATE_BAD_SIGNATURE'
  const { author } = readProposal(state, certificate.proposal_id)!
  return !authors_may_approve && certificate.signatures.some(({ signer_id }) => signerActor(signer_id) === author) ? 'OWN_PROPOSAL' : null
}

const STATEMENT_PROBLEMS: readonly (readonly [keyof GovernanceStatement, CertificateProblem])[] = [
  ['world_id', 'CERTIFICATE_OTHER_WORLD'],
  ['proposal_id', 'CERTIFICATE_OTHER_PROPOSAL'],
  ['consensus_height', 'CERTIFICATE_WRONG_HEIGHT'],
  ['block_hash', 'CERTIFICATE_WRONG_BLOCK'],
  ['report_hash', 'CERTIFICATE_OTHER_REPORT'],
  ['manifest_hash', 'CERTIFICATE_OTHER_MANIFEST'],
  ['epoch_id', 'CERTIFICATE_WRONG_EPOCH'],
  ['signer_set_hash', 'CERTIFICATE_WRONG_SIGNERS'],
  ['required_signers', 'CERTIFICATE_WRONG_THRESHOLD'],
  ['expires_height', 'CERTIFICATE_WRONG_EXPIRY'],
]

