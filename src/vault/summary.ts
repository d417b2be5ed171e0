/**
 * An intent in words, made from the content that is signed and from nothing else (R5). In the order of the screen: sentence, dangers, changes, shadow,
 * facts, hashes; the proposer's own words stand apart and last. Every line has a code and values, for other languages.
 */
import type { Value } from '../codec/index.ts'
import type { ProposalContent, ShadowReport } from './chain-forms.ts'
import { withHex } from './hex-fields.ts'
import type { Intent, IntentOf, ProposalIntent } from './intent.ts'
import { diffManifests } from './manifest-diff.ts'
import type { ManifestChange } from './manifest-diff.ts'
import { readableText, readableValue } from './readable-text.ts'

export interface SummaryLine {
  readonly code: string
  readonly values: Readonly<Record<string, string | number>>
  /** In English; all values are safe to show. */
  readonly text: string
}

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
  /** The roster, a threshold or the rules of signing change: compare on a second device (R13). */
  readonly strict: boolean
}

type Values = SummaryLine['values']

function line(code: string, text: string, values: Values = {}): SummaryLine {
  return { code, values, text: text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])) }
}

export function summarize(intent: Intent): IntentSummary {
  return intent.kind === 'world_action' ? summarizeAction(intent) : summarizeProposal(intent)
}

function summarizeAction(intent: IntentOf<'world_action'>): IntentSummary {
  const { kind, ...fields } = intent.action
  const changes = Object.entries(fields).map(([name, value]) => line('field', '{name}: {value}', { name: readableText(name), value: shown(value as Value) }))
  return {
    sentence: line('world_action', '{actor} does {kind}.', { actor: intent.actor, kind }),
    dangers: [], changes, shadow: [], facts: factsOf(intent), hashes: [], note: null, strict: false,
  }
}

function summarizeProposal(intent: ProposalIntent): IntentSummary {
  const changes = changesOf(intent)
  const strict = changes.some(({ path }) => path[0] === 'governance' || path[0] === 'trusted_signers')
  const outcome = 'certificate' in intent ? intent : null
  const { title, description } = intent.proposal
  return {
    sentence: sentenceOf(intent),
    dangers: dangersOf(intent, changes),
    changes: [...moduleLines(intent.proposal), ...changes.filter(({ path }) => path[0] !== 'modules').map(changeLine)],
    shadow: outcome === null ? [] : shadowLines(outcome.report),
    facts: factsOf(intent),
    hashes: [
      { name: 'proposal_id', hex: intent.proposal_id, recomputed: true },
      { name: 'base_manifest_hash', hex: intent.proposal.base_manifest_hash, recomputed: true },
      ...(outcome === null
        ? []
        : (['manifest_hash', 'report_hash', 'signer_set_hash', 'block_hash'] as const).map((name) => ({ name, hex: outcome.certificate[name], recomputed: name !== 'block_hash' }))),
    ],
    note: { title: readableText(title), description: readableText(description, true) },
    strict,
  }
}

/** What the manifest becomes where that is part of the intent, what the patch asks for where it is not. */
function changesOf(intent: ProposalIntent): readonly ManifestChange[] {
  if ('next_manifest' in intent) return diffManifests(intent.base_manifest, intent.next_manifest)
  return (intent.proposal.patch ?? []).map((operation) => {
    let before: Value | undefined = intent.base_manifest as unknown as Value
    for (const name of operation.path) before = Object.hasOwn(Object(before) as object, name) ? (before as Readonly<Record<string, Value>>)[name] : undefined
    return { path: operation.path, before, after: operation.op === 'set' ? operation.value : undefined }
  })
}

const SENTENCES: Readonly<Record<ProposalIntent['kind'], string>> = {
  propose: '{actor} proposes to {what}.',
  approve_proposal: '{actor} approves: {what}.',
  reject_proposal: '{actor} rejects the proposal to {what}: {reason}',
  veto_proposal: '{actor} stops the queued proposal to {what}.',
  apply_proposal: '{actor} puts into effect: {what}.',
}

