/** Who may do what with a proposal now: the rules of the kernel (src/world/governance/vote.ts), asked before anything is signed. Pure. */
import type { ProposalRecord, RejectionCode, WorldManifest } from '../../../world/index.ts'

export const MOVES = ['approve', 'reject', 'veto', 'apply', 'withdraw'] as const
export type Move = (typeof MOVES)[number]

/** Null: the kernel would take it in the next block. Else the code it would refuse it with. */
export type Refusal = RejectionCode | null

export interface Standing {
  readonly record: ProposalRecord
  readonly manifest: WorldManifest
  readonly manifestHash: string
  /** Height of the next block. */
  readonly height: number
}

/** `actor` as in actions, such as `signer/ann`. */
export function refusalOf(move: Move, standing: Standing, actor: string): Refusal {
  switch (move) {
    case 'approve': return approveRefusal(standing, actor)
    case 'reject': return rejectRefusal(standing, actor)
    case 'veto': return vetoRefusal(standing, actor)
    case 'apply': return applyRefusal(standing)
    case 'withdraw': return standing.record.author === actor ? rejectRefusal(standing, actor) : 'NOT_GOVERNANCE_SIGNER'
  }
}

const nameOf = (actor: string): string | null => (actor.startsWith('signer/') ? actor.slice('signer/'.length) : null)
const isClosed = ({ closed_height }: ProposalRecord): boolean => closed_height !== null
const hasVoted = ({ approvals, rejections }: ProposalRecord, name: string): boolean => [...approvals, ...rejections].some(({ signer_id }) => signer_id === name)

/** What keeps everybody from signing its certificate. */
function certifiable({ record, manifestHash }: Standing): Refusal {
  if (isClosed(record)) return 'PROPOSAL_CLOSED'
  if (record.shadow?.status === 'failed') return 'SHADOW_FAILED'
  if (record.shadow === null || record.shadow.block_hash === null) return 'SHADOW_PENDING'
  return manifestHash === record.base_manifest_hash ? null : 'PATCH_BASE_MISMATCH'
}

function approveRefusal(standing: Standing, actor: string): Refusal {
  const { record, manifest: { governance: { signers, authors_may_approve, timelock_blocks } }, height } = standing
  const refused = certifiable(standing)
  if (refused !== null) return refused
  const name = nameOf(actor)
  if (!signers.some(({ signer_id }) => signer_id === name)) return 'NOT_GOVERNANCE_SIGNER'
  if (record.author === actor && !authors_may_approve) return 'OWN_PROPOSAL'
  if (record.state !== 'shadowed') return 'PROPOSAL_CLOSED'
  if (hasVoted(record, name!)) return 'VOTED_ALREADY'
  return height + Math.max(1, timelock_blocks) > record.expires_height ? 'PROPOSAL_TOO_LATE' : null
}

function rejectRefusal({ record, manifest: { governance: { signers } } }: Standing, actor: string): Refusal {
  if (isClosed(record) || record.state === 'queued') return 'PROPOSAL_CLOSED'
  if (record.author === actor) return null
  const name = nameOf(actor)
  if (!signers.some(({ signer_id }) => signer_id === name)) return 'NOT_GOVERNANCE_SIGNER'
  return hasVoted(record, name!) ? 'VOTED_ALREADY' : null
}

function vetoRefusal({ record, manifest: { governance: { guardians } } }: Standing, actor: string): Refusal {
  if (isClosed(record)) return 'PROPOSAL_CLOSED'
  const name = nameOf(actor)
  if (!guardians.some(({ guardian_id }) => guardian_id === name)) return 'NOT_GUARDIAN'
  return record.vetoes.some(({ guardian_id }) => guardian_id === name) ? 'VETOED_ALREADY' : null
}

/** Anyone may bring the certificate; this page puts it together from the approvals on record. */
function applyRefusal(standing: Standing): Refusal {
  const { record, manifest: { governance: { threshold, timelock_blocks } }, height } = standing
  const refused = certifiable(standing)
  if (refused !== null) return refused
  if (record.apply_height !== null && record.apply_height > height) return 'TIMELOCKED'
  const applies = record.apply_height === null ? height + timelock_blocks : height
  if (applies > record.expires_height) return 'PROPOSAL_TOO_LATE'
  return record.approvals.length < threshold && record.certificate === null ? 'CERTIFICATE_BELOW_THRESHOLD' : null
}
