import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../../codec/index.ts'
import type { AllianceRecord, WarRecord } from '../records.ts'
import { ann, bob, cid, Commons, dora, eve, finn } from '../testing/commons.ts'
import type { SocietyParams } from '../params.ts'

const declare = (defender: string, change: ValueMap = {}): ValueMap => ({ kind: 'declare_war', defender, objective: 'The northern ore', intensity: 2, ...change })
/** Two members fight three. */
const SCORES = { aggressor: 22, defender: 30 }

function world(society: Partial<SocietyParams> = {}): { readonly world: Commons; readonly miners: string; readonly raiders: string } {
  const made = new Commons(society)
  const miners = made.alliance('Miners', cid, dora, eve)
  const raiders = made.alliance('Raiders', ann, bob)
  return { world: made, miners, raiders }
}
const record = (of: Commons, id: string): WarRecord => of.read(id) as WarRecord
const alliance = (of: Commons, id: string): AllianceRecord => of.read(id) as AllianceRecord
const conclude = (war_id: string, winner: string, aggressor_score: number, defender_score: number): ValueMap => ({ type: 'war_conclude', war_id, winner, aggressor_score, defender_score })

describe('a war', () => {
  it('costs whoever declares it, and is told to the war module until it is over', () => {
    const { world: belt, miners, raiders } = world()
    const before = belt.totals()
    const declared = belt.must(ann, declare(miners))
    const height = belt.kernel.height()
    expect(declared).toMatchObject({ aggressor: raiders, defender: miners, intensity: 2, ends_height: height + 10, cost: { electricity: 20, data: 14 } })
    expect(belt.agent(ann.id)).toMatchObject({ electricity: 80, data: 6 })
    const war_id = declared['war_id'] as string
    expect(record(belt, war_id)).toMatchObject({ initiator: ann.id, objective: 'The northern ore', result: null })
    expect([alliance(belt, miners).war, alliance(belt, raiders).war]).toEqual([war_id, war_id])
    const told: unknown[] = []
    belt.direct = { war: (facts) => (told.push(facts), []) }
    belt.advanceTo(height + 10)
    belt.direct = {}
    expect(told[0]).toEqual({
      wars: [{
        war_id, intensity: 2, declared_height: height, ends_height: height + 10, over: false,
        aggressor: { alliance_id: raiders, members: [ann.id, bob.id].sort(), reputation: 0, score: SCORES.aggressor },
        defender: { alliance_id: miners, members: [cid.id, dora.id, eve.id].sort(), reputation: 0, score: SCORES.defender },
      }],
    })
    expect(told.at(-1)).toMatchObject({ wars: [{ over: true }] })
    expect(belt.totals()).toEqual(before)
  })

  it('takes from the losers what they have, and gives winners equal shares as far as they can hold them', () => {
    const { world: belt, miners, raiders } = world()
    belt.change(ann, { electricity: 40, data: 20 })
    const war_id = belt.must(ann, declare(miners))['war_id'] as string
    belt.advanceTo(record(belt, war_id).ends_height - 1)
    belt.change(ann, { electricity: 7, data: 3, reputation: 2 })
    belt.change(bob, { electricity: 100, data: 20, reputation: 17 })
    belt.change(cid, { electricity: 199, data: 0 })
    const before = belt.totals()
    const treasury = belt.read('treasury') as { electricity: number; data: number }
    // Reputation counts: nineteen of it is a point.
    const events = belt.directed('war', conclude(war_id, 'defender', SCORES.aggressor + 1, SCORES.defender))
    const concluded = events.find(({ kind }) => kind === 'war.concluded')!.payload
    // Of 7 + 12 electricity and 3 + 8 data, each of three gets 6 and 3; cid has room for one.
    expect(concluded).toMatchObject({ winner: 'defender', to_treasury: { electricity: 19 - 1 - 6 - 6, data: 11 - 9 } })
    expect(belt.agent(ann.id)).toMatchObject({ electricity: 0, data: 0, reputation: 0 })
    expect(belt.agent(bob.id)).toMatchObject({ electricity: 88, data: 12, reputation: 11 })
    expect(belt.agent(cid.id)).toMatchObject({ electricity: 200, data: 3, reputation: 4 })
    expect(belt.agent(dora.id)).toMatchObject({ electricity: 106, data: 23, reputation: 4 })
    expect(belt.read('treasury')).toEqual({ electricity: treasury.electricity + 6, data: treasury.data + 2 })
    expect(belt.totals()).toEqual(before)
    expect(record(belt, war_id).result).toEqual({ winner: 'defender', aggressor_score: 23, defender_score: 30, height: belt.kernel.height() })
    expect(alliance(belt, raiders)).toMatchObject({ war: null, truce_until_height: belt.kernel.height() + 50 })
    expect(belt.read('wars/active')).toEqual([])
    expect(belt.refusal('war', conclude(war_id, 'defender', 23, 30))).toBe('WAR_NOT_FOUND')
  })

  it('that no module ends, ends by itself as a draw', () => {
    const { world: belt, miners } = world()
    const war_id = belt.must(ann, declare(miners))['war_id'] as string
    const before = belt.totals()
    const { ends_height } = record(belt, war_id)
    expect(belt.advanceTo(ends_height + 9).some(({ kind }) => kind === 'war.concluded')).toBe(false)
    const [concluded] = belt.pass(1).filter(({ kind }) => kind === 'war.concluded')
    expect(concluded!.payload).toMatchObject({ war_id, winner: 'draw', outcomes: [], to_treasury: { electricity: 0, data: 0 } })
    expect(belt.totals()).toEqual(before)
    expect(alliance(belt, miners).war).toBe(null)
    expect(belt.must(eve, { kind: 'leave_alliance' })).toMatchObject({ alliance_id: miners })
  })
})

