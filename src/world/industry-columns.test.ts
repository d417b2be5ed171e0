import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { IndustryColumns } from './industry-columns.ts'
import { CommittedState, hashKey, makeItem } from './state/state.ts'
import type { StateChange } from './state/state.ts'

const ASTEROIDS = ['asteroid/0001', 'asteroid/0002']
const factory = (change: object = {}): Value => ({
  owner: `agent/${'a'.repeat(32)}`, factory_kind: 'factory.smelter.mk1', asteroid: 'asteroid/0002', ready: true, durability_ppm: 1_000_000, durability_height: 1, jobs: [], spec: { wear_ppm_per_block: 0 }, ...change,
}) as unknown as Value
const transit = { from_asteroid: 'asteroid/0001', to_asteroid: 'asteroid/0002', depart_height: 3, arrive_height: 9 } as unknown as Value

function change(key: string, record: Value | null): StateChange {
  const keyHash = hashKey(key)
  return { key, keyHash, item: record === null ? null : makeItem(key, record, encodeCanonical(record), keyHash) }
}

describe('columns of industry', () => {
  const state = new CommittedState(1, [change('factory/b', factory()).item!])
  const columns = new IndustryColumns(state.keys(), ASTEROIDS)
  const apply = (...changes: StateChange[]): void => {
    state.apply(state.height + 1, changes, state.treeAfter(changes))
    columns.afterCommit(changes)
  }

  it('show what the state begins with', () => {
    expect(columns.factoryColumns(state)).toEqual({ count: 1, ids: ['factory/b'], asteroid: Int32Array.of(1), type: Uint8Array.of(1), activity: Uint8Array.of(1) })
    expect(columns.transitColumns(state).count).toBe(0)
  })

  it('are the same object until a factory or a transit changes', () => {
    const before = columns.factoryColumns(state)
    apply(change('agent/x', { name: 'x' }))
    expect(columns.factoryColumns(state)).toBe(before)
    apply(change('factories_of/x', ['factory/b']))
    expect(columns.factoryColumns(state)).toBe(before)
  })

  it('follow what is built, set to work, worn out and taken apart, in the order of ids', () => {
    apply(change('factory/a', factory({ ready: false, factory_kind: 'factory.miner.mk1' })), change('factory/c', factory({ factory_kind: 'factory.assembler.mk1', durability_ppm: 0 })))
    apply(change('factory/b', factory({ jobs: ['job/1'] })))
    expect(columns.factoryColumns(state)).toMatchObject({ ids: ['factory/a', 'factory/b', 'factory/c'], type: Uint8Array.of(0, 1, 2), activity: Uint8Array.of(0, 2, 3) })
    apply(change('factory/a', null))
    expect(columns.factoryColumns(state).ids).toEqual(['factory/b', 'factory/c'])
  })

  it('follow what departs and arrives', () => {
    apply(change('transit/1', transit))
    expect(columns.transitColumns(state)).toEqual({ count: 1, ids: ['transit/1'], from: Int32Array.of(0), to: Int32Array.of(1), depart: Int32Array.of(3), arrive: Int32Array.of(9) })
    apply(change('transit/1', null))
    expect(columns.transitColumns(state).count).toBe(0)
  })
})
