import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../../../codec/index.ts'
import type { Value } from '../../../codec/index.ts'
import { PARTS } from '../../../world/parts.ts'
import { ACTION_FORMS, formOf, readForm } from './forms.ts'
import type { ActionForm } from './forms.ts'

const self = `agent/${'ab'.repeat(16)}`
const other = 'cd'.repeat(16)
const hex = '0123456789abcdef'
/** Something that fits every field a form may have. */
const FILLED: Readonly<Record<string, string>> = {
  recipe_id: 'field.heat_coil', factory_kind: 'factory.smelter.mk1', factory_id: `factory/${hex}`, product_id: 'material.iron_ingot', to: `factory/${hex}`, contract_id: `contract/${hex}`,
  order_id: `power_order/${hex}`, wasm_hash: hex.repeat(4), name: 'Guild', alliance_id: `alliance/${hex}`, agent: other, defender: `alliance/${hex}`, objective: 'ore', crisis_id: `crisis/${hex}`,
  key: 'lower-tax', title: 'Lower the tax', first_option: 'yes', second_option: 'no', option: 'yes', grantee: `agent/${other}`,
}
const filled = (form: ActionForm) => readForm(form, FILLED, self)

describe('forms of actions', () => {
  it.each(ACTION_FORMS.map((form) => [form.kind, form] as const))('%s makes an action of the shape the kernel takes', (kind, form) => {
    const intent = filled(form)
    expect(typeof intent, `field ${String(intent)}`).toBe('object')
    const rule = PARTS.flatMap(({ actions }) => actions).find((candidate) => candidate.kind === kind)!
    expect(rule.shape.parse(intent as Value, '')).toEqual(intent)
    encodeCanonical(intent as Value)
  })

  it('say which field does not fit, and never sign something else', () => {
    expect(readForm(formOf('mine_compound'), { amount: '0' }, self)).toBe('amount')
    expect(readForm(formOf('mine_compound'), { material: 'gear' }, self)).toBe('material')
    expect(readForm(formOf('declare_war'), { ...FILLED, intensity: '11' }, self)).toBe('intensity')
    expect(readForm(formOf('open_economic_contract'), { description: 'a\u202eb' }, self)).toBe('description')
    expect(readForm(formOf('grant_data_access'), { grantee: 'Ada' }, self)).toBe('grantee')
    fc.assert(fc.property(fc.constantFrom(...ACTION_FORMS), fc.dictionary(fc.constantFrom(...Object.keys(FILLED)), fc.string()), (form, raw) => {
      const intent = readForm(form, raw, self)
      expect(typeof intent === 'string' ? form.fields.some(({ name }) => name === intent) : intent.kind === form.kind).toBe(true)
    }))
  })

  it('take an empty field for what it says: own cargo, anybody, an empty slot', () => {
    expect(readForm(formOf('transfer_material'), { to: `factory/${hex}` }, self)).toMatchObject({ from: self, to: `factory/${hex}` })
    expect(readForm(formOf('open_economic_contract'), {}, self)).toMatchObject({ counterparty: null, reputation_stake: 0 })
    expect(readForm(formOf('equip_body_slot'), {}, self)).toMatchObject({ module: null })
  })
})