describe('directives that lie about a war', () => {
  it('are refused and change nothing', () => {
    const { world: belt, miners } = world({ grace_blocks: 50 })
    const war_id = belt.must(ann, declare(miners))['war_id'] as string
    const fair = conclude(war_id, 'defender', SCORES.aggressor, SCORES.defender)
    expect(belt.refusal('war', fair)).toBe('WAR_NOT_OVER')
    belt.advanceTo(record(belt, war_id).ends_height)
    const lies: readonly (readonly [ValueMap, string])[] = [
      [conclude('war/0000000000000000', 'defender', 22, 30), 'WAR_NOT_FOUND'],
      [conclude(war_id, 'aggressor', 22, 30), 'BAD_SCORES'],
      [conclude(war_id, 'defender', 23, 30), 'BAD_SCORES'],
      [conclude(war_id, 'aggressor', 22, 4), 'BAD_SCORES'],
      [conclude(war_id, 'defender', 22, 22), 'BAD_SCORES'],
      [conclude(war_id, 'draw', 22, 30), 'BAD_DIRECTIVE'],
      [conclude(war_id, 'defender', -1, 30), 'BAD_DIRECTIVE'],
      [{ ...fair, spoils: 1_000_000 }, 'BAD_DIRECTIVE'],
    ]
    for (const [lie, code] of lies) {
      const agents = [ann, bob, cid, dora, eve].map(({ id }) => belt.agent(id))
      expect(belt.refusal('war', lie), JSON.stringify(lie)).toBe(code)
      expect([ann, bob, cid, dora, eve].map(({ id }) => belt.agent(id))).toEqual(agents)
    }
    expect(belt.refusal('crisis', fair)).toBe('NOT_ALLOWED')
    // Weariness may take up to 25 points.
    expect(belt.refusal('war', conclude(war_id, 'aggressor', 22, 5))).toBe(null)
  })
})

it('rejections of declaring war', () => {
  const { world: belt, miners, raiders } = world({ max_active_wars: 1 })
  expect(belt.code(finn, declare(miners))).toBe('NOT_IN_ALLIANCE')
  expect(belt.code(bob, declare(miners))).toBe('NOT_FOUNDER')
  expect(belt.code(ann, declare(raiders))).toBe('OWN_ALLIANCE')
  expect(belt.code(ann, declare('alliance/0000000000000000'))).toBe('ALLIANCE_NOT_FOUND')
  expect(belt.code(ann, declare(miners, { intensity: 11 }))).toBe('BAD_ACTION')
  expect(belt.code(ann, declare(miners, { intensity: 10 }))).toBe('INSUFFICIENT_DATA')
  const alone = belt.alliance('Hermits', finn)
  expect(belt.code(ann, declare(alone))).toBe('ALLIANCE_TOO_SMALL')
  const war_id = belt.must(ann, declare(miners))['war_id'] as string
  expect(belt.code(ann, declare(miners))).toBe('ALLIANCE_AT_WAR')
  belt.must(finn, { kind: 'invite_to_alliance', alliance_id: alone, agent: bob.id })
  belt.advanceTo(record(belt, war_id).ends_height + 10)
  expect(belt.code(ann, declare(miners))).toBe('TRUCE')
  belt.must(bob, { kind: 'leave_alliance' })
  belt.must(bob, { kind: 'join_alliance', alliance_id: alone })
  belt.put({ 'wars/active': ['war/0000000000000000'], 'war/0000000000000000': record(belt, war_id), [raiders]: { ...alliance(belt, raiders), members: [ann.id, cid.id].sort(), truce_until_height: 0 } })
  belt.change(ann, { electricity: 100, data: 100 })
  expect(belt.code(ann, declare(alone))).toBe('WAR_LIMIT')
})
