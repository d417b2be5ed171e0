import { equalBytes } from '../codec/index.ts'
import { verifyCertificate } from './certificate.ts'
import { LightError } from './errors.ts'
import { assertNotExpired, checkNewHeader } from './header-checks.ts'
import type { LightBlock, TrustedState, VerificationOptions } from './types.ts'

/**
 * Verifies the block right after a trusted one: the trusted header names its validators (CometBFT `VerifyAdjacent`,
 * LCV-FUNC-VALID), and it names the trusted block as its parent. Throws `LightError`.
 */
export async function verifyAdjacent(trusted: TrustedState, { header, certificate, validators }: LightBlock, options: VerificationOptions): Promise<void> {
  const { height } = header
  if (height !== trusted.height + 1) {
    throw new LightError('WRONG_HEIGHT', 'The header does not follow the trusted one directly.', { height, trusted: trusted.height })
  }
  assertNotExpired(trusted, options)
  checkNewHeader(trusted, header, options)
  if (!equalBytes(header.validators_hash, trusted.next_validators_hash)) {
    throw new LightError('WRONG_VALIDATOR_SET', 'The header names other validators than its parent announced. Ask another source.', { height })
  }
  if (trusted.block_hash !== null && !equalBytes(header.parent_hash, trusted.block_hash)) {
    throw new LightError('WRONG_PARENT_HASH', 'The header does not follow from the trusted block. Ask another source.', { height })
  }
  await verifyCertificate(header, certificate, validators)
}