function sentenceOf(intent: ProposalIntent): SummaryLine {
  const what = whatOf(intent.proposal)
  const reason = intent.kind === 'reject_proposal' ? { reason: readableText(intent.reason) } : {}
  return line(intent.kind, SENTENCES[intent.kind], { actor: intent.actor, what, ...reason })
}

function whatOf({ module_changes: { register, upgrade, activate, deactivate }, patch }: ProposalContent): string {
  const parts = [
    ...upgrade.map(({ module_id, from_version, to_version }) => `replace module ${module_id} ${from_version} → ${to_version}`),
    ...register.map(({ module_id, version }) => `register module ${module_id} ${version}`),
    ...activate.map(({ module_id, version }) => `activate module ${module_id} ${version}`),
    ...deactivate.map(({ module_id }) => `switch off module ${module_id}`),
    ...(patch ?? []).map(({ op, path }) => `${op === 'set' ? 'set' : 'remove'} ${readableText(path.join('.'))}`),
  ]
  return parts.length === 0 ? 'change nothing' : parts.join(', ')
}

function moduleLines({ module_changes: { register, upgrade, activate, deactivate } }: ProposalContent): SummaryLine[] {
  return [
    ...upgrade.map(({ module_id, from_version, to_version, wasm_hash }) =>
      line('module_upgrade', 'Module {module_id}: {from_version} → {to_version}, code {wasm_hash}', { module_id, from_version, to_version, wasm_hash })),
    ...register.map(({ module_id, version, wasm_hash }) =>
      line('module_register', 'Module {module_id} {version} is registered, code {wasm_hash}', { module_id, version, wasm_hash })),
    ...activate.map(({ module_id, version }) => line('module_activate', 'Module {module_id} {version} is activated', { module_id, version })),
    ...deactivate.map(({ module_id, reason }) => line('module_deactivate', 'Module {module_id} is switched off: {reason}', { module_id, reason: readableText(reason) })),
  ]
}

function changeLine({ path, before, after }: ManifestChange): SummaryLine {
  return line('setting', '{path}: {before} → {after}', { path: readableText(path.join('.')), before: shown(before), after: shown(after) })
}

/** Settings under `governance` whose change moves power, and how to say it. */
const POWER: Readonly<Record<string, string>> = {
  signers: 'Who may sign changes: the list of signers becomes another.',
  threshold: 'How many signers a change needs: {before} → {after}.',
  guardians: 'Who may stop a change: the list of guardians becomes another.',
  guardian_threshold: 'How many guardians stop a change: {before} → {after}.',
  authors_may_approve: 'Authors may approve their own proposals: {before} → {after}.',
  timelock_blocks: 'Time between certificate and effect, in blocks: {before} → {after}.',
  shadow_policy: 'How trial runs are judged: {before} → {after}.',
  limits_max: 'Limits modules may ask for: {before} → {after}.',
}

function dangersOf(intent: ProposalIntent, changes: readonly ManifestChange[]): SummaryLine[] {
  return [...powerDangers(changes), ...moduleDangers(intent.proposal), ...timeDangers(intent), ...('report' in intent ? reportDangers(intent.report) : [])]
}

function powerDangers(changes: readonly ManifestChange[]): SummaryLine[] {
  return changes.flatMap(({ path: [top, setting = ''], before, after }) => {
    if (top === 'trusted_signers') return [line('trusted_signers', 'Whose modules the world trusts: {setting} {before} → {after}.', { setting: readableText(setting), before: shown(before), after: shown(after) })]
    if (top !== 'governance' || setting === 'epoch_id') return []
    const text = Object.hasOwn(POWER, setting) ? POWER[setting]! : 'A rule of governance, {setting}: {before} → {after}.'
    return [line(`governance.${setting}`, text, { setting: readableText(setting), before: shown(before), after: shown(after) })]
  })
}

