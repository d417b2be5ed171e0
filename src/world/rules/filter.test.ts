import { describe, expect, it } from 'vitest'
import type { Value } from '../../codec/index.ts'
import type { FilterRule, SubscriptionFilter } from '../module-manifest.ts'
import { compileFilter } from './filter.ts'

const SUBJECT: Value = {
  actor: 'agent/00', facts: { amount: 5, tags: ['smelter', 'hot'], place: null, 'a/b~c': 1, bytes: Uint8Array.of(1, 2) }, action: { kind: 'schedule_recipe', recipe_id: 'smelter.iron_ingot' },
}
const holds = (...all: FilterRule[]): boolean => compileFilter({ all })(SUBJECT)

describe('a filter rule', () => {
  it('compares what its pointer leads to', () => {
    expect(holds({ path: '/action/recipe_id', eq: 'smelter.iron_ingot' })).toBe(true)
    expect(holds({ path: '/action/recipe_id', ne: 'smelter.iron_ingot' })).toBe(false)
    expect(holds({ path: '/action/recipe_id', ne: 'other' })).toBe(true)
    expect(holds({ path: '/facts/place', eq: null })).toBe(true)
    expect(holds({ path: '/facts/tags', eq: ['smelter', 'hot'] })).toBe(true)
    expect(holds({ path: '/facts/tags', eq: ['hot', 'smelter'] })).toBe(false)
    expect(holds({ path: '/facts/tags/1', eq: 'hot' })).toBe(true)
    expect(holds({ path: '/facts/a~1b~0c', eq: 1 })).toBe(true)
    expect(holds({ path: '', ne: 1 })).toBe(true)
    expect(holds({ path: '/action/recipe_id', re: '^smelter\\.' })).toBe(true)
    expect(holds({ path: '/action/recipe_id', re: '^assembler\\.' })).toBe(false)
    for (const [rule, expected] of [[{ gt: 4 }, true], [{ gt: 5 }, false], [{ gte: 5 }, true], [{ gte: 6 }, false], [{ lt: 6 }, true], [{ lt: 5 }, false], [{ lte: 5 }, true], [{ lte: 4 }, false]] as const) {
      expect(holds({ path: '/facts/amount', ...rule }), JSON.stringify(rule)).toBe(expected)
    }
  })

  it('holds for nothing where its pointer leads nowhere, whatever it compares', () => {
    for (const path of ['/missing', '/facts/tags/2', '/facts/tags/01', '/facts/tags/-', '/facts/tags/length', '/actor/0', '/facts/place/x', '/facts/bytes/0', '/facts/toString', '/__proto__']) {
      for (const rule of [{ eq: null }, { ne: 1 }, { gt: 0 }, { lt: 9 }, { re: '' }]) expect(holds({ path, ...rule }), path).toBe(false)
    }
  })

  it('compares sizes of integers only, and matches texts only', () => {
    expect(holds({ path: '/actor', gt: 0 })).toBe(false)
    expect(holds({ path: '/facts/place', lte: 0 })).toBe(false)
    expect(holds({ path: '/facts/amount', re: '5' })).toBe(false)
  })
})

describe('a filter', () => {
  const yes: FilterRule = { path: '/facts/amount', eq: 5 }
  const no: FilterRule = { path: '/facts/amount', eq: 6 }

  it('asks for all of the one and any of the other', () => {
    const verdict = (filter: SubscriptionFilter): boolean => compileFilter(filter)(SUBJECT)
    expect([verdict({ all: [yes, yes] }), verdict({ all: [yes, no] })]).toEqual([true, false])
    expect([verdict({ any: [no, yes] }), verdict({ any: [no, no] })]).toEqual([true, false])
    expect([verdict({ all: [yes], any: [no, yes] }), verdict({ all: [no], any: [yes] }), verdict({ all: [yes], any: [no] })]).toEqual([true, false, false])
  })

  it('is refused with a code when it makes no sense', () => {
    const wrong: readonly (readonly [SubscriptionFilter, string])[] = [
      [{}, 'FILTER_EMPTY'], [{ all: [] }, 'FILTER_EMPTY'], [{ all: [yes], any: [] }, 'FILTER_EMPTY'],
      [{ all: [{ path: '/a' }] }, 'FILTER_BAD_RULE'], [{ all: [{ path: '/a', eq: 1, ne: 2 }] }, 'FILTER_BAD_RULE'],
      [{ all: [{ path: '/a~2', eq: 1 }] }, 'FILTER_BAD_POINTER'], [{ any: [{ path: '/a', re: '(a' }] }, 'FILTER_BAD_PATTERN'],
    ]
    for (const [filter, code] of wrong) expect(() => compileFilter(filter), JSON.stringify(filter)).toThrow(expect.objectContaining({ code }))
  })
})
