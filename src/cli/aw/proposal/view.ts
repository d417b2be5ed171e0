/** A proposal for people and as data: what it says, what its trial run found, who signed, and what happened. All from proven records. */
import { AppError } from '../../../codec/index.ts'
import { checkIntent, summarize } from '../../../vault/index.ts'
import type { Intent, IntentCheck, IntentSummary } from '../../../vault/index.ts'
import { CLOSED_PROPOSALS_KEY, OPEN_PROPOSALS_KEY } from '../../../world/index.ts'
import type { ShadowReport, StateReader, WorldEvent } from '../../../world/index.ts'
import type { Chain } from '../chain.ts'
import { toJson } from '../json.ts'
import { renderReview, section } from '../review.ts'
import { approveIntent, contentOf, proposalAt, reportOf } from './intents.ts'
import type { ProposalAt } from './intents.ts'

/** Pieces of history one command looks at, at most. */
const MAX_PAGES = 64

export interface ProposalView extends ProposalAt {
  readonly height: number
  readonly report: ShadowReport | null
  readonly summary: IntentSummary
  readonly checks: readonly IntentCheck[]
}

const listOf = (state: StateReader, key: string): readonly string[] => (state.get(key) ?? []) as readonly string[]
export const openProposals = (state: StateReader): readonly string[] => listOf(state, OPEN_PROPOSALS_KEY)
export const closedProposals = (state: StateReader): readonly string[] => listOf(state, CLOSED_PROPOSALS_KEY)

/** A whole id from the beginning of one. Throws `PROPOSAL_NOT_FOUND`, `PROPOSAL_AMBIGUOUS`. */
export function fullId(state: StateReader, beginning: string): string {
  if (/^[0-9a-f]{64}$/.test(beginning)) return beginning
  const known = [...openProposals(state), ...closedProposals(state)]
  const found = /^[0-9a-f]{4,}$/.test(beginning) ? known.filter((id) => id.startsWith(beginning)) : []
  if (found.length === 1) return found[0]!
  const code = found.length === 0 ? 'PROPOSAL_NOT_FOUND' : 'PROPOSAL_AMBIGUOUS'
  throw new AppError(code, `${found.length === 0 ? 'No proposal' : 'More than one proposal'} begins with "${beginning}". Give the id, or four or more of its first digits; "proposal list" shows them.`, { given: beginning })
}

export async function viewOf(chain: Chain, beginning: string): Promise<ProposalView> {
  const { proposal, report, asked, outcome, height } = await chain.derive((state) => {
    const proposal = proposalAt(state, fullId(state, beginning))
    return { proposal, report: reportOf(state, proposal.id), ...reviewIntents(state, chain.worldId, proposal), height: state.height }
  })
  const checks = proposal.record.closed_height === null ? await checkIntent(outcome ?? asked, null) : []
  const summary = { ...summarize(outcome ?? asked), sentence: summarize(asked).sentence }
  return { ...proposal, height, report, summary, checks: checks.filter(({ check }) => !ABOUT_WHO_SIGNS.has(check)) }
}

const ABOUT_WHO_SIGNS: ReadonlySet<string> = new Set(['registered_key', 'not_own_proposal'])

/** What was asked for, and what would be signed where that is known and still open. Nobody signs these. */
function reviewIntents(state: StateReader, worldId: string, { id, record, manifest }: ProposalAt): { readonly asked: Intent; readonly outcome: Intent | null } {
  const frame = { world_id: worldId, actor: record.author, nonce: 1, valid_until_height: record.expires_height }
  const asked = { kind: 'propose', ...frame, proposal_id: id, proposal: contentOf(record), base_manifest: manifest } as unknown as Intent
  if (record.state !== 'shadowed') return { asked, outcome: null }
  try {
    return { asked, outcome: approveIntent(state, frame, id) }
  } catch (error) {
    if (error instanceof AppError) return { asked, outcome: null } // not for signing any more, or not yet
    throw error
  }
}

export function proposalJson({ id, record, report, summary, checks, height }: ProposalView, events: readonly WorldEvent[] | null): Readonly<Record<string, unknown>> {
  const { sentence, dangers, changes, shadow, hashes } = summary
  return {
    proposal_id: id, height, state: record.state, sentence: sentence.text, dangers, changes, shadow, hashes, checks, record, report,
    ...(events === null ? {} : { events: events.map(({ id: event_id, height: at, kind, payload }) => ({ id: event_id, height: at, kind, payload })) }),
  }
}

