import type { LightBlock, TrustedState, VerificationOptions } from './types.ts'
import { verifyAdjacent } from './verify-adjacent.ts'
import { verifyNonAdjacent } from './verify-non-adjacent.ts'

/** The rule that fits the distance (CometBFT `Verify`). Throws `LightError`. */
export function verify(trusted: TrustedState, block: LightBlock, options: VerificationOptions): Promise<void> {
  return block.header.height === trusted.height + 1 ? verifyAdjacent(trusted, block, options) : verifyNonAdjacent(trusted, block, options)
}
