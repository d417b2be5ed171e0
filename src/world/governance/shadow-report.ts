import { decodeCanonical, sha256, toHex } from '../../codec/index.ts'
import type { NodeConsensusAction } from '../../codec/index.ts'
import { KernelError } from '../errors.ts'
import type { BlockContext, Kernel } from '../types.ts'
import { shadowReportKey } from './keys.ts'
import { shadowReportSchema } from './records.ts'
import type { ShadowReport } from './records.ts'

/** A block to run again. */
export interface ShadowBlock {
  readonly context: BlockContext
  readonly actions: readonly NodeConsensusAction[]
  /** Signature verdicts by action id, where they are known. */
  readonly verdicts?: ReadonlyMap<string, boolean>
}

/** A shadow report as it stands in a state. */
export interface MadeReport {
  readonly report: ShadowReport
  /** Canonical bytes of the report. */
  readonly report_bytes: Uint8Array
  /** SHA-256 of them, lowercase hex. */
  readonly report_hash: string
}

/** The report of a proposal in the committed state, or null. */
export function madeReport(kernel: Kernel, proposalId: string): MadeReport | null {
  const { value_bytes } = kernel.query(shadowReportKey(proposalId))
  if (value_bytes === null) return null
  return { report: shadowReportSchema.parse(decodeCanonical(value_bytes), 'report'), report_bytes: value_bytes, report_hash: toHex(sha256(value_bytes)) }
}

/**
 * Makes the shadow report of a proposal again from a state and the blocks after it, for a signer who trusts nobody's report: `kernel` stands
 * at a state before the report, at or before `replay.from_height − 1`, and `blocks` follow it in order up to the height of the report. Commits them to `kernel`, which should be
 * one for this purpose. Throws `BAD_REQUEST` when the blocks end before the report, and whatever executing blocks throws.
 */
export function shadowReport(kernel: Kernel, proposalId: string, blocks: Iterable<ShadowBlock>): MadeReport {
  if (madeReport(kernel, proposalId) !== null) throw new KernelError('BAD_REQUEST', 'The state holds the report already. Begin with an earlier one.', { proposal_id: proposalId })
  for (const { context, actions, verdicts } of blocks) {
    kernel.executeBlock(context, actions, verdicts)
    kernel.commit()
    const made = madeReport(kernel, proposalId)
    if (made !== null) return made
  }
  throw new KernelError('BAD_REQUEST', 'The blocks end before the report. Give those up to its height.', { proposal_id: proposalId })
}
