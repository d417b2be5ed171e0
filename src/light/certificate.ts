import {
  blockHash, commitCertificateSchema, equalBytes, headerSchema, isQuorum, signerIndexes, totalStake, validatorSetHash, validatorSetSchema, votePayload,
} from '../codec/index.ts'
import type { BlockHeader, CommitCertificate, ValidatorSet, Value } from '../codec/index.ts'
import { verifyMany } from '../crypto/index.ts'
import { LightError } from './errors.ts'

/** What the caller asked for; anything else is refused even if it is well signed. */
export interface ExpectedBlock {
  readonly world_id?: string
  readonly height?: number
}

/**
 * Refuses unless `certificate` finalizes `header` by more than two thirds of the stake of `validatorSet`, the set the header
 * names (DESIGN §9; CometBFT `VerifyCommitLight`). Everything but signatures is checked for all signers first.
 *
 * Signatures are checked from the largest stake down, only until more than two thirds is reached. Which ones is a function
 * of certificate and set alone, so every node gives the same verdict: a bad signature among those refuses the certificate
 * even if others would have made up for it, a bad one among the rest goes unseen. Use `verifyCertificateInFull` where it
 * matters who signed.
 *
 * `validatorSet` must come from something trusted (see `verifyAdjacent`, `verifyNonAdjacent`); here only its hash is compared.
 * Throws `LightError`.
 */
export async function verifyCertificate(
  header: BlockHeader,
  certificate: CommitCertificate,
  validatorSet: ValidatorSet,
  expected: ExpectedBlock = {},
): Promise<void> {
  const signers = checkCertificateStructure(header, certificate, validatorSet, expected)
  await verifySignatures(header, certificate, validatorSet, quorumOf(signers, validatorSet))
}

/** As `verifyCertificate`, with every signature checked (CometBFT `VerifyCommit`): for deciding who took part. */
export async function verifyCertificateInFull(
  header: BlockHeader,
  certificate: CommitCertificate,
  validatorSet: ValidatorSet,
  expected: ExpectedBlock = {},
): Promise<void> {
  const signers = checkCertificateStructure(header, certificate, validatorSet, expected)
  await verifySignatures(header, certificate, validatorSet, signers)
}

/**
 * All checks that need no signature. Returns the positions of the signers, ascending.
 * The round of a certificate may be later than the header's: a locked block is proposed again unchanged.
 */
export function checkCertificateStructure(
  header: BlockHeader,
  certificate: CommitCertificate,
  validatorSet: ValidatorSet,
  expected: ExpectedBlock = {},
): number[] {
  const hash = checkShapes(header, certificate, validatorSet)
  const { height } = header
  if (expected.world_id !== undefined && header.world_id !== expected.world_id) {
    throw new LightError('WRONG_WORLD', 'The header belongs to another world. Check the world id and ask another peer.', { height })
  }
  if (expected.height !== undefined && height !== expected.height) {
    throw new LightError('WRONG_HEIGHT', 'The header is of another height than the one asked for. Ask another peer.', { height, expected: expected.height })
  }
  if (certificate.height !== height) {
    throw new LightError('WRONG_HEIGHT', 'The certificate is for another height than the header. Ask another peer.', { height, certified: certificate.height })
  }
  if (certificate.round < header.round) {
    throw new LightError('WRONG_ROUND', 'The certificate is of an earlier round than the block. Ask another peer.', { height, round: certificate.round })
  }
  if (!equalBytes(certificate.block_hash, hash)) {
    throw new LightError('WRONG_BLOCK_HASH', 'The certificate is for another block than this header. Ask another peer.', { height })
  }
  if (!equalBytes(header.validators_hash, validatorSetHash(validatorSet))) {
    throw new LightError('WRONG_VALIDATOR_SET', 'The validator set is not the one the header names. Ask another peer.', { height })
  }
  if (certificate.signers.length !== Math.ceil(validatorSet.length / 8)) {
    throw new LightError('BAD_BITMAP', 'The bitmap of signers has the wrong length for the validator set. Ask another peer.', { height })
  }
  const signers = signerIndexes(certificate.signers)
  if (signers.length > 0 && signers.at(-1)! >= validatorSet.length) {
    throw new LightError('BAD_BITMAP', 'The bitmap names signers outside the validator set. Ask another peer.', { height })
  }
  if (certificate.signatures.length !== signers.length) {
    throw new LightError('WRONG_SIGNATURE_COUNT', 'The certificate has not one signature for each signer. Ask another peer.', {
      height, signers: signers.length, signatures: certificate.signatures.length,
    })
  }
  const signed = stakeOf(signers, validatorSet)
  const total = totalStake(validatorSet)
  if (!isQuorum(signed, total)) {
    throw new LightError('TOO_FEW_STAKE', 'Two thirds of the stake or less signed: the block is not final. Wait, or ask another peer.', { height, signed, total })
  }
  return signers
}

/** Checks the signatures of the validators at `indexes` (positions in the set, all of them signers). */
export async function verifySignatures(
  header: BlockHeader,
  certificate: CommitCertificate,
  validatorSet: ValidatorSet,
  indexes: readonly number[],
): Promise<void> {
  const { height, round, block_hash } = certificate
  const payload = votePayload({ world_id: header.world_id, type: 'precommit', height, round, block_hash })
  const signatureOf = new Map(signerIndexes(certificate.signers).map((index, position) => [index, certificate.signatures[position]!]))
  const verdicts = await verifyMany(
    indexes.map((index) => ({ publicKey: validatorSet[index]!.public_key, message: payload, signature: signatureOf.get(index)! })),
  )
  const bad = verdicts.indexOf(false)
  if (bad !== -1) {
    throw new LightError('BAD_SIGNATURE', 'A signature of the certificate is not valid. Drop it and ask another peer.', {
      height, validator_id: validatorSet[indexes[bad]!]!.validator_id,
    })
  }
}

/** The fewest of `signers` that hold more than two thirds of all stake: largest first, equal stakes by position. */
export function quorumOf(signers: readonly number[], validatorSet: ValidatorSet): number[] {
  const total = totalStake(validatorSet)
  const chosen: number[] = []
  let stake = 0
  for (const index of signers.toSorted((a, b) => validatorSet[b]!.stake - validatorSet[a]!.stake || a - b)) {
    if (isQuorum(stake, total)) break
    chosen.push(index)
    stake += validatorSet[index]!.stake
  }
  return chosen
}

export function stakeOf(indexes: readonly number[], validatorSet: ValidatorSet): number {
  let stake = 0
  for (const index of indexes) stake += validatorSet[index]!.stake
  return stake
}

/** Shapes of all three, since callers may pass what a peer sent; returns the block hash. */
function checkShapes(header: BlockHeader, certificate: CommitCertificate, validatorSet: ValidatorSet): Uint8Array {
  try {
    commitCertificateSchema.parse(certificate, 'certificate')
    validatorSetSchema.parse(validatorSet as Value, 'validators')
    return blockHash(headerSchema.parse(header, 'header'))
  } catch (error) {
    throw new LightError('MALFORMED', 'Header, certificate or validator set is malformed. Drop it and ask another peer.', {}, { cause: error })
  }
}
