/** The way of a proposal, from its events: what happened, when and by whom, and what is still to come. Pure. */
import type { WorldEvent } from '../../../world/index.ts'
import type { ProposalRecord, WorldManifest } from '../../../world/index.ts'
import { phaseOf } from './proposals.ts'
import type { Phase } from './proposals.ts'

export type StepKind =
  | 'proposed' | 'shadow' | 'anchored' | 'signed' | 'rejected_by' | 'vetoed_by' | 'certificate' | 'queued' | 'apply_failed' | 'module' | 'manifest' | 'rolled_back' | 'applied'
  | 'rejected' | 'vetoed' | 'expired'

export interface Step {
  readonly kind: StepKind
  readonly state: 'done' | 'next' | 'open' | 'bad'
  /** Null for what has not happened. */
  readonly event: WorldEvent | null
  /** Signer, guardian, module, code or status. */
  readonly who: string
  /** Which signature of how many, for `signed`. */
  readonly count: readonly [number, number] | null
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const KINDS: Readonly<Record<string, StepKind>> = {
  'governance.proposed': 'proposed', 'governance.shadow_report': 'shadow', 'governance.shadow_anchored': 'anchored', 'governance.approved_by': 'signed', 'governance.rejected_by': 'rejected_by',
  'governance.vetoed_by': 'vetoed_by', 'governance.approved': 'certificate', 'governance.queued': 'queued', 'governance.apply_failed': 'apply_failed', 'module.registered': 'module',
  'module.upgraded': 'module', 'module.activated': 'module', 'module.deactivated': 'module', 'manifest.updated': 'manifest', 'governance.rolled_back': 'rolled_back', 'governance.applied': 'applied',
  'governance.rejected': 'rejected', 'governance.vetoed': 'vetoed', 'governance.expired': 'expired',
}
const BAD: ReadonlySet<StepKind> = new Set<StepKind>(['rejected_by', 'vetoed_by', 'apply_failed', 'rejected', 'vetoed', 'expired'])

/** True for events that are steps on the way of a proposal. */
export const isStep = ({ kind }: WorldEvent): boolean => Object.hasOwn(KINDS, kind)

function whoOf(kind: StepKind, { payload }: WorldEvent): string {
  switch (kind) {
    case 'proposed': return text(payload['author'])
    case 'shadow': return text((payload['report'] as { readonly status?: unknown } | undefined)?.status)
    case 'signed': case 'rejected_by': return text(payload['signer_id'])
    case 'vetoed_by': return text(payload['guardian_id'])
    case 'apply_failed': return text(payload['code'])
    case 'module': return text(payload['module_id'])
    case 'expired': return text(payload['reason'])
    default: return ''
  }
}

/** `events` are those of the proposal, in order of the chain. */
export function stepsOf(record: ProposalRecord, manifest: WorldManifest, events: readonly WorldEvent[]): Step[] {
  const needed = record.certificate?.required_signers ?? manifest.governance.threshold
  let signed = 0
  const done = events.filter(isStep).map((event): Step => {
    const kind = KINDS[event.kind]!
    const count = kind === 'signed' ? ([++signed, needed] as const) : null
    const failed = kind === 'shadow' && whoOf(kind, event) === 'failed'
    return { kind, state: BAD.has(kind) || failed ? 'bad' : 'done', event, who: whoOf(kind, event), count }
  })
  return [...done, ...ahead(phaseOf(record, manifest), record.approvals.length, needed)]
}

/** What is still to come if all goes well, the first of it next. */
function ahead(phase: Phase, signed: number, needed: number): Step[] {
  const kinds: readonly (readonly [StepKind, number])[] = [
    ['shadow', 0], ['anchored', 1], ...Array.from({ length: Math.max(0, needed - signed) }, () => ['signed', 2] as const), ['certificate', 2], ['queued', 2], ['applied', 3],
  ]
  const at: Readonly<Partial<Record<Phase, number>>> = { shadow: 0, anchoring: 1, signing: 2, queued: 3 }
  const from = at[phase]
  if (from === undefined) return []
  let next = signed
  return kinds.filter(([, stage]) => stage >= from).map(([kind], index): Step => (
    { kind, state: index === 0 ? 'next' : 'open', event: null, who: '', count: kind === 'signed' ? [++next, needed] : null }
  ))
}
