import { toHex, totalStake } from '../codec/index.ts'
import type { ValidatorSet } from '../codec/index.ts'
import { checkCertificateStructure, quorumOf, verifySignatures } from './certificate.ts'
import { LightError } from './errors.ts'
import { assertNotExpired, checkNewHeader } from './header-checks.ts'
import type { LightBlock, TrustedState, TrustLevel, VerificationOptions } from './types.ts'

/**
 * Verifies a later block by skipping (CometBFT `VerifyNonAdjacent`): more than `trustLevel` of the *trusted* set's stake
 * signed it, and more than two thirds of its own. Throws `NOT_ENOUGH_TRUST` when only the first fails: a block in between
 * may still lead there.
 */
export async function verifyNonAdjacent(trusted: TrustedState, block: LightBlock, options: VerificationOptions): Promise<void> {
  const { header, certificate, validators } = block
  assertNotExpired(trusted, options)
  checkNewHeader(trusted, header, options)
  const signers = checkCertificateStructure(header, certificate, validators)
  const trusting = trustedSigners(trusted.validators, signers, validators, options.trustLevel)
  if (trusting === null) {
    throw new LightError('NOT_ENOUGH_TRUST', 'Too few of the trusted validators signed this block to skip to it.', {
      height: header.height, trusted: trusted.height,
    })
  }
  // One set of positions for both rules, so no signature is checked twice.
  await verifySignatures(header, certificate, validators, [...new Set([...trusting, ...quorumOf(signers, validators)])])
}

/** Fewest signers, by position in their own set, that hold more than `level` of the trusted set's stake; null if all together do not. */
function trustedSigners(trusted: ValidatorSet, signers: readonly number[], validators: ValidatorSet, level: TrustLevel): number[] | null {
  const stakeByKey = new Map(trusted.map(({ public_key, stake }) => [toHex(public_key), stake]))
  const known = signers
    .map((index) => ({ index, stake: stakeByKey.get(toHex(validators[index]!.public_key)) ?? 0 }))
    .filter(({ stake }) => stake > 0)
    .toSorted((a, b) => b.stake - a.stake || a.index - b.index)
  const total = totalStake(trusted)
  const chosen: number[] = []
  let stake = 0
  for (const signer of known) {
    chosen.push(signer.index)
    stake += signer.stake
    if (stake * level.denominator > total * level.numerator) return chosen
  }
  return null
}