export function proposalText(view: ProposalView, events: readonly WorldEvent[], missing: number): string {
  const { id, record, summary, checks } = view
  const { threshold } = view.manifest.governance
  return [
    `proposal ${id}`,
    renderReview({ ...summary, facts: [] }, checks, null),
    section('Asked of the manifest', (record.patch ?? []).map((operation) => `${operation.op} ${operation.path.join('.')}${operation.op === 'set' ? ` = ${JSON.stringify(toJson(operation.value))}` : ''}`)).join('\n'),
    section('Where it stands', progress(view, threshold)).join('\n'),
    ...(record.rejections.length === 0 ? [] : [section('Against it', record.rejections.map(({ signer_id, reason }) => `${signer_id}: ${reason}`)).join('\n')]),
    section('What happened', [
      ...events.map(({ height, id: event, kind, payload }) => `${String(height).padStart(7)}  ${event.padEnd(10)} ${kind}${actorIn(payload)}`),
      ...(missing === 0 ? [] : [`${missing} blocks of that time are not stored in this node; "--from-genesis" fetches all of them`]),
    ]).join('\n'),
  ].filter((text) => text !== '').join('\n\n')
}

function actorIn(payload: object): string {
  const { actor, code, detail } = payload as { readonly actor?: unknown; readonly code?: unknown; readonly detail?: unknown }
  return `${typeof actor === 'string' ? ` by ${actor}` : ''}${typeof code === 'string' ? `: ${code} ${String(detail ?? '')}` : ''}`
}

/** The audit log in short, each step done or not. */
export function progress({ record, report }: Pick<ProposalView, 'record' | 'report'>, threshold: number): string[] {
  const { state, shadow, approvals, certificate, apply_height, closed_height, vetoes, proposed_height, expires_height } = record
  const step = (done: boolean, text: string): string => `${done ? '✔' : '·'} ${text}`
  return [
    step(true, `proposed in block ${proposed_height} by ${record.author}`),
    step(shadow !== null, shadow === null ? 'trial run under way' : trialText(shadow, report)),
    certificate?.scheme === 'frost'
      ? step(true, 'signed with the key of the group')
      : step(approvals.length >= threshold, `signed by ${approvals.length} of ${threshold}${approvals.length === 0 ? '' : `: ${approvals.map(({ signer_id }) => signer_id).join(', ')}`}`),
    step(certificate !== null, certificate === null ? 'no certificate yet' : `certificate (${certificate.scheme})`),
    ...(apply_height === null || state === 'applied' ? [] : [step(false, `takes effect in block ${apply_height}`)]),
    ...(vetoes.length === 0 ? [] : [step(true, `stopped by ${vetoes.map(({ guardian_id }) => guardian_id).join(', ')}`)]),
    closed_height === null ? step(false, `open until block ${expires_height}`) : step(state === 'applied', `${state} in block ${closed_height}${state === 'expired' && closed_height <= expires_height ? ': the manifest it rests on changed; propose it anew' : ''}`),
  ]
}

function trialText({ status, height }: NonNullable<ProposalAt['record']['shadow']>, report: ShadowReport | null): string {
  const codes = [...(report?.errors ?? []), ...(report?.warnings ?? [])].map(({ code }) => code)
  return `trial run ${status === 'warning' ? 'passed with warnings' : status} in block ${height}${codes.length === 0 ? '' : `: ${codes.join(', ')}`}`
}

/** Everything that mentions the proposal, as far as this node has the blocks. */
export async function historyOf(chain: Chain, { id, record }: ProposalAt): Promise<{ readonly events: readonly WorldEvent[]; readonly missing: number }> {
  const to = record.closed_height ?? chain.height()
  const events: WorldEvent[] = []
  let missing = 0
  for (let from: number | null = record.proposed_height, pages = 0; from !== null && pages < MAX_PAGES; pages++) {
    const page = await chain.eventsOf({ mentions: id, kind: null, from, to })
    events.push(...page.events.filter(({ kind }) => kind !== 'governance.shadow_progress'))
    missing += page.missing
    from = page.next
  }
  return { events, missing }
}

/** What to do next about a proposal, as a command. */
export function nextStep({ id, record, height }: Pick<ProposalView, 'id' | 'record' | 'height'>): string | null {
  const short = id.slice(0, 12)
  if (record.state === 'proposed') return `npm run aw -- proposal watch ${short} --until shadowed`
  if (record.state === 'shadowed' && record.shadow?.status === 'failed') return 'npm run aw -- proposal new …, mended: nobody can approve what failed its trial run'
  if (record.state === 'shadowed') return `npm run aw -- proposal rerun ${short}, then proposal approve ${short} --key FILE`
  if (record.state === 'queued' && record.apply_height !== null && record.apply_height > height) return `npm run aw -- proposal watch ${short}`
  if (record.state === 'queued') return `npm run aw -- proposal apply ${short} --key FILE (the last try failed; "proposal show ${short}" says why)`
  return null
}
