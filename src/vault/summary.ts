/**
 * An intent in words, made from the content that is signed and from nothing else (R5). In the order of the screen: sentence, dangers, changes, shadow,
 * facts, hashes; the proposer's own words stand apart and last. Every line has a code and values, for other languages.
 */
import { sha256, toHex } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import type { ProposalContent, ShadowReport } from './chain-forms.ts'
import { dangersOf, needsSecondDevice, shown } from './dangers.ts'
import { withHex } from './hex-fields.ts'
import type { Intent, IntentOf, ProposalIntent } from './intent.ts'
import { diffLists, diffManifests } from './manifest-diff.ts'
import type { ManifestChange } from './manifest-diff.ts'
import { nextManifestOf, own } from './next-manifest.ts'
import { readableText, readableValue } from './readable-text.ts'
import { line, lineOf } from './summary-line.ts'
import type { SummaryLine } from './summary-line.ts'

/** Keys and signatures are shown whole. */
const MAX_BYTES_SHOWN = 64

export interface IntentSummary {
  readonly sentence: SummaryLine
  readonly dangers: readonly SummaryLine[]
  readonly changes: readonly SummaryLine[]
  readonly shadow: readonly SummaryLine[]
  /** What only the world can confirm: heights, the number of the action. */
  readonly facts: readonly SummaryLine[]
  /** Whole, never cut (R6). `recomputed` where it was made from the content of the intent, not just stated in it. */
  readonly hashes: readonly { readonly name: string; readonly hex: string; readonly recomputed: boolean }[]
  /** In the proposer's words: a claim, made safe to show. Null where there is none. */
  readonly note: { readonly title: string; readonly description: string } | null
  /** Who may sign, a threshold or the rules of signing change, or the world goes back: compare on a second device (R13). */
  readonly strict: boolean
}

export function summarize(intent: Intent): IntentSummary {
  return intent.kind === 'world_action' ? summarizeAction(intent) : summarizeProposal(intent)
}

function summarizeAction(intent: IntentOf<'world_action'>): IntentSummary {
  const { kind, ...fields } = intent.action
  const changes = Object.entries(fields).map(([name, value]) => line('field', { name: readableText(name), value: fieldText(value) }))
  return {
    sentence: line('world_action', { actor: intent.actor, kind }),
    dangers: [], changes, shadow: [], facts: factsOf(intent), hashes: [], note: null, strict: false,
  }
}

/** Bytes that nobody reads, such as those of a module, by what tells them from others. */
function fieldText(value: Value): string {
  return value instanceof Uint8Array && value.length > MAX_BYTES_SHOWN ? `${value.length} bytes, SHA-256 ${toHex(sha256(value))}` : readableValue(withHex(value))
}

function summarizeProposal(intent: ProposalIntent): IntentSummary {
  const { proposal } = intent
  const changes = changesOf(intent)
  const outcome = 'certificate' in intent ? intent : null
  const stated = proposal.rollback === null ? [] : [{ name: 'state_root', hex: proposal.rollback.state_root, recomputed: false }]
  return {
    sentence: sentenceOf(intent, changes),
    dangers: dangersOf(intent, changes),
    changes: [...moduleLines(intent), ...misfitLines(intent), ...changes.filter(({ path }) => path[0] !== 'modules').flatMap(changeLines)],
    shadow: outcome === null ? [] : shadowLines(outcome.report),
    facts: factsOf(intent),
    hashes: [
      { name: 'proposal_id', hex: intent.proposal_id, recomputed: true },
      { name: 'base_manifest_hash', hex: proposal.base_manifest_hash, recomputed: true },
      ...stated,
      ...(outcome === null
        ? []
        : (['manifest_hash', 'report_hash', 'signer_set_hash', 'block_hash'] as const).map((name) => ({ name, hex: outcome.certificate[name], recomputed: name !== 'block_hash' }))),
    ],
    note: { title: readableText(proposal.title), description: readableText(proposal.description, true) },
    strict: needsSecondDevice(proposal, changes),
  }
}

/** How the manifest becomes another: as the intent has it, or as the proposal says where that is no part of it. */
function changesOf(intent: ProposalIntent): readonly ManifestChange[] {
  const { base_manifest, proposal } = intent
  const next = 'next_manifest' in intent ? intent.next_manifest : nextManifestOf(base_manifest, proposal, null).manifest
  return diffManifests(base_manifest, next).filter(({ path }) => path.length > 1 || path[0] !== 'version')
}

function sentenceOf(intent: ProposalIntent, changes: readonly ManifestChange[]): SummaryLine {
  const parts = partsOf(intent.proposal, changes)
  const { actor } = intent
  if (intent.kind !== 'reject_proposal') return lineOf(intent.kind, parts, { actor })
  const reason = readableText(intent.reason)
  const isAuthor = intent.proposal.author === actor
  if (reason.trim() === '') return lineOf(isAuthor ? 'withdraw_without_reason' : 'reject_without_reason', parts, { actor })
  return lineOf(isAuthor ? 'withdraw_proposal' : 'reject_proposal', parts, { actor, reason })
}

