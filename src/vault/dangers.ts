import type { Value, ValueMap } from '../codec/index.ts'
import type { ProposalContent, ShadowReport } from './chain-forms.ts'
import { withHex } from './hex-fields.ts'
import type { ProposalIntent } from './intent.ts'
import { diffLists } from './manifest-diff.ts'
import type { EntryChange, ManifestChange } from './manifest-diff.ts'
import { isMap, own } from './next-manifest.ts'
import { readableText, readableValue } from './readable-text.ts'
import { line, SUMMARY_CODES } from './summary-line.ts'
import type { SummaryCode, SummaryLine } from './summary-line.ts'

/** What a signer must not overlook, most powerful first. `changes` are those of the manifest. */
export function dangersOf(intent: ProposalIntent, changes: readonly ManifestChange[]): SummaryLine[] {
  return [
    ...changes.flatMap(powerDangers), ...rollbackDangers(intent.proposal), ...moduleDangers(intent.proposal), ...timeDangers(intent),
    ...('report' in intent ? reportDangers(intent.report) : []),
  ]
}

/** Changes of who may sign, or of what is signed by whom (R13): they are compared on a second device. */
export function needsSecondDevice({ rollback }: ProposalContent, changes: readonly ManifestChange[]): boolean {
  return rollback !== null || changes.some(({ path: [top, part] }) => top !== 'modules' && top !== 'version' && (top !== 'effects' || part === 'executors'))
}

type Party = 'signer' | 'guardian' | 'trusted' | 'executor'

function powerDangers(change: ManifestChange): SummaryLine[] {
  const { path: [top, part = '', ...rest], before, after } = change
  if (top === 'version' || top === 'modules' || (top === 'governance' && part === 'epoch_id')) return []
  if (top === 'trusted_signers') return [partyLine('trusted', { id: part, before, after })]
  if (top === 'effects' && part === 'grants' && rest.length > 0) return grantDangers(rest, before, after)
  const party = top === 'governance' && part === 'signers' ? 'signer' : top === 'governance' && part === 'guardians' ? 'guardian' : top === 'effects' && part === 'executors' ? 'executor' : null
  const entries = party === null ? null : rest.length > 0 ? [{ id: rest.join('.'), before, after }] : diffLists(before, after)
  if (party !== null && entries !== null) return entries.map((entry) => partyLine(party, entry))
  const setting = readableText((top === 'governance' ? [part, ...rest] : change.path.slice(1)).join('.'))
  return [line(settingCode(top, part, before, after), { setting, before: shown(before), after: shown(after) })]
}

function settingCode(top: string | undefined, part: string, before: Value | undefined, after: Value | undefined): SummaryCode {
  if (top === 'governance' && part === 'limits_max') return typeof before === 'number' && typeof after === 'number' && after < before ? 'governance.limit_lowered' : 'governance.limit_raised'
  const code = SUMMARY_CODES.find((known) => known === `${top}.${part}`)
  return code ?? (top === 'governance' ? 'governance.other' : top === 'effects' ? 'effects.other' : 'manifest_other')
}

function partyLine(party: Party, { id, before, after }: EntryChange): SummaryLine {
  const how = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return line(`${party}_${how}`, { id: readableText(id), before: shown(keyOf(before)), after: shown(keyOf(after)) })
}

/** `path` leads from the grants to those of a module, to one of them, or into it. */
function grantDangers([module_id, name, ...deeper]: readonly string[], before: Value | undefined, after: Value | undefined): SummaryLine[] {
  if (name === undefined) {
    const [was, is] = [isMap(before) ? before : {}, isMap(after) ? after : {}]
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((each) => grantDangers([module_id!, each], own(was, each), own(is, each)))
  }
  const how = deeper.length > 0 ? 'changed' : before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return [line(`grant_${how}`, { module_id: readableText(module_id!), id: readableText([name, ...deeper].join(' ')), before: shown(before), after: shown(after) })]
}

/** Of an entry that is a key with its name, the key. */
function keyOf(entry: Value | undefined): Value | undefined {
  const key = isMap(entry) && Object.keys(entry).length === 2 ? own(entry, 'public_key') : undefined
  return key ?? entry
}

function rollbackDangers({ rollback }: ProposalContent): SummaryLine[] {
  if (rollback === null) return []
  const { height } = rollback
  return [line('rollback', { height }), line('rollback_agents', { height }), line('rollback_modules', { height })]
}

function moduleDangers({ module_changes: { register, upgrade, activate, deactivate } }: ProposalContent): SummaryLine[] {
  const manifests: readonly ({ readonly module_id: string } & ValueMap)[] = [...register, ...upgrade.map(({ manifest }) => manifest)]
  return [
    ...upgrade.map(({ module_id }) => line('code_replaced', { module_id })),
    ...activate.map(({ module_id, version }) => line('code_starts', { module_id, version })),
    ...deactivate.map(({ module_id }) => line('rule_off', { module_id })),
    ...manifests.flatMap((manifest) => {
      const { module_id } = manifest
      const asked = own<Value>(manifest, 'required_caps')
      const caps = Array.isArray(asked) ? (asked as readonly Value[]).filter((cap) => typeof cap === 'string') : []
      const reach = isBeforeActions(own<Value>(manifest, 'subscriptions')) ? [line('may_deny', { module_id })] : []
      return [...caps.map((cap) => line('capability', { module_id, cap: readableText(cap) })), ...reach]
    }),
  ]
}

function isBeforeActions(subscriptions: Value | undefined): boolean {
  return isMap(subscriptions) && own(subscriptions, 'stage') === 'pre_action'
}

function timeDangers(intent: ProposalIntent): SummaryLine[] {
  const { timelock_blocks, threshold } = intent.base_manifest.governance
  if (intent.kind === 'approve_proposal' && timelock_blocks <= 1) return [line('no_delay', { threshold })]
  return intent.kind === 'approve_proposal' || intent.kind === 'apply_proposal' ? [line('final')] : []
}

function reportDangers({ status, errors, warnings, replay }: ShadowReport): SummaryLine[] {
  const refused = Object.values(replay.rejections).reduce((sum, count) => sum + count, 0)
  return [
    ...(status === 'failed' ? [line('shadow_failed')] : []),
    ...errors.map(({ code, module_id, detail }) => line('shadow_error', { error: readableText(code), module_id: readableText(module_id), detail: readableText(detail) })),
    ...warnings.filter(({ code }) => code !== 'SHADOW_BUDGET_EXCEEDED').map(({ code, module_id, detail }) => (
      line(code === 'LIMITS_HIGH' ? 'limits_high' : 'shadow_warning', { warning: readableText(code), module_id: readableText(module_id), detail: readableText(detail) })
    )),
    ...(replay.budget_exceeded ? [line('shadow_budget')] : []),
    ...(replay.blocks === 0 ? [line('shadow_none')] : []),
    ...(refused > 0 ? [line('more_rejections', { count: refused })] : []),
    ...(replay.fuel > 0 ? [line('fuel_higher', { difference: replay.fuel })] : []),
  ]
}

/** Any value of a manifest as people read it, whole: behind a cut could stand what the signer must not overlook. */
export const shown = (value: Value | undefined): string => readableValue(withHex(value), Infinity)
