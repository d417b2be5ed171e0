import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Character } from './character.ts'
import { createChoices } from './choices.ts'
import { decide } from './decide.ts'
import type { AgentSituation } from './situation.ts'

const CHARACTERS: readonly Character[] = ['miner', 'trader', 'explorer', 'diplomat']
const FRIEND = `agent/${'0f'.repeat(16)}`

const place = fc.record({ id: fc.constantFrom('asteroid/0002', 'asteroid/0003', 'asteroid/0004'), radiation: fc.nat(100), cost: fc.nat(250), agents: fc.nat(3) })
const situations: fc.Arbitrary<AgentSituation> = fc.record({
  height: fc.nat(1_000_000),
  electricity: fc.nat(250),
  data: fc.nat(60),
  busy: fc.boolean(),
  here: fc.option(fc.record({ id: fc.constant('asteroid/0001'), radiation: fc.nat(100) })),
  places: fc.uniqueArray(place, { selector: ({ id }) => id }),
  companions: fc.array(fc.record({ agent_id: fc.constant(FRIEND), electricity: fc.nat(250), data: fc.nat(60) }), { maxLength: 2 }),
  electricity_capacity: fc.constantFrom(1, 200),
  harvest_blocks_max: fc.constantFrom(1, 2, 20),
})
const decisions = fc.record({ character: fc.constantFrom(...CHARACTERS), situation: situations, seed: fc.string() })

const idle: AgentSituation = {
  height: 5, electricity: 100, data: 20, busy: false, here: { id: 'asteroid/0001', radiation: 40 },
  places: [{ id: 'asteroid/0002', radiation: 0, cost: 10, agents: 0 }, { id: 'asteroid/0003', radiation: 30, cost: 20, agents: 2 }],
  companions: [{ agent_id: FRIEND, electricity: 50, data: 5 }],
  electricity_capacity: 200, harvest_blocks_max: 20,
}

describe('decide', () => {
  it('gives the same action for the same situation and choices', () => {
    fc.assert(fc.property(decisions, ({ character, situation, seed }) => {
      const once = (): unknown => decide(character, situation, createChoices(seed, situation.height))
      expect(once()).toEqual(once())
    }))
  })

  it('never asks for what the world would reject', () => {
    fc.assert(fc.property(decisions, ({ character, situation, seed }) => {
      const action = decide(character, situation, createChoices(seed, situation.height))
      if (action === null) return
      expect(situation.busy).toBe(false)
      switch (action.kind) {
        case 'move_agent':
          expect(situation.places.find(({ id }) => id === action.to)!.cost).toBeLessThanOrEqual(situation.electricity)
          break
        case 'harvest_radiation':
          expect(situation.here!.radiation).toBeGreaterThan(0)
          expect(situation.electricity).toBeLessThan(situation.electricity_capacity)
          expect(action.blocks).toBeGreaterThanOrEqual(1)
          expect(action.blocks).toBeLessThanOrEqual(situation.harvest_blocks_max)
          break
        case 'transfer_resource': {
          const companion = situation.companions.find(({ agent_id }) => agent_id === action.to)!
          expect(companion).toBeDefined()
          expect(action.amount).toBeGreaterThanOrEqual(1)
          expect(action.amount).toBeLessThanOrEqual(situation[action.resource])
          if (action.resource === 'electricity') {
            const receivers = situation.companions.map(({ electricity }) => electricity)
            expect(Math.min(...receivers) + action.amount).toBeLessThanOrEqual(situation.electricity_capacity)
          }
          break
        }
        case 'query_observation':
          expect(situation.here).not.toBeNull()
      }
    }), { numRuns: 2000 })
  })

  it('looks for electricity first when it runs low', () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(decide('explorer', { ...idle, electricity: 20 }, createChoices(`${seed}`, 1))?.kind).toBe('harvest_radiation')
      expect(decide('explorer', { ...idle, electricity: 20, here: { id: 'asteroid/0001', radiation: 0 } }, createChoices(`${seed}`, 1))).toEqual({ kind: 'move_agent', to: 'asteroid/0003' })
    }
  })

  it('waits for help when it can neither harvest nor leave', () => {
    expect(decide('explorer', { ...idle, electricity: 5, here: { id: 'asteroid/0001', radiation: 0 } }, createChoices('', 1))).toBeNull()
  })

  it('does everything sooner or later, each character what it likes most often', () => {
    const favourites: Record<string, string> = {}
    for (const character of CHARACTERS) {
      const counts: Record<string, number> = {}
      for (let height = 0; height < 1000; height++) {
        const kind = decide(character, idle, createChoices('agent', height))?.kind ?? 'rest'
        counts[kind] = (counts[kind] ?? 0) + 1
      }
      expect(Object.keys(counts).sort()).toEqual(['harvest_radiation', 'move_agent', 'query_observation', 'rest', 'transfer_resource'])
      favourites[character] = Object.entries(counts).sort((a, b) => b[1] - a[1])[0]![0]
    }
    expect(favourites).toEqual({ miner: 'harvest_radiation', trader: 'transfer_resource', explorer: 'move_agent', diplomat: expect.any(String) as string })
  })

  it('sends traders where company is', () => {
    for (let height = 0; height < 200; height++) {
      const action = decide('trader', { ...idle, companions: [] }, createChoices('agent', height))
      if (action?.kind === 'move_agent') expect(action.to).toBe('asteroid/0003')
    }
  })
})
