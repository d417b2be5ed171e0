import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../../codec/index.ts'
import { readModifiers } from '../modifiers.ts'
import type { Modifiers } from '../modifiers.ts'
import type { SocietyParams } from '../params.ts'
import type { CrisisRecord } from '../records.ts'
import { ann, bob, cid, Commons, dora } from '../testing/commons.ts'
import { needsOf } from './crisis-needs.ts'

const spawn = (kind = 'solar_storm', severity = 2, lasts_blocks = 30): ValueMap => ({ type: 'crisis_spawn', kind, severity, lasts_blocks })
const give = (crisis_id: string, amount: number): ValueMap => ({ kind: 'resolve_crisis', crisis_id, amount })
const timeout = (crisis_id: string, penalty: number): ValueMap => ({ type: 'crisis_timeout', crisis_id, penalty })
const NOWHERE = 'crisis/0000000000000000'
const CALM: Modifiers = { harvest_bps: 10_000, mining_bps: 10_000, collection_bps: 10_000, trade_fee_bps: 0 }

function struck(kind = 'solar_storm', severity = 2, society: Partial<SocietyParams> = {}): { readonly world: Commons; readonly id: string } {
  const world = new Commons(society)
  const spawned = world.directed('crisis', spawn(kind, severity)).find((event) => event.kind === 'crisis.spawned')!
  return { world, id: spawned.payload['crisis_id'] as string }
}
const record = (world: Commons, id: string): CrisisRecord => world.read(id) as CrisisRecord
const modifiers = (world: Commons, height = world.kernel.height()): Modifiers => readModifiers({ get: (key) => world.kernel.query(key).value }, height)

describe('a crisis', () => {
  it('is resolved when enough was given, and those who gave are thanked by what they gave', () => {
    const { world, id } = struck()
    expect(record(world, id)).toMatchObject({ kind: 'solar_storm', needs: 'electricity', required: 40, contributed: 0, status: 'active', until_height: 31 })
    expect(modifiers(world)).toEqual({ ...CALM, harvest_bps: 8_000 })
    const before = world.totals()
    expect(world.must(ann, give(id, 10))).toMatchObject({ amount: 10, burned: 0 })
    world.must(bob, give(id, 1))
    world.must(ann, give(id, 5))
    const { events } = world.do(bob, give(id, 1_000))
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['crisis.contributed', 'crisis.resolved']))
    expect(record(world, id)).toMatchObject({ contributed: 40, status: 'resolved', contributors: [{ agent: ann.id, amount: 15 }, { agent: bob.id, amount: 25 }] })
    expect([ann, bob].map((who) => world.agent(who.id))).toMatchObject([{ electricity: 85, reputation: 12 }, { electricity: 75, reputation: 12 }])
    expect(world.totals()).toEqual(before)
    expect(world.read('crises/active')).toEqual({ ids: [], spawned: 1, resolved: 1, timed_out: 0, last_spawn_height: 1 })
    expect(modifiers(world)).toEqual(CALM)
    expect(world.code(cid, give(id, 1))).toBe('CRISIS_OVER')
    expect(world.pass(60).some(({ kind }) => kind === 'crisis.timed_out')).toBe(false)
  })

  it('takes ore out of the world when it asks for ore', () => {
    const { world, id } = struck('supply_shock', 1)
    world.change(ann, { materials: { iron_ore: 10 } })
    expect(modifiers(world)).toEqual({ ...CALM, mining_bps: 9_000 })
    expect(world.must(ann, give(id, 2))).toMatchObject({ needs: 'iron_ore', burned: 2 })
    expect(world.agent(ann.id)).toMatchObject({ materials: { iron_ore: 8 }, electricity: 100 })
    world.must(ann, give(id, 2))
    expect(record(world, id)).toMatchObject({ status: 'resolved', contributed: 3 })
    expect(world.agent(ann.id)).toMatchObject({ materials: { iron_ore: 7 }, reputation: 12 })
  })

  it('asks for data when networks or councils fail', () => {
    const { world, id } = struck('network_outage', 1)
    world.must(ann, give(id, 8))
    expect(world.agent(ann.id).data).toBe(12)
    world.pass(20)
    expect(world.refusal('crisis', spawn('governance_deadlock', 1))).toBe(null)
    expect(modifiers(world)).toEqual({ ...CALM, trade_fee_bps: 100 })
  })

  it('that is not resolved hurts everybody for a while longer, as much as the module says', () => {
    const { world, id } = struck()
    expect(world.refusal('crisis', timeout(id, 60))).toBe('CRISIS_NOT_OVER')
    world.must(ann, give(id, 10))
    world.advanceTo(31)
    expect(world.code(ann, give(id, 30))).toBe('CRISIS_OVER')
    expect(world.refusal('crisis', timeout(id, 91))).toBe('BAD_DIRECTIVE')
    const reputations = world.agent(ann.id).reputation
    expect(world.refusal('crisis', timeout(id, 60))).toBe(null)
    const height = world.kernel.height()
    expect(modifiers(world)).toEqual({ ...CALM, harvest_bps: 4_000 })
    expect([modifiers(world, height + 19).harvest_bps, modifiers(world, height + 20).harvest_bps]).toEqual([4_000, 10_000])
    expect(world.agent(ann.id)).toMatchObject({ electricity: 90, reputation: reputations })
    expect(world.read('crises/active')).toMatchObject({ ids: [], timed_out: 1 })
    expect(world.refusal('crisis', timeout(id, 60))).toBe('CRISIS_OVER')
  })

  it('that no module ends, ends by itself', () => {
    const { world, id } = struck('solar_storm', 3)
    expect(world.advanceTo(40).some(({ kind }) => kind === 'crisis.timed_out')).toBe(false)
    const [over] = world.pass(1).filter(({ kind }) => kind === 'crisis.timed_out')
    expect(over!.payload).toMatchObject({ crisis_id: id, penalty: 30, aftermath_until_height: 61 })
    expect(modifiers(world).harvest_bps).toBe(7_000)
  })

  it('leaves a tenth of every yield, however many come together', () => {
    const effects = (kind: string): unknown => [1, 2].map((n) => ({ crisis_id: `crisis/000000000000000${n}`, kind, strength: 90, until_height: 50 }))
    const at = (kind: string): Modifiers => readModifiers({ get: () => effects(kind) as never }, 10)
    expect(at('supply_shock')).toEqual({ ...CALM, mining_bps: 1_000 })
    expect(at('network_outage')).toEqual({ ...CALM, collection_bps: 1_000 })
    expect(at('governance_deadlock')).toEqual({ ...CALM, trade_fee_bps: 1_000 })
  })

  it('asks more of larger worlds, within bounds', () => {
    expect([0, 49, 50, 199, 200, 10_000].map((agents) => needsOf('solar_storm', 1, agents).required)).toEqual([20, 20, 40, 80, 100, 100])
    expect(needsOf('supply_shock', 5, 10_000)).toEqual({ needs: 'iron_ore', required: 75 })
  })
})

