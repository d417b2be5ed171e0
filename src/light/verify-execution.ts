import { equalBytes } from '../codec/index.ts'
import { LightError } from './errors.ts'
import type { LightBlock } from './types.ts'
import { seal } from './verified.ts'
import type { Verified } from './verified.ts'

/**
 * Notes that this machine executed the block itself: `stateRoot` is what its own execution gave. Throws `WRONG_STATE_ROOT`
 * when that is not what the certificate finalized.
 */
export function verifyExecution(block: Verified<LightBlock>, stateRoot: Uint8Array): Verified<LightBlock> {
  const { provenance, value } = block
  if (!equalBytes(provenance.state_root, stateRoot)) {
    throw new LightError('WRONG_STATE_ROOT', 'Executing this block here gave another state than was finalized. Do not record it; restore the last commit and execute again.', {
      height: provenance.height,
    })
  }
  return seal(value, { ...provenance, steps: [...provenance.steps, { kind: 'execution' }] })
}
