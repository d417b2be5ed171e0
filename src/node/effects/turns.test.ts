import { describe, expect, it } from 'vitest'
import type { ListedExecutor } from '../../world/index.ts'
import { BLOCKS_PER_TURN, turnAt } from './turns.ts'

const node = (executor_id: string, effect_kinds: readonly string[] = ['http.*']): ListedExecutor => ({ executor_id, executor: { kind: 'node', public_key: new Uint8Array(32), effect_kinds } })
const group: ListedExecutor = { executor_id: 'g', executor: { kind: 'group', threshold: 2, participants: ['a', 'b', 'c'], group_key: null, effect_kinds: ['http.fetch'] } }
const asked = { kind: 'http.fetch', height: 10 }
const turns = (executors: readonly ListedExecutor[], count: number): (string | null)[] =>
  Array.from({ length: count }, (_, slot) => turnAt(executors, asked, asked.height + slot * BLOCKS_PER_TURN)).map((turn) => (turn === null ? null : `${turn.executor.executor_id}:${turn.node}`))

describe('turns of executors', () => {
  it('are one after the other, each for some blocks', () => {
    expect(turns([node('a'), node('b'), node('m', ['mail.*'])], 4)).toEqual(['a:a', 'b:b', 'a:a', 'b:b'])
    expect(turnAt([node('a'), node('b')], asked, asked.height + BLOCKS_PER_TURN - 1)!.node).toBe('a')
  })

  it('of a group go round its participants', () => {
    expect(turns([node('a', []), node('b', []), node('c', []), group], 4)).toEqual(['g:b', 'g:c', 'g:a', 'g:b'])
  })

  it('begin with different executors for effects of different blocks', () => {
    const executors = [node('a'), node('b')]
    expect(turnAt(executors, { ...asked, height: 11 }, 11)!.node).toBe('b')
  })

  it('are nobody\'s where nobody may', () => {
    expect(turns([node('m', ['mail.*'])], 1)).toEqual([null])
  })
})
