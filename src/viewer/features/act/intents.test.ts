import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { INTENT_KINDS, readIntent } from './intents.ts'
import type { IntentForm } from './intents.ts'

const id = 'ab'.repeat(16)
const form: IntentForm = { kind: 'move_agent', name: 'Ada', asteroid: '0017', blocks: '5', recipient: id, resource: 'electricity', amount: '3' }

describe('intents', () => {
  it('are read with the forgiveness people expect', () => {
    expect(readIntent({ ...form, asteroid: ' asteroid/17 ' })).toEqual({ kind: 'move_agent', to: 'asteroid/0017' })
    expect(readIntent({ ...form, kind: 'transfer_resource', recipient: `agent/${id.toUpperCase()}` })).toEqual({ kind: 'transfer_resource', to: `agent/${id}`, resource: 'electricity', amount: 3 })
    expect(readIntent({ ...form, kind: 'register_agent', name: '  小明 ' })).toEqual({ kind: 'register_agent', name: '小明' })
  })

  it('name the wrong field instead of signing something else', () => {
    expect(readIntent({ ...form, asteroid: 'agent/1' })).toBe('asteroid')
    for (const amount of ['0', '-1', '1.5', '', '99999999999999999']) expect(readIntent({ ...form, kind: 'transfer_resource', amount }), amount).toBe('amount')
    for (const name of ['', ' ', 'x'.repeat(33), 'a\u202eb', 'a\u200bb', 'a\nb']) expect(readIntent({ ...form, kind: 'register_agent', name }), JSON.stringify(name)).toBe('name')
    expect(readIntent({ ...form, kind: 'harvest_radiation', blocks: '0' })).toBe('blocks')
    expect(readIntent({ ...form, kind: 'transfer_resource', recipient: 'Ada' })).toBe('agent')
  })

  it('never throw and always answer with the kind that was asked for', () => {
    fc.assert(fc.property(fc.constantFrom(...INTENT_KINDS), fc.string(), fc.string(), (kind, a, b) => {
      const intent = readIntent({ ...form, kind, name: a, asteroid: b, blocks: a, recipient: b, amount: a })
      expect(typeof intent === 'string' || intent.kind === kind).toBe(true)
    }))
  })
})
