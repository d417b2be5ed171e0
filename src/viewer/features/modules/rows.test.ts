import { describe, expect, it } from 'vitest'
import type { ActiveModule } from './records.ts'
import { setOf } from './records.ts'
import { bySet, compareBy, matches, rowsOf } from './rows.ts'
import type { Usage } from './usage.ts'

const module = (id: string, role = 'rule'): ActiveModule => ({
  id, set: setOf(id), version: '1.0.0', since: 0, problem: null,
  manifest: { module_id: id, role, subscriptions: { stage: 'pre_action' }, wasm_hash: 'ab'.repeat(32), artifact_identity: { signer_node_id: 'builder.1' } },
}) as unknown as ActiveModule

const use = (calls: number, fuel: number) => ({ calls, failures: 0, fuel, electricity: calls, data: calls })
const usage: Usage = { blocks: 10, seconds: 9, total: use(10, 400), byModule: new Map([['m1.a', use(4, 300)], ['m4.b', use(6, 100)]]) }
const rows = rowsOf([module('m4.b', 'domain'), module('m1.a'), module('x.own'), module('m1.c')], usage)

describe('rows of the table of modules', () => {
  it('say what share of fuel and fees each module has, none for what was not called', () => {
    expect(rows.map(({ module: { id }, fuelShare, feeShare }) => [id, fuelShare, feeShare])).toEqual([['m4.b', 0.25, 0.6], ['m1.a', 0.75, 0.4], ['x.own', 0, 0], ['m1.c', 0, 0]])
    expect(rowsOf([module('m1.a')], { ...usage, total: use(0, 0), byModule: new Map() })[0]!.fuelShare).toBe(0)
  })

  it('are found by id, role, signer, hash and CID', () => {
    const found = (query: string) => rows.filter((row) => matches(row, query)).map(({ module: { id } }) => id)
    expect(found(' M4.B ')).toEqual(['m4.b'])
    expect(found('domain')).toEqual(['m4.b'])
    expect(found('builder')).toHaveLength(4)
    expect(found('abab')).toHaveLength(4)
    expect(found(rows[0]!.cid.slice(0, 20))).toHaveLength(4)
    expect(found('nothing')).toEqual([])
  })

  it('sort by names upward and by numbers downward, and never leave equal rows to chance', () => {
    const order = (key: Parameters<typeof compareBy>[0], reversed = false) => rows.toSorted(compareBy(key, reversed)).map(({ module: { id } }) => id)
    expect(order('module')).toEqual(['m1.a', 'm1.c', 'm4.b', 'x.own'])
    expect(order('module', true)).toEqual(['x.own', 'm4.b', 'm1.c', 'm1.a'])
    expect(order('fuel')).toEqual(['m1.a', 'm4.b', 'm1.c', 'x.own'])
    expect(order('calls', true)).toEqual(['m1.c', 'x.own', 'm1.a', 'm4.b'])
  })

  it('stand under their set, others last', () => {
    expect(bySet(rows.toSorted(compareBy('module', false))).map(([set, found]) => [set, found.length])).toEqual([['m1', 2], ['m4', 1], ['other', 1]])
  })
})
