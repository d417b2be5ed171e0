import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatView, pageOf, parseView } from './url.ts'
import type { View } from './url.ts'

const hex = (length: number) => fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((digits) => digits.join(''))
const views: fc.Arbitrary<View> = fc.oneof(
  fc.constantFrom<View>({ page: 'world' }, { page: 'economy' }, { page: 'modules' }, { page: 'governance' }, { page: 'keys' }, { page: 'network' }, { page: 'ledger' }, { page: 'act' }, { page: 'about' }),
  fc.record({ page: fc.constant('agent' as const), id: hex(32).map((id) => `agent/${id}`), tab: fc.constantFrom('now', 'events', 'raw', 'proof'), follow: fc.boolean() }),
  fc.record({ page: fc.constant('asteroid' as const), id: fc.nat(9999).map((id) => `asteroid/${String(id).padStart(4, '0')}`) }),
  fc.record({ page: fc.constant('factory' as const), id: hex(16).map((id) => `factory/${id}`) }),
  fc.record({ page: fc.constant('module' as const), id: fc.constantFrom('m1.rule.move', 'm4.recipe.smelter.iron_ingot', 'a.b_2') }),
  fc.record({ page: fc.constant('height' as const), height: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) }),
  fc.record({ page: fc.constant('receipt' as const), id: hex(64) }),
  fc.record({ page: fc.constant('proposal' as const), id: hex(64) }),
  fc.record({
    page: fc.constant('events' as const),
    filter: fc.record({ kind: fc.string({ maxLength: 40 }), agent: fc.string({ maxLength: 40 }), text: fc.string({ maxLength: 40, unit: 'grapheme' }).filter((text) => text.length <= 80) }),
  }),
)

describe('the URL codec', () => {
  it('gives back every view it writes', () => {
    fc.assert(fc.property(views, (view) => { expect(parseView(formatView(view))).toEqual(view) }))
  })

  it('never throws on a hostile hash, and answers it with a view', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (hash) => { expect(parseView(`#/${hash}`)).toHaveProperty('page') }))
  })

  it('refuses ids, heights and paths that name nothing', () => {
    for (const hash of ['#/agent/xyz', '#/ledger/height/0', '#/ledger/height/9007199254740993', '#/receipt/ab', '#/proposal/ab', '#/proposal', '#/governance/more', '#/nowhere', '#/events/more', '#/asteroid/-1', '#/factory/xyz', '#/module/No.Such', '#/module/x']) {
      expect(parseView(hash).page, hash).toBe('missing')
    }
  })

  it('shows a detail page under its section', () => {
    expect(pageOf(parseView('#/ledger/height/7'))).toBe('ledger')
    expect(pageOf(parseView(`#/agent/${'a'.repeat(32)}`))).toBe('world')
    expect(pageOf(parseView('#/module/m1.rule.move'))).toBe('modules')
    expect(pageOf(parseView(`#/proposal/${'a'.repeat(64)}`))).toBe('governance')
    expect(pageOf(parseView('#/nowhere'))).toBeNull()
  })
})
