import { describe, expect, it } from 'vitest'
import { MAX_HITS, search } from './search.ts'

const ada = `agent/${'ab'.repeat(16)}`
const names = new Map([[ada, 'Ada'], [`agent/${'cd'.repeat(16)}`, 'Canada'], [`agent/${'ef'.repeat(16)}`, 'Bo']])
const kinds = (query: string, head: number | null = 500) => search(query, names, head).map((hit) => hit.kind)

describe('search', () => {
  it('finds agents by name, those that start with it first, and by the start of their id', () => {
    expect(search('ada', names, null).map((hit) => hit.title)).toEqual(['Ada', 'Canada'])
    expect(search('abab', names, null).map((hit) => hit.title)).toEqual(['Ada'])
  })

  it('opens an agent by whole id even when its name is unknown here', () => {
    expect(search(`agent/${'01'.repeat(16)}`, names, null)).toEqual([expect.objectContaining({ kind: 'agent', href: `#/agent/${'01'.repeat(16)}` })])
  })

  it('reads a number as height and asteroid, and offers no height far beyond the head', () => {
    expect(kinds('17')).toEqual(['block', 'asteroid'])
    expect(kinds('501')).toEqual(['block', 'asteroid'])
    expect(kinds('9,000')).toEqual(['asteroid'])
    expect(search('17', names, 500)[1]!.href).toBe('#/asteroid/0017')
  })

  it('opens a module or a factory by its whole id', () => {
    expect(search('m1.rule.move', names, null)).toEqual([expect.objectContaining({ kind: 'module', href: '#/module/m1.rule.move' })])
    expect(search(`factory/${'ab'.repeat(8)}`, names, null)).toEqual([expect.objectContaining({ kind: 'factory', href: `#/factory/${'ab'.repeat(8)}` })])
    expect(kinds('m1.')).toEqual([])
  })

  it('reads 64 hex digits as an action id and answers nonsense with nothing', () => {
    expect(kinds('A'.repeat(64))).toEqual(['receipt', 'proposal'])
    expect(kinds('  ')).toEqual([])
    expect(kinds('<script>')).toEqual([])
  })

  it('finds proposals the state knows by the start of their id, and any by its whole id', () => {
    const id = '7f2c'.repeat(16)
    expect(search('7f2c', names, null, [id, 'ab'.repeat(32)])).toEqual([expect.objectContaining({ kind: 'proposal', href: `#/proposal/${id}` })])
    expect(search(id, names, null, [id]).map((hit) => hit.kind)).toEqual(['proposal', 'receipt'])
    expect(search(`proposal/${id}`, names, null).map((hit) => hit.kind)).toEqual(['proposal'])
  })

  it('stays short however many names match', () => {
    const many = new Map(Array.from({ length: 5000 }, (_, n) => [`agent/${n.toString(16).padStart(32, '0')}`, `Miner ${n}`]))
    expect(search('miner', many, null)).toHaveLength(MAX_HITS)
  })
})
