/** Every sentence a summary is made of, in English. Other languages translate by code; `{name}` stands for a value of the line. */
const TEXTS = {
  // What an intent does. `{what}` is made of the line's parts.
  propose: '{actor} proposes to {what}.',
  approve_proposal: '{actor} approves: {what}.',
  reject_proposal: '{actor} rejects the proposal to {what}: {reason}',
  reject_without_reason: '{actor} rejects the proposal to {what}.',
  withdraw_proposal: '{actor} withdraws its proposal to {what}: {reason}',
  withdraw_without_reason: '{actor} withdraws its proposal to {what}.',
  veto_proposal: '{actor} stops the proposal to {what}.',
  apply_proposal: '{actor} puts into effect: {what}.',
  world_action: '{actor} does {kind}.',
  // Its parts.
  replace_module: 'replace module {module_id} {from_version} → {to_version}',
  register_module: 'register module {module_id} {version}',
  activate_module: 'activate module {module_id} {version}',
  deactivate_module: 'switch off module {module_id}',
  set: 'set {path}',
  remove: 'remove {path}',
  go_back: 'take the world back to height {height}',
  change_nothing: 'change nothing',
  // Dangers: who has power.
  signer_added: 'A signer is added: {id}, key {after}.',
  signer_removed: 'A signer is removed: {id}.',
  signer_changed: 'The key of signer {id} becomes another: {before} → {after}.',
  guardian_added: 'A guardian is added: {id}, key {after}. Guardians can stop changes.',
  guardian_removed: 'A guardian is removed: {id}. Guardians can stop changes.',
  guardian_changed: 'The key of guardian {id} becomes another: {before} → {after}.',
  trusted_added: 'Modules signed by {id} are trusted from then on, key {after}.',
  trusted_removed: 'Modules signed by {id} are trusted no longer.',
  trusted_changed: 'The key of {id}, whose modules are trusted, becomes another: {before} → {after}.',
  executor_added: 'What {id} says of the outside world counts from then on: {after}.',
  executor_removed: 'What {id} says of the outside world counts no longer.',
  executor_changed: 'Who answers for the outside world as {id} becomes another: {before} → {after}.',
  grant_added: '{module_id} may ask the outside world as {id} from then on: {after}.',
  grant_removed: '{module_id} may no longer ask the outside world as {id}.',
  grant_changed: 'What {module_id} may ask the outside world as {id} changes: {before} → {after}.',
  'effects.policies': 'Which effects are allowed changes: {setting} {before} → {after}.',
  'effects.other': 'How effects are handled changes: {setting} {before} → {after}.',
  'governance.threshold': 'How many signers a change needs: {before} → {after}.',
  'governance.guardian_threshold': 'How many guardians stop a change: {before} → {after}.',
  'governance.group_key': 'The key that signatures of the group of signers verify under: {before} → {after}.',
  'governance.authors_may_approve': 'Authors may approve their own proposals: {before} → {after}.',
  'governance.proposal_ttl_blocks': 'Blocks until a proposal expires: {before} → {after}.',
  'governance.timelock_blocks': 'Time between certificate and effect, in blocks: {before} → {after}.',
  'governance.shadow_blocks': 'Blocks that trial runs run again: {before} → {after}.',
  'governance.shadow_fuel_budget': 'Fuel of a trial run: {before} → {after}.',
  'governance.shadow_policy': 'How trial runs are judged, {setting}: {before} → {after}.',
  'governance.checkpoint_blocks': 'Blocks between checkpoints to go back to: {before} → {after}.',
  'governance.limit_raised': 'Modules may ask for more, {setting}: {before} → {after}.',
  'governance.limit_lowered': 'Modules may ask for less, {setting}: {before} → {after}.',
  'governance.other': 'A rule of governance, {setting}: {before} → {after}.',
  manifest_other: 'A part of the world’s manifest that is not known here, {setting}: {before} → {after}.',
  // Dangers: going back.
  rollback: 'The world goes back to height {height}: what agents did and earned since is undone.',
  rollback_agents: 'Agents registered since height {height} stay, with nothing.',
  rollback_modules: 'The modules become those of height {height}.',
  // Dangers: modules.
  code_replaced: 'The code of {module_id} is replaced; what it does from then on follows from the new code alone.',
  code_starts: '{module_id} {version} starts to run; what it does follows from its code alone.',
  rule_off: '{module_id} stops working: what it forbids, charges or rewards ends.',
  capability: '{module_id} asks to act outside the world: {cap}.',
  may_deny: '{module_id} is asked before actions: it can refuse them or raise what they cost.',
  // Dangers: time.
  no_delay: 'With the last of {threshold} signatures it takes effect at the next block; nobody can stop it then.',
  final: 'Once applied it is undone only by another proposal.',
  // Dangers: the trial run.
  shadow_failed: 'The trial run failed.',
  shadow_error: 'The trial run found an error: {error} {module_id} {detail}',
  limits_high: '{module_id} may use nearly all that a module is allowed: {detail}',
  shadow_warning: 'The trial run warns: {warning} {module_id} {detail}',
  shadow_budget: 'The trial run ended early: its budget was used up.',
  shadow_none: 'The trial run ran no block again: it says nothing of what would come out differently.',
  fuel_higher: 'Modules burned {difference} more fuel in the trial run: who pays for their calls pays more.',
  more_rejections: 'In the trial run {count} more actions were refused.',
  // What changes.
  module_upgrade: 'Module {module_id}: {from_version} → {to_version}, code {wasm_hash}',
  module_register: 'Module {module_id} {version} is registered, code {wasm_hash}',
  module_activate: 'Module {module_id} {version} is activated',
  module_deactivate: 'Module {module_id} is switched off: {reason}',
  module_back: 'Module {module_id}: {before} → {after}',
  setting: '{path}: {before} → {after}',
  entry_added: '{path}: {id} is added, {after}',
  entry_removed: '{path}: {id} is removed',
  entry_changed: '{path}, {id}: {before} → {after}',
  misfit: '{path}: the patch does not fit here, the world would refuse it',
  field: '{name}: {value}',
  // What the trial run found.
  shadow: 'Trial run over heights {from_height}–{to_height} ({blocks} blocks, {actions} actions): {status}',
  shadow_event: 'event {name}: {count}',
  shadow_rejection: 'rejection {name}: {count}',
  shadow_electricity: 'electricity of all agents: {difference}',
  shadow_data: 'data of all agents: {difference}',
  shadow_fuel: 'fuel: {difference}',
  // What only the world can confirm.
  world: 'World {world_id}',
  actor: 'Signed as {actor}, action number {nonce}, valid until height {valid_until_height}',
  reason: 'Signed although not every check was conclusive; the reason given: {reason}',
  certificate: 'Bound to height {consensus_height}, epoch {epoch_id}, {required_signers} signers needed, expires at height {expires_height}',
  certificate_signers: 'Signed by {signers}',
  certificate_group: 'Signed by the group of signers with one key',
} as const

export type SummaryCode = keyof typeof TEXTS
/** Every code a line can have. */
export const SUMMARY_CODES = Object.keys(TEXTS) as readonly SummaryCode[]

export interface SummaryLine {
  readonly code: SummaryCode
  readonly values: Readonly<Record<string, string | number>>
  /** In English; all values are safe to show. */
  readonly text: string
  /** Of a sentence: what `{what}` is made of, in order, joined by commas. */
  readonly parts?: readonly SummaryLine[]
}

export function line(code: SummaryCode, values: SummaryLine['values'] = {}): SummaryLine {
  return { code, values, text: TEXTS[code].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name])) }
}

/** A line whose `{what}` is made of others. */
export function lineOf(code: SummaryCode, parts: readonly SummaryLine[], values: SummaryLine['values']): SummaryLine {
  return { ...line(code, { ...values, what: parts.map(({ text }) => text).join(', ') }), parts }
}
