/** What a person may ask for, as typed intents, and the action each becomes. Nothing else is ever signed. */

export const INTENT_KINDS = ['register_agent', 'move_agent', 'harvest_radiation', 'transfer_resource', 'query_observation'] as const
export type IntentKind = (typeof INTENT_KINDS)[number]

export type Intent =
  | { readonly kind: 'register_agent'; readonly name: string }
  | { readonly kind: 'move_agent'; readonly to: string }
  | { readonly kind: 'harvest_radiation'; readonly blocks: number }
  | { readonly kind: 'transfer_resource'; readonly to: string; readonly resource: 'electricity' | 'data'; readonly amount: number }
  | { readonly kind: 'query_observation' }

/** The raw fields of the form. */
export interface IntentForm {
  readonly kind: IntentKind
  readonly name: string
  readonly asteroid: string
  readonly blocks: string
  readonly recipient: string
  readonly resource: 'electricity' | 'data'
  readonly amount: string
}

export type IntentProblem = 'name' | 'asteroid' | 'blocks' | 'agent' | 'amount'

const MAX_NAME = 32
const MAX_AMOUNT = 2 ** 40
/** What the state accepts as a name (world/state/records.ts): nothing invisible, nothing that changes direction. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
export const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]/

/** The intent of a form, or the field that is wrong. */
export function readIntent(form: IntentForm): Intent | IntentProblem {
  switch (form.kind) {
    case 'register_agent': {
      const name = form.name.trim()
      return name === '' || name.length > MAX_NAME || HIDDEN.test(name) ? 'name' : { kind: 'register_agent', name }
    }
    case 'move_agent': {
      const digits = form.asteroid.trim().replace(/^asteroid\//, '')
      return /^\d{1,5}$/.test(digits) ? { kind: 'move_agent', to: `asteroid/${digits.padStart(4, '0')}` } : 'asteroid'
    }
    case 'harvest_radiation': {
      const blocks = wholeNumber(form.blocks)
      return blocks === null ? 'blocks' : { kind: 'harvest_radiation', blocks }
    }
    case 'transfer_resource': {
      const id = form.recipient.trim().toLowerCase().replace(/^#?agent\//, '')
      if (!/^[0-9a-f]{32}$/.test(id)) return 'agent'
      const amount = wholeNumber(form.amount)
      return amount === null ? 'amount' : { kind: 'transfer_resource', to: `agent/${id}`, resource: form.resource, amount }
    }
    case 'query_observation': return { kind: 'query_observation' }
  }
}

/** A whole number of 1 or more, as people write it. */
export function wholeNumber(text: string): number | null {
  const value = /^\d{1,16}$/.test(text.trim()) ? Number(text.trim()) : 0
  return value >= 1 && value <= MAX_AMOUNT ? value : null
}