function moduleDangers({ module_changes: { register, upgrade, deactivate } }: ProposalContent): SummaryLine[] {
  const manifests = [...register, ...upgrade.map(({ manifest }) => manifest)]
  return [
    ...upgrade.map(({ module_id }) => line('code_replaced', 'The code of {module_id} is replaced; what it does from then on follows from the new code alone.', { module_id })),
    ...deactivate.map(({ module_id }) => line('rule_off', '{module_id} stops working: what it forbids, charges or rewards ends.', { module_id })),
    ...manifests.flatMap((manifest) => {
      const { module_id } = manifest
      const asked = manifest['required_caps']
      const caps = Array.isArray(asked) ? asked.filter((cap): cap is string => typeof cap === 'string') : []
      const reach = isBeforeActions(manifest['subscriptions']) ? [line('may_deny', '{module_id} is asked before actions: it can refuse them or raise what they cost.', { module_id })] : []
      return [...caps.map((cap) => line('capability', '{module_id} asks to act outside the world: {cap}.', { module_id, cap: readableText(cap) })), ...reach]
    }),
  ]
}

function isBeforeActions(subscriptions: Value | undefined): boolean {
  return typeof subscriptions === 'object' && subscriptions !== null && 'stage' in subscriptions && subscriptions['stage'] === 'pre_action'
}

function timeDangers(intent: ProposalIntent): SummaryLine[] {
  const { timelock_blocks, threshold } = intent.base_manifest.governance
  if (intent.kind === 'approve_proposal' && timelock_blocks <= 1) {
    return [line('no_delay', 'With the last of {threshold} signatures it takes effect at the next block; nobody can stop it then.', { threshold })]
  }
  if (intent.kind === 'approve_proposal' || intent.kind === 'apply_proposal') return [line('final', 'Once applied it is undone only by another proposal.')]
  return []
}

function reportDangers({ status, warnings, replay }: ShadowReport): SummaryLine[] {
  return [
    ...(status === 'passed' ? [] : [line('shadow_status', 'The trial run did not simply pass: {status}.', { status })]),
    ...warnings.map(({ code, module_id, detail }) =>
      line('shadow_warning', 'The trial run warns: {warning} {module_id} {detail}', { warning: readableText(code), module_id: readableText(module_id ?? ''), detail: readableText(detail) })),
    ...(replay.budget_exceeded ? [line('shadow_budget', 'The trial run ended early: its budget was used up.')] : []),
  ]
}

function shadowLines({ status, replay }: ShadowReport): SummaryLine[] {
  const differences = (kind: 'event' | 'rejection', counts: Readonly<Record<string, number>>): SummaryLine[] =>
    Object.entries(counts).filter(([, count]) => count !== 0).map(([name, count]) => line(`shadow_${kind}`, `${kind} {name}: {count}`, { name: readableText(name), count: signed(count) }))
  const { from_height, to_height, blocks, actions, balances, fuel } = replay
  return [
    line('shadow', 'Trial run over heights {from_height}–{to_height} ({blocks} blocks, {actions} actions): {status}', { from_height, to_height, blocks, actions, status }),
    ...differences('event', replay.events),
    ...differences('rejection', replay.rejections),
    ...(balances.electricity === 0 ? [] : [line('shadow_electricity', 'electricity of all agents: {difference}', { difference: signed(balances.electricity) })]),
    ...(balances.data === 0 ? [] : [line('shadow_data', 'data of all agents: {difference}', { difference: signed(balances.data) })]),
    ...(fuel === 0 ? [] : [line('shadow_fuel', 'fuel: {difference}', { difference: signed(fuel) })]),
  ]
}

function factsOf(intent: Intent): SummaryLine[] {
  const { world_id, actor, nonce, valid_until_height } = intent
  const certificate = 'certificate' in intent ? intent.certificate : null
  return [
    line('world', 'World {world_id}', { world_id }),
    line('actor', 'Signed as {actor}, action number {nonce}, valid until height {valid_until_height}', { actor, nonce, valid_until_height }),
    ...(certificate === null ? [] : [
      line('certificate', 'Bound to height {consensus_height}, epoch {epoch_id}, {required_signers} signers needed, expires at height {expires_height}', {
        consensus_height: certificate.consensus_height, epoch_id: certificate.epoch_id, required_signers: certificate.required_signers, expires_height: certificate.expires_height,
      }),
    ]),
  ]
}

const signed = (count: number): string => (count > 0 ? `+${count}` : String(count))
const shown = (value: Value | undefined): string => readableValue(withHex(value))
