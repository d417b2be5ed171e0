import { Domain, signingPayload } from './domains.ts'
import { encodeCanonical } from './encode.ts'
import { toHex } from './hex.ts'
import { sha256 } from './sha256.ts'
import { array, fixedBytes, int, object, text, union, literal } from './schema.ts'
import type { Infer } from './schema.ts'
import type { Value } from './value.ts'
import { WORLD_ID } from './world-id.ts'

/** Each signature of a certificate takes about a millisecond to verify, and every node verifies them all. */
export const MAX_GOVERNANCE_SIGNERS = 16

/** Name of a governance signer or guardian; as an actor it is `signer/<name>`. */
export const GOVERNANCE_SIGNER_ID = text(64, /^[a-z0-9][a-z0-9-]*$/)
/** Lowercase hex SHA-256. */
export const HASH_TEXT = text(64, /^[0-9a-f]{64}$/)

export const governanceSignerSchema = object({ signer_id: GOVERNANCE_SIGNER_ID, public_key: fixedBytes(32) })
export type GovernanceSigner = Infer<typeof governanceSignerSchema>

export const governanceShareSchema = object({ signer_id: GOVERNANCE_SIGNER_ID, signature: fixedBytes(64) })
/** One signer's approval: its signature over the certificate payload. */
export type GovernanceShare = Infer<typeof governanceShareSchema>

const STATEMENT_FIELDS = {
  world_id: WORLD_ID,
  /** Hash of the proposal's content. */
  proposal_id: HASH_TEXT,
  /** Of the world's manifest as it will be. */
  manifest_hash: HASH_TEXT,
  /** Of the shadow report the signers saw. */
  report_hash: HASH_TEXT,
  /** Height of the shadow report, and hash of the block of that height. */
  consensus_height: int(1),
  block_hash: HASH_TEXT,
  signer_set_hash: HASH_TEXT,
  epoch_id: int(0),
  /** How many distinct signers it takes. */
  required_signers: int(2, MAX_GOVERNANCE_SIGNERS),
  /** Last height it may take effect at. */
  expires_height: int(1),
} as const

export const governanceStatementSchema = object(STATEMENT_FIELDS)
/** What signers of a proposal sign. It follows from the state alone, so all of them sign the same bytes. */
export type GovernanceStatement = Infer<typeof governanceStatementSchema>

/** The agreement of the signers to one proposal (DESIGN §8): their signatures one by one, or one aggregate under the group's key. */
export const governanceCertificateSchema = union('scheme', {
  multisig: object({ ...STATEMENT_FIELDS, scheme: literal('multisig'), signatures: array(governanceShareSchema, MAX_GOVERNANCE_SIGNERS) }),
  frost: object({ ...STATEMENT_FIELDS, scheme: literal('frost'), aggregate: fixedBytes(64) }),
})
export type GovernanceFinalityCertificate = Infer<typeof governanceCertificateSchema>

/** The bytes an approval signs; also of a whole certificate, whose scheme and signatures are left out. */
export function governanceCertificatePayload(certificate: GovernanceStatement): Uint8Array {
  const { world_id, proposal_id, manifest_hash, report_hash, consensus_height, block_hash, signer_set_hash, epoch_id, required_signers, expires_height } = certificate
  return signingPayload(Domain.governanceCertificate, world_id, {
    world_id, proposal_id, manifest_hash, report_hash, consensus_height, block_hash, signer_set_hash, epoch_id, required_signers, expires_height,
  })
}

/** The bytes a guardian signs to stop a proposal. */
export function governanceVetoPayload(worldId: string, proposalId: string): Uint8Array {
  return signingPayload(Domain.governanceVeto, worldId, proposalId)
}

/** Names a set of signers, their keys and their threshold. `signers` ascending by id. */
export function governanceSignerSetHash(signers: readonly GovernanceSigner[], threshold: number): string {
  return toHex(sha256(encodeCanonical([signers as unknown as Value, threshold])))
}
