/** What the state says about proposals, and what follows from it. Pure. */
import type { ProposalContent, ProposalRecord, WorldManifest } from '../../../world/index.ts'

export interface Proposal {
  readonly id: string
  readonly record: ProposalRecord
}

/** Where a proposal stands, as people tell it; finer than its state. */
export const PHASES = ['shadow', 'anchoring', 'signing', 'failed', 'queued', 'applied', 'rejected', 'vetoed', 'withdrawn', 'late', 'superseded'] as const
export type Phase = (typeof PHASES)[number]

/** The part of a record that is its author's, and whose hash is its id. */
export function contentOf({ author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }: ProposalRecord): ProposalContent {
  return { author, title, description, base_manifest_hash, patch, manifest, rollback, module_changes, salt }
}

export const isOpen = ({ closed_height }: ProposalRecord): boolean => closed_height === null

export function phaseOf(record: ProposalRecord, manifest: WorldManifest): Phase {
  const { state, shadow, vetoes, rejections, closed_height, expires_height } = record
  switch (state) {
    case 'proposed': return 'shadow'
    case 'shadowed': return shadow?.status === 'failed' ? 'failed' : shadow?.block_hash == null ? 'anchoring' : 'signing'
    case 'approved': case 'queued': return 'queued'
    case 'applied': return 'applied'
    case 'expired': return closed_height !== null && closed_height <= expires_height ? 'superseded' : 'late'
    case 'rejected': {
      const { guardian_threshold, signers, threshold } = manifest.governance
      if (vetoes.length >= guardian_threshold) return 'vetoed'
      return signers.length - rejections.length < threshold ? 'rejected' : 'withdrawn'
    }
  }
}

/** Blocks left until it expires; 0 when it is over. */
export function blocksLeft({ closed_height, expires_height }: ProposalRecord, height: number): number {
  return closed_height === null ? Math.max(0, expires_height - height) : 0
}

/** Newest first. */
export const byAge = (a: Proposal, b: Proposal): number => b.record.proposed_height - a.record.proposed_height || (a.id < b.id ? -1 : 1)

/** Open ones that wait for someone of `actors` to sign: nobody is asked twice. */
export function needs({ record }: Proposal, manifest: WorldManifest, actors: readonly string[]): boolean {
  if (phaseOf(record, manifest) !== 'signing') return false
  const voted = new Set([...record.approvals, ...record.rejections].map(({ signer_id }) => `signer/${signer_id}`))
  const { signers, authors_may_approve } = manifest.governance
  return signers.some(({ signer_id }) => {
    const actor = `signer/${signer_id}`
    return actors.includes(actor) && !voted.has(actor) && (authors_may_approve || record.author !== actor)
  })
}
