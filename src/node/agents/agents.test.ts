import { describe, expect, it } from 'vitest'
import { toHex } from '../../codec/index.ts'
import { Agenda } from './agenda.ts'
import { createChoices } from './choices.ts'
import { Gazetteer } from './gazetteer.ts'
import { agentName, agentSeed } from './index.ts'
import { mixedOrder } from './scripted-agents.ts'

describe('agentName', () => {
  it('is short and different for every index', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => agentName(index))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[A-Z][a-z]{1,5}( \d{1,3})?$/)
  })
})

describe('agentSeed', () => {
  it('is the documented hash', () => {
    // printf 'agent-world/scripted-agent/v1' + 32 zero bytes + 00000102 | sha256sum
    expect(toHex(agentSeed(new Uint8Array(32), 258))).toBe('1e95ec9771a72c416c5085dc5b7ba2d38f90832535e16b382d90d628e4e2be38')
  })

  it('differs by master and index', () => {
    const other = new Uint8Array(32).fill(1)
    expect(new Set([agentSeed(new Uint8Array(32), 0), agentSeed(new Uint8Array(32), 1), agentSeed(other, 0)].map(toHex)).size).toBe(3)
  })
})

describe('createChoices', () => {
  it('gives the same integers again, others at another height, all within bounds', () => {
    const roll = (id: string, height: number): number[] => {
      const choose = createChoices(id, height)
      return Array.from({ length: 40 }, () => choose(6))
    }
    expect(roll('a', 1)).toEqual(roll('a', 1))
    expect(roll('a', 1)).not.toEqual(roll('a', 2))
    expect(new Set(roll('a', 1))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
  })
})

describe('Agenda', () => {
  it('serves the longest due first, each once', () => {
    const agenda = new Agenda()
    agenda.add(1, 7)
    agenda.add(2, 5)
    agenda.add(3, 5)
    agenda.add(4, 9)
    expect([agenda.next(7), agenda.next(7), agenda.next(7), agenda.next(7)]).toEqual([2, 3, 1, null])
    agenda.add(1, 8)
    expect(agenda.next(7)).toBeNull()
    expect([agenda.next(20), agenda.next(20), agenda.next(20)]).toEqual([1, 4, null])
  })

  it('loses nobody over many rounds', () => {
    const agenda = new Agenda()
    for (let agent = 0; agent < 3000; agent++) agenda.add(agent, 0)
    const served = new Map<number, number>()
    for (let height = 1; height <= 300; height++) {
      for (let i = 0; i < 100; i++) {
        const agent = agenda.next(height)
        if (agent === null) break
        served.set(agent, (served.get(agent) ?? 0) + 1)
        agenda.add(agent, height + 1 + (agent % 7))
      }
    }
    expect(served.size).toBe(3000)
    expect(Math.min(...served.values())).toBeGreaterThanOrEqual(9)
  })
})

describe('Gazetteer', () => {
  const table = {
    count: 4,
    ids: ['a', 'b', 'c', 'd'],
    x: Int32Array.of(0, 1000, 300, 90_000),
    y: new Int32Array(4),
    z: new Int32Array(4),
    radius: Int32Array.of(10, 20, 30, 40),
    radiation: Int32Array.of(5, 0, 7, 9),
    material: new Uint8Array(4),
  }

  it('lists neighbours, nearest first', () => {
    expect(new Gazetteer(table).nearest('a')).toEqual(['c', 'b', 'd'])
    expect(new Gazetteer(table).nearest('nowhere')).toEqual([])
  })

  it('never underestimates a way', () => {
    expect(new Gazetteer(table).longestWay('a', 'b')).toBe(1030)
    expect(new Gazetteer(table).longestWay('a', 'nowhere')).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('remembers where agents were last seen', () => {
    const gazetteer = new Gazetteer(table)
    gazetteer.saw(1, 'a')
    gazetteer.saw(2, 'a')
    gazetteer.saw(1, 'b')
    gazetteer.saw(3, null)
    expect([gazetteer.agentsAt('a'), gazetteer.agentsAt('b'), gazetteer.agentCountAt('c')]).toEqual([[2], [1], 0])
    gazetteer.saw(1, null)
    expect(gazetteer.agentCountAt('b')).toBe(0)
  })
})

describe('mixedOrder', () => {
  it('names everyone once and the last quarter early', () => {
    for (const count of [0, 1, 2, 3, 32, 1000, 13_334]) {
      const order = mixedOrder(count)
      expect(new Set(order).size).toBe(count)
      expect(order.every((index) => index >= 0 && index < count)).toBe(true)
    }
    for (let at = 0; at + 32 <= 1000; at += 32) {
      const late = mixedOrder(1000).slice(at, at + 32).filter((index) => index >= 750).length
      expect(late).toBeGreaterThanOrEqual(6)
      expect(late).toBeLessThanOrEqual(10)
    }
  })
})
