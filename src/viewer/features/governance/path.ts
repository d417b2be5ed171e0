/** The way of a proposal, from its events and its record: what happened, when and by whom, and what is still to come. Pure. */
import type { WorldEvent } from '../../../world/index.ts'
import type { ProposalRecord, WorldManifest } from '../../../world/index.ts'
import { phaseOf } from './proposals.ts'
import type { Phase } from './proposals.ts'

export type StepKind =
  | 'proposed' | 'shadow' | 'anchored' | 'signed' | 'rejected_by' | 'vetoed_by' | 'certificate' | 'queued' | 'apply_failed' | 'module' | 'manifest' | 'rolled_back' | 'applied'
  | 'rejected' | 'withdrawn' | 'vetoed' | 'expired'

export interface Step {
  readonly kind: StepKind
  readonly state: 'done' | 'next' | 'open' | 'bad'
  /** Null for what has not happened, and for what did in a block that is not stored here. */
  readonly event: WorldEvent | null
  /** Null where the state does not say. */
  readonly height: number | null
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
const BAD: ReadonlySet<StepKind> = new Set<StepKind>(['rejected_by', 'vetoed_by', 'apply_failed', 'rejected', 'withdrawn', 'vetoed', 'expired'])

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

const GAVE_REASON: ReadonlySet<StepKind> = new Set<StepKind>(['signed', 'rejected_by', 'withdrawn'])
/** Why somebody said so, in words of their own; empty where they gave no reason. */
export const reasonOf = (kind: StepKind, { payload }: WorldEvent): string => (GAVE_REASON.has(kind) ? text(payload['reason']) : '')

type Happened = Pick<Step, 'kind' | 'event' | 'height' | 'who'>

/** `events` are those of the proposal, in order of the chain; what is missing among them is told from the record, where that can be. */
export function stepsOf(record: ProposalRecord, manifest: WorldManifest, events: readonly WorldEvent[]): Step[] {
  const phase = phaseOf(record, manifest)
  const needed = record.certificate?.required_signers ?? manifest.governance.threshold
  const seen = events.filter(isStep).map((event): Happened => {
    const kind = event.kind === 'governance.rejected' && phase === 'withdrawn' ? 'withdrawn' : KINDS[event.kind]!
    return { kind, event, height: event.height, who: whoOf(kind, event) }
  })
  const unseen = onRecord(record, phase).filter(({ kind, who }) => !seen.some((other) => other.kind === kind && (other.who === who || !BY_SOMEONE.has(kind))))
  let signed = 0
  const done = (unseen.length === 0 ? seen : [...seen, ...unseen].toSorted(inOrder)).map((step): Step => {
    const { kind, who } = step
    return { ...step, state: BAD.has(kind) || (kind === 'shadow' && who === 'failed') ? 'bad' : 'done', count: kind === 'signed' ? [++signed, needed] : null }
  })
  return [...done, ...ahead(phase, record.approvals.length, needed)]
}

const BY_SOMEONE: ReadonlySet<StepKind> = new Set<StepKind>(['signed', 'rejected_by', 'vetoed_by'])
const ORDER: readonly (readonly StepKind[])[] = [
  ['proposed'], ['shadow'], ['anchored'], ['signed', 'rejected_by', 'vetoed_by'], ['certificate'], ['queued'], ['apply_failed'], ['module', 'rolled_back'], ['manifest'], ['applied', 'rejected', 'withdrawn', 'vetoed', 'expired'],
]
const stageOf = (kind: StepKind): number => ORDER.findIndex((kinds) => kinds.includes(kind))
const inOrder = (a: Happened, b: Happened): number => stageOf(a.kind) - stageOf(b.kind) || (a.height ?? 0) - (b.height ?? 0)
const CLOSING: Readonly<Partial<Record<Phase, StepKind>>> = { applied: 'applied', rejected: 'rejected', withdrawn: 'withdrawn', vetoed: 'vetoed', late: 'expired', superseded: 'expired' }

/** What the record alone tells. */
function onRecord({ author, proposed_height, shadow, approvals, rejections, vetoes, certificate, apply_height, closed_height }: ProposalRecord, phase: Phase): Happened[] {
  const told = (kind: StepKind, height: number | null, who = ''): Happened => ({ kind, event: null, height, who })
  const closing = CLOSING[phase]
  return [
    told('proposed', proposed_height, author),
    ...(shadow === null ? [] : [told('shadow', shadow.height, shadow.status)]),
    ...(shadow?.block_hash == null ? [] : [told('anchored', shadow.height + 1)]),
    ...approvals.map(({ signer_id }) => told('signed', null, signer_id)), ...rejections.map(({ signer_id }) => told('rejected_by', null, signer_id)),
    ...vetoes.map(({ guardian_id }) => told('vetoed_by', null, guardian_id)),
    ...(certificate === null ? [] : [told('certificate', null)]),
    ...(apply_height === null ? [] : [told('queued', null)]),
    ...(closing === undefined ? [] : [told(closing, closed_height, closing === 'expired' ? phase : '')]),
  ]
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
    { kind, state: index === 0 ? 'next' : 'open', event: null, height: null, who: '', count: kind === 'signed' ? [++next, needed] : null }
  ))
}
