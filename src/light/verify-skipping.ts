import { MAX_BISECTION_FETCHES } from './constants.ts'
import { LightError } from './errors.ts'
import { fetchLightBlock } from './fetch-light-block.ts'
import { trustedStateOf } from './light-block.ts'
import type { LightBlock, LightSource, TrustedState, VerificationOptions } from './types.ts'
import { verify } from './verify.ts'

/**
 * Verifies `target` from `trusted` by skipping as far as trust reaches and bisecting where it does not (CometBFT
 * `verifySkipping`, LCV-FUNC-SKIPPING). Returns the blocks verified on the way, ascending, `target` last.
 * Ends because a bisection that closes in on the next height meets the adjacent rule, which never asks for more trust.
 */
export async function verifySkipping(
  trusted: TrustedState,
  target: LightBlock,
  source: LightSource,
  options: VerificationOptions,
): Promise<readonly LightBlock[]> {
  const trace: LightBlock[] = []
  const pending = [target] // fetched and not yet verified, descending; the last is tried next
  let lower = trusted
  let fetches = 0
  let depth = 0
  for (;;) {
    const candidate = pending[depth]!
    const verdict = await attempt(lower, candidate, options)
    if (verdict === 'verified') {
      trace.push(candidate)
      if (depth === 0) return trace
      lower = trustedStateOf(candidate)
      pending.length = depth // what lies above may now be within reach: start from the top again
      depth = 0
      continue
    }
    if (depth === pending.length - 1) {
      if (++fetches > MAX_BISECTION_FETCHES) {
        throw new LightError('TOO_MANY_STEPS', 'The way to this block takes too many steps. Start from a more recent checkpoint.', { height: target.header.height })
      }
      const pivot = lower.height + Math.floor((candidate.header.height - lower.height) / 2)
      pending.push(await fetchLightBlock(source, pivot))
    }
    depth++
  }
}

async function attempt(trusted: TrustedState, block: LightBlock, options: VerificationOptions): Promise<'verified' | 'too-far'> {
  try {
    await verify(trusted, block, options)
    return 'verified'
  } catch (error) {
    if (error instanceof LightError && error.code === 'NOT_ENOUGH_TRUST') return 'too-far'
    throw error
  }
}
