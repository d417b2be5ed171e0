import { isQuorum, signerBitmap, signerIndexes, toHex, totalStake, votePayload } from '../codec/index.ts'
import type { CommitCertificate, ValidatorSet, Vote } from '../codec/index.ts'
import { ConsensusError } from './errors.ts'

type Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>

/**
 * The certificate that a quorum of precommits for one block makes. The votes must be verified and for the same height, round and
 * block; each validator counts once. Throws `CERTIFICATE_NO_QUORUM` when they hold two thirds of stake or less.
 */
export function makeCertificate(precommits: Iterable<Vote>, validators: ValidatorSet): CommitCertificate {
  const byValidator = new Map<string, Vote>()
  for (const vote of precommits) byValidator.set(vote.validator_id, vote)
  const indexes: number[] = []
  const signatures: Uint8Array[] = []
  let stake = 0
  let first: Vote | null = null
  for (const [index, validator] of validators.entries()) {
    const vote = byValidator.get(validator.validator_id)
    if (vote === undefined) continue
    first ??= vote
    indexes.push(index)
    signatures.push(vote.signature)
    stake += validator.stake
  }
  if (first === null || first.block_hash === null || !isQuorum(stake, totalStake(validators))) {
    throw new ConsensusError('CERTIFICATE_NO_QUORUM', 'These precommits hold no more than two thirds of stake; wait for more.', { stake })
  }
  const { height, round, block_hash } = first
  return { height, round, block_hash, signers: signerBitmap(indexes, validators.length), signatures }
}

function refuse(reason: string, certificate: CommitCertificate): never {
  throw new ConsensusError('CERTIFICATE_INVALID', `The certificate is refused: ${reason}. Fetch the commit from another peer.`, {
    height: certificate.height, block_hash: toHex(certificate.block_hash), reason,
  })
}

/** Everything about a certificate but the signatures: bitmap of the right size, one signature a signer, more than two thirds of stake. */
export function checkCertificateStructure(certificate: CommitCertificate, validators: ValidatorSet): void {
  if (certificate.signers.length !== Math.ceil(validators.length / 8)) refuse('its bitmap is not of this validator set', certificate)
  const indexes = signerIndexes(certificate.signers)
  if (indexes.some((index) => index >= validators.length)) refuse('it names a signer outside the set', certificate)
  if (indexes.length !== certificate.signatures.length) refuse('signers and signatures differ in number', certificate)
  const stake = indexes.reduce((sum, index) => sum + validators[index]!.stake, 0)
  if (!isQuorum(stake, totalStake(validators))) refuse('its signers hold no more than two thirds of stake', certificate)
}

/** Structure and every signature. Throws `CERTIFICATE_INVALID`. */
export async function verifyCertificate(certificate: CommitCertificate, world_id: string, validators: ValidatorSet, verify: Verify): Promise<void> {
  checkCertificateStructure(certificate, validators)
  const { height, round, block_hash } = certificate
  const payload = votePayload({ world_id, type: 'precommit', height, round, block_hash })
  const verdicts = await Promise.all(
    signerIndexes(certificate.signers).map((index, at) => verify(validators[index]!.public_key, payload, certificate.signatures[at]!)),
  )
  if (!verdicts.every(Boolean)) refuse('a signature does not verify', certificate)
}

