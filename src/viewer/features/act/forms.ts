/** Forms of the actions beyond the basics: which fields each has, and the action they make. Pure. */
import type { Value, ValueMap } from '../../../codec/index.ts'
import { MATERIAL_KINDS, ORES } from '../../../world/index.ts'
import type { PageCatalog } from '../../i18n/pages/index.ts'
import { HIDDEN, wholeNumber } from './intents.ts'

export type FormGroup = Exclude<keyof PageCatalog['act']['groups'], 'basics'>
export type FormKind = keyof PageCatalog['act']['does']
export type FieldName = keyof PageCatalog['act']['fields']
export type Choice = keyof PageCatalog['act']['choices']

/** An action as it will be signed. */
export type FormIntent = ValueMap & { readonly kind: FormKind }

interface FieldBase {
  readonly name: FieldName
  readonly initial: string
  readonly hint?: keyof PageCatalog['act']['hints']
}

export type FieldSpec = FieldBase & (
  | { readonly type: 'int'; readonly max: number }
  /** One of the words of the catalogue. */
  | { readonly type: 'choice'; readonly options: readonly Choice[] }
  /** One of a list of names of the world. */
  | { readonly type: 'name'; readonly options: readonly string[] }
  | { readonly type: 'text'; readonly max: number; readonly mayBeEmpty?: boolean }
  /** `agent/<32 hex>`; empty means null where `mayBeEmpty`. */
  | { readonly type: 'agent'; readonly mayBeEmpty?: boolean }
  /** Cargo or factory; empty means the own cargo. */
  | { readonly type: 'ledger' }
  /** Keys of the state under `prefix` are offered, less `strip`; `pattern` is what the action takes. Empty means null where `mayBeEmpty`. */
  | { readonly type: 'key'; readonly prefix: string; readonly strip: string; readonly pattern: RegExp; readonly mayBeEmpty?: boolean }
)

export interface ActionForm {
  readonly kind: FormKind
  readonly group: FormGroup
  readonly fields: readonly FieldSpec[]
  /** Fields of the action from those of the form, where they differ. */
  readonly build?: (values: ValueMap) => ValueMap
}

const MAX_AMOUNT = 1_000_000
const int = (name: FieldName, initial = '1', max = MAX_AMOUNT): FieldSpec => ({ name, initial, type: 'int', max })
const text = (name: FieldName, max: number, mayBeEmpty = false): FieldSpec => ({ name, initial: '', type: 'text', max, mayBeEmpty })
const agent = (name: FieldName): FieldSpec => ({ name, initial: '', type: 'agent', hint: 'id' })
const choice = (name: FieldName, ...options: readonly Choice[]): FieldSpec => ({ name, initial: options[0]!, type: 'choice', options })
const record = (name: FieldName, prefix: string): FieldSpec => ({ name, initial: '', type: 'key', prefix: `${prefix}/`, strip: '', pattern: new RegExp(`^${prefix}/[0-9a-f]{16}$`), hint: 'id' })
const spec = (name: FieldName, prefix: string, strip: string): FieldSpec => ({ name, initial: '', type: 'key', prefix, strip, pattern: /^[a-z0-9_]+(\.[a-z0-9_]+)*$/ })
const material: FieldSpec = { name: 'material', initial: 'iron_ore', type: 'name', options: [...MATERIAL_KINDS.keys()] }

const RECIPE_PREFIX = 'module/m4.recipe.'
const FACTORY_PREFIX = 'module/m4.'
const COUNCIL_KEY = /^[a-z][a-z0-9_-]{2,31}$/