function partsOf({ module_changes: { register, upgrade, activate, deactivate }, patch, rollback }: ProposalContent, changes: readonly ManifestChange[]): readonly SummaryLine[] {
  const settings = changes.filter(({ path: [top, part] }) => top !== 'modules' && !(top === 'governance' && part === 'epoch_id'))
  const parts = [
    ...(rollback === null ? [] : [line('go_back', { height: rollback.height })]),
    ...upgrade.map(({ module_id, from_version, to_version }) => line('replace_module', { module_id, from_version, to_version })),
    ...register.map(({ module_id, version }) => line('register_module', { module_id, version })),
    ...activate.map(({ module_id, version }) => line('activate_module', { module_id, version })),
    ...deactivate.map(({ module_id }) => line('deactivate_module', { module_id })),
    ...(patch === null
      ? settings.map(({ path, after }) => line(after === undefined ? 'remove' : 'set', { path: readableText(path.join('.')) }))
      : patch.map(({ op, path }) => line(op, { path: readableText(path.join('.')) }))),
  ]
  return parts.length === 0 ? [line('change_nothing')] : parts
}

function moduleLines(intent: ProposalIntent): SummaryLine[] {
  const { rollback, module_changes: { register, upgrade, activate, deactivate } } = intent.proposal
  return [
    ...(rollback === null || !('next_manifest' in intent) ? [] : modulesBack(intent)),
    ...upgrade.map(({ module_id, from_version, to_version, wasm_hash }) => line('module_upgrade', { module_id, from_version, to_version, wasm_hash })),
    ...register.map(({ module_id, version, wasm_hash }) => line('module_register', { module_id, version, wasm_hash })),
    ...activate.map(({ module_id, version }) => line('module_activate', { module_id, version })),
    ...deactivate.map(({ module_id, reason }) => line('module_deactivate', { module_id, reason: readableText(reason) })),
  ]
}

function modulesBack({ base_manifest, next_manifest }: IntentOf<'approve_proposal' | 'apply_proposal'>): SummaryLine[] {
  const [before, after] = [base_manifest.modules, next_manifest.modules]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((module_id) => {
    const [was, is] = [own(before, module_id), own(after, module_id)]
    return was?.wasm_hash === is?.wasm_hash && was?.version === is?.version ? [] : [line('module_back', { module_id: readableText(module_id), before: shown(was), after: shown(is) })]
  })
}

function misfitLines({ base_manifest, proposal }: ProposalIntent): SummaryLine[] {
  return nextManifestOf(base_manifest, proposal, null).misfits.map((path) => line('misfit', { path: readableText(path) }))
}

/** Lists entry by entry where their entries have names. */
function changeLines({ path, before, after }: ManifestChange): SummaryLine[] {
  const at = readableText(path.join('.'))
  const entries = diffLists(before, after)
  if (entries === null) return [line('setting', { path: at, before: shown(before), after: shown(after) })]
  return entries.map((entry) => {
    const code = entry.before === undefined ? 'entry_added' : entry.after === undefined ? 'entry_removed' : 'entry_changed'
    return line(code, { path: at, id: readableText(entry.id), before: shown(entry.before), after: shown(entry.after) })
  })
}

function shadowLines({ status, replay }: ShadowReport): SummaryLine[] {
  const differences = (code: 'shadow_event' | 'shadow_rejection', counts: Readonly<Record<string, number>>): SummaryLine[] =>
    Object.entries(counts).filter(([, count]) => count !== 0).map(([name, count]) => line(code, { name: readableText(name), count: signed(count) }))
  const { from_height, to_height, blocks, actions, balances, fuel } = replay
  return [
    line('shadow', { from_height, to_height, blocks, actions, status }),
    ...differences('shadow_event', replay.events),
    ...differences('shadow_rejection', replay.rejections),
    ...(balances.electricity === 0 ? [] : [line('shadow_electricity', { difference: signed(balances.electricity) })]),
    ...(balances.data === 0 ? [] : [line('shadow_data', { difference: signed(balances.data) })]),
    ...(fuel === 0 ? [] : [line('shadow_fuel', { difference: signed(fuel) })]),
  ]
}

function factsOf(intent: Intent): SummaryLine[] {
  const { world_id, actor, nonce, valid_until_height } = intent
  return [
    line('world', { world_id }),
    line('actor', { actor, nonce, valid_until_height }),
    ...(intent.kind === 'approve_proposal' && intent.reason !== undefined ? [line('reason', { reason: readableText(intent.reason) })] : []),
    ...('certificate' in intent ? certificateFacts(intent) : []),
  ]
}

function certificateFacts({ certificate }: IntentOf<'approve_proposal' | 'apply_proposal'>): SummaryLine[] {
  const { consensus_height, epoch_id, required_signers, expires_height } = certificate
  const bound = line('certificate', { consensus_height, epoch_id, required_signers, expires_height })
  if (!('scheme' in certificate)) return [bound]
  if (certificate.scheme === 'frost') return [bound, line('certificate_group')]
  return [bound, line('certificate_signers', { signers: certificate.signatures.map(({ signer_id }) => signer_id).join(', ') })]
}

const signed = (count: number): string => (count > 0 ? `+${count}` : String(count))
