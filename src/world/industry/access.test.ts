import { expect, it } from 'vitest'
import type { Value } from '../../codec/index.ts'
import { mayUse } from './access.ts'

const agent = (digit: string): string => `agent/${digit.repeat(32)}`
const [owner, ally, stranger, loner] = ['a', 'b', 'c', 'd'].map(agent) as [string, string, string, string]
const memberships = new Map<string, Value>([
  [`alliance_of/${'a'.repeat(32)}`, { alliance_id: 'alliance/0000000000000001' }],
  [`alliance_of/${'b'.repeat(32)}`, { alliance_id: 'alliance/0000000000000001' }],
  [`alliance_of/${'c'.repeat(32)}`, { alliance_id: 'alliance/0000000000000002' }],
])
const state = { get: (key: string): Value => memberships.get(key) ?? null }

it('owners and their allies may use a factory, nobody else', () => {
  expect([owner, ally, stranger, loner].map((who) => mayUse(state, who, owner))).toEqual([true, true, false, false])
  expect([loner, owner].map((who) => mayUse(state, who, loner))).toEqual([true, false])
  expect(mayUse(state, agent('e'), loner)).toBe(false)
})