export const ACTION_FORMS: readonly ActionForm[] = [
  { kind: 'mine_compound', group: 'industry', fields: [{ ...material, options: ORES } as FieldSpec, int('amount', '5')] },
  { kind: 'refine_compound', group: 'industry', fields: [spec('recipe_id', `${RECIPE_PREFIX}field.`, RECIPE_PREFIX), int('batches')] },
  { kind: 'build_factory', group: 'industry', fields: [spec('factory_kind', `${FACTORY_PREFIX}factory.`, FACTORY_PREFIX)] },
  { kind: 'schedule_recipe', group: 'industry', fields: [record('factory_id', 'factory'), spec('recipe_id', RECIPE_PREFIX, RECIPE_PREFIX), int('batches')] },
  { kind: 'maintain_factory', group: 'industry', fields: [record('factory_id', 'factory'), int('parts')] },
  { kind: 'recycle_factory', group: 'industry', fields: [record('factory_id', 'factory')] },
  { kind: 'validate_product', group: 'industry', fields: [spec('product_id', 'module/m4.product.', 'module/m4.product.'), int('amount')] },
  {
    kind: 'transfer_material', group: 'industry',
    fields: [{ name: 'from', initial: '', type: 'ledger', hint: 'own' }, { name: 'to', initial: '', type: 'ledger', hint: 'ledger' }, material, int('amount'), choice('priority', 'standard', 'urgent')],
  },
  { kind: 'discard_material', group: 'industry', fields: [{ name: 'from', initial: '', type: 'ledger', hint: 'own' }, material, int('amount')] },
  {
    kind: 'open_economic_contract', group: 'trade',
    fields: [
      material, int('amount'), choice('payment_resource', 'electricity', 'data'), int('payment_amount', '5'), { name: 'counterparty', initial: '', type: 'agent', mayBeEmpty: true, hint: 'anyone' },
      { name: 'reputation_stake', initial: '0', type: 'int', max: 10_000 }, int('expires_in_blocks', '120', 100_000), text('description', 280, true),
    ],
    build: ({ counterparty, reputation_stake, expires_in_blocks, description, ...rest }) => ({
      counterparty: counterparty!, deliver: { material: rest['material']!, amount: rest['amount']! }, payment: { resource: rest['payment_resource']!, amount: rest['payment_amount']! },
      reputation_stake: reputation_stake!, expires_in_blocks: expires_in_blocks!, description: description!,
    }),
  },
  { kind: 'accept_economic_contract', group: 'trade', fields: [record('contract_id', 'contract')] },
  { kind: 'settle_economic_contract', group: 'trade', fields: [record('contract_id', 'contract')] },
  { kind: 'cancel_economic_contract', group: 'trade', fields: [record('contract_id', 'contract')] },
  { kind: 'place_power_order', group: 'trade', fields: [choice('side', 'buy', 'sell'), int('amount', '5'), int('limit_price')] },
  { kind: 'cancel_power_order', group: 'trade', fields: [record('order_id', 'power_order')] },
  { kind: 'collect_held_power', group: 'trade', fields: [] },
  { kind: 'buy_module_artifact', group: 'trade', fields: [{ name: 'wasm_hash', initial: '', type: 'key', prefix: 'artifact/', strip: 'artifact/', pattern: /^[0-9a-f]{64}$/ }] },
  { kind: 'form_alliance', group: 'society', fields: [text('name', 32)], build: ({ name }) => ({ name: name!, invite: [] }) },
  { kind: 'invite_to_alliance', group: 'society', fields: [record('alliance_id', 'alliance'), agent('agent')] },
  { kind: 'join_alliance', group: 'society', fields: [record('alliance_id', 'alliance')] },
  { kind: 'leave_alliance', group: 'society', fields: [] },
  { kind: 'dissolve_alliance', group: 'society', fields: [] },
  { kind: 'declare_war', group: 'society', fields: [record('defender', 'alliance'), text('objective', 160), int('intensity', '1', 10)] },
  { kind: 'resolve_crisis', group: 'society', fields: [record('crisis_id', 'crisis'), int('amount', '10')] },
  {
    kind: 'open_council_proposal', group: 'society',
    fields: [
      { name: 'key', initial: '', type: 'key', prefix: '', strip: '', pattern: COUNCIL_KEY }, text('title', 80), text('description', 600, true), text('first_option', 40), text('second_option', 40),
      int('voting_window_blocks', '60', 1_440), int('quorum_weight', '1', 10_000_000),
    ],
    build: ({ first_option, second_option, ...rest }) => ({ ...rest, options: [first_option!, second_option!], pass_threshold_bps: 5_000, policy: null }),
  },
  { kind: 'cast_council_vote', group: 'society', fields: [{ name: 'key', initial: '', type: 'key', prefix: 'council/', strip: 'council/', pattern: COUNCIL_KEY }, text('option', 40)] },
  { kind: 'collect_data', group: 'body', fields: [int('blocks', '5', 1_000)] },
  { kind: 'grant_data_access', group: 'body', fields: [agent('grantee')] },
  { kind: 'revoke_data_access', group: 'body', fields: [agent('grantee')] },
  { kind: 'expand_body_interface', group: 'body', fields: [] },
  {
    kind: 'equip_body_slot', group: 'body',
    fields: [
      { name: 'slot_id', initial: 'universal-1', type: 'key', prefix: '', strip: '', pattern: /^[a-z]+-[1-9][0-9]?$/ },
      { name: 'module', initial: '', type: 'key', prefix: 'module/m1.', strip: 'module/', pattern: /^([a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+|[0-9a-f]{64})$/, mayBeEmpty: true, hint: 'empty' },
    ],
  },
]

export const formOf = (kind: FormKind): ActionForm => ACTION_FORMS.find((form) => form.kind === kind)!

/** The action of a filled-in form, or the name of the first field that does not fit. `self` is the agent who acts. */
export function readForm({ kind, fields, build }: ActionForm, raw: Readonly<Record<string, string>>, self: string): FormIntent | FieldName {
  const values: Record<string, Value> = {}
  for (const field of fields) {
    const value = readField(field, (raw[field.name] ?? field.initial).trim(), self)
    if (value === undefined) return field.name
    values[field.name] = value
  }
  return { ...(build?.(values) ?? values), kind }
}

/** Undefined when the text does not fit. */
function readField(field: FieldSpec, text: string, self: string): Value | undefined {
  switch (field.type) {
    case 'int': {
      if (field.initial === '0' && text === '0') return 0
      const value = wholeNumber(text)
      return value === null || value > field.max ? undefined : value
    }
    case 'choice': return field.options.find((option) => option === text)
    case 'name': return field.options.find((option) => option === text)
    case 'text': return (text === '' && field.mayBeEmpty !== true) || text.length > field.max || HIDDEN.test(text) ? undefined : text
    case 'agent': return text === '' ? (field.mayBeEmpty === true ? null : undefined) : agentId(text)
    case 'ledger': return text === '' ? self : /^factory\/[0-9a-f]{16}$/.test(text) ? text : agentId(text)
    case 'key': return text === '' && field.mayBeEmpty === true ? null : field.pattern.test(text) ? text : undefined
  }
}

function agentId(text: string): string | undefined {
  const id = text.toLowerCase().replace(/^#?agent\//, '')
  return /^[0-9a-f]{32}$/.test(id) ? `agent/${id}` : undefined
}