describe('bounds', () => {
  it('on crises at a time, of a kind, and in a row', () => {
    const { world } = struck('solar_storm', 1, { max_active_crises: 2 })
    expect(world.refusal('crisis', spawn('network_outage', 1))).toBe('CRISIS_LIMIT')
    world.pass(20)
    expect(world.refusal('crisis', spawn('solar_storm', 1, 100))).toBe('CRISIS_LIMIT')
    expect(world.refusal('crisis', spawn('network_outage', 1, 1_001))).toBe('CRISIS_TERM')
    expect(world.refusal('crisis', spawn('network_outage', 6))).toBe('BAD_DIRECTIVE')
    expect(world.refusal('crisis', spawn('rain', 1))).toBe('BAD_DIRECTIVE')
    expect(world.refusal('war', spawn('network_outage', 1))).toBe('NOT_ALLOWED')
    expect(world.refusal('crisis', spawn('network_outage', 1, 100))).toBe(null)
    world.put({ 'crises/active': { ...(world.read('crises/active') as object), last_spawn_height: 0 } })
    expect(world.refusal('crisis', spawn('supply_shock', 1))).toBe('CRISIS_LIMIT')
    expect(world.refusal('crisis', timeout(NOWHERE, 1))).toBe('CRISIS_NOT_FOUND')
  })

  it('on contributions', () => {
    const { world, id } = struck('solar_storm', 5)
    expect(world.code(ann, give(NOWHERE, 1))).toBe('CRISIS_NOT_FOUND')
    expect(world.code(ann, give(id, 0))).toBe('BAD_ACTION')
    expect(world.do(ann, give(id, 1)).receipt).toMatchObject({ code: 'CONTRIBUTION_TOO_SMALL', detail: { min: 2 } })
    world.change(ann, { electricity: 1 })
    expect(world.code(ann, give(id, 2))).toBe('INSUFFICIENT_ELECTRICITY')
    world.change(bob, { electricity: 99 })
    world.must(bob, give(id, 99))
    // One is left, which is enough.
    world.must(dora, give(id, 1))
    expect(record(world, id).status).toBe('resolved')
    const shocked = struck('supply_shock', 1)
    expect(shocked.world.code(ann, give(shocked.id, 1))).toBe('INSUFFICIENT_MATERIAL')
    const outage = struck('network_outage', 5)
    expect(outage.world.code(ann, give(outage.id, 21))).toBe('INSUFFICIENT_DATA')
  })

  it('tells the crisis module how things stand', () => {
    const { world, id } = struck()
    expect(world.facts('crisis')).toEqual({
      spawned: 1, resolved: 0, timed_out: 0, last_spawn_height: 1, max_active_crises: 2, crisis_interval_blocks: 80, crisis_cooldown_blocks: 20,
      crisis_blocks_max: 1_000, agents: 6,
      active: [{ crisis_id: id, kind: 'solar_storm', severity: 2, required: 40, contributed: 0, until_height: 31, over: false }],
    })
  })
})
