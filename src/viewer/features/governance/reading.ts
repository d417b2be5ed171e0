/** A proposal in words, from its verified record alone (R5). Pure. */
import { summarize } from '../../../vault/index.ts'
import type { IntentSummary } from '../../../vault/index.ts'
import type { ProposalRecord, ShadowReport, WorldManifest } from '../../../world/index.ts'
import { approveIntent, proposeIntent } from './intent.ts'
import { contentOf } from './proposals.ts'

/** Nobody signs this: numbers that only the world knows are left at their least. */
const frame = (world_id: string, actor: string) => ({ world_id, actor, nonce: 1, valid_until_height: 1 })

/** "signer/ann proposes to …", in the order and with the dangers the vault tells before anyone proposes it. */
export function readProposal(worldId: string, record: ProposalRecord, manifest: WorldManifest): IntentSummary {
  return summarize(proposeIntent(frame(worldId, record.author), contentOf(record), manifest))
}

/** The dangers once shadow is done: what an approving signer is told. */
export function readOutcome(worldId: string, proposal_id: string, record: ProposalRecord, manifest: WorldManifest, report: ShadowReport, next: WorldManifest): IntentSummary | null {
  const intent = approveIntent(frame(worldId, record.author), { proposal_id, record, manifest, report, next })
  return intent === null ? null : summarize(intent)
}
