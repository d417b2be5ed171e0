/** The trial run of a proposal made again in this process, and held against the report on record. */
import { AppError } from '../../../codec/index.ts'
import type { ShadowReport } from '../../../world/index.ts'
import type { Chain } from '../chain.ts'
import { withChain } from '../components.ts'
import type { ChainFlagValues, Components } from '../components.ts'
import { proposalAt } from './intents.ts'
import { fullId } from './view.ts'

export interface RerunComparison {
  readonly proposal_id: string
  readonly equal: boolean
  /** Hash on record, which signers sign, and the one found here. */
  readonly stated: string
  readonly report_hash: string
  readonly report: ShadowReport
  readonly from_height: number
  readonly to_height: number
  readonly blocks: number
  readonly elapsed_ms: number
}

/** Throws `SHADOW_PENDING` and what `rerunShadow` throws. A node that began after the report starts again from genesis. */
export async function compareRerun(components: Components, flags: ChainFlagValues, beginning: string): Promise<RerunComparison> {
  try {
    return await withChain(components, flags, (chain) => rerunHere(components, chain, beginning))
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SHADOW_HISTORY_MISSING') throw error
    components.note('this node began at a snapshot from after the report: every block is executed from genesis now')
    return withChain(components, flags, (chain) => rerunHere(components, chain, beginning), true)
  }
}

async function rerunHere({ note }: Components, chain: Chain, beginning: string): Promise<RerunComparison> {
  const { id, stated } = await chain.derive((state) => {
    const { id, record } = proposalAt(state, fullId(state, beginning))
    return { id, stated: record.shadow?.report_hash ?? null }
  })
  if (stated === null) throw new AppError('SHADOW_PENDING', `The trial run of this proposal is not over. "proposal watch ${id} --until shadowed" waits for it.`, { proposal_id: id })
  let told = 0
  const { report, report_hash, from_height, to_height, blocks, elapsed_ms } = await chain.rerunShadow(id, ({ at, to }) => {
    if (at < to && Date.now() - told < 2_000) return
    told = Date.now()
    note(`executed block ${at} of ${to}`)
  })
  return { proposal_id: id, equal: report_hash === stated, stated, report_hash, report, from_height, to_height, blocks, elapsed_ms }
}

export function rerunText({ equal, stated, report_hash, report, from_height, to_height, blocks, elapsed_ms }: RerunComparison): string {
  return [
    `${equal ? 'pass' : 'FAIL'}  blocks ${from_height} to ${to_height} executed again here: ${blocks} blocks in ${(elapsed_ms / 1000).toFixed(1)} s`,
    `      report on record  ${stated}`, `      report made here  ${report_hash}`, `      status ${report.status}`,
  ].join('\n')
}
