import { describe, expect, it } from 'vitest'
import { emitting } from '../testing/hand-made.ts'
import { testGenesis, TestWorld } from '../testing/test-world.ts'
import { ann, bob, cargoLimit, miningPlan, Workshop } from './testing/workshop.ts'

const mine = (amount: number, material = 'iron_ore') => ({ kind: 'mine_compound', material, amount })

describe('mine_compound', () => {
  it('takes ore out of the asteroid at once and gives it to the agent when the work is done', () => {
    const world = new Workshop()
    const before = world.asteroid().elements['Fe']!
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return [miningPlan(30, 3)]
    }
    const { events } = world.must(ann, mine(40))
    const since = world.kernel.height()
    expect(facts).toEqual({ asteroid: world.site, material: 'iron_ore', amount: 40, remaining: before, cargo_used: 0, cargo_slots: 1, electricity: 100_000, mining_bps: 10_000 })
    expect(events).toMatchObject([{ kind: 'mining.started', payload: { agent: ann.id, asteroid: world.site, material: 'iron_ore', amount: 30, capacity: 1_000, until_height: since + 3 } }])
    expect(world.asteroid().elements['Fe']).toBe(before - 30)
    expect(world.agent(ann.id)).toMatchObject({ materials: {}, task: { kind: 'mine', amount: 30, until_height: since + 3 } })
    expect(world.pass(3)).toMatchObject([{ kind: 'compound.mined', caused_by: `schedule:${events[0]!.id}`, payload: { agent: ann.id, amount: 30, returned: 0 } }])
    expect(world.agent(ann.id)).toMatchObject({ materials: { iron_ore: 30 }, task: null })
  })

  it('works with a module of the world as well as with a rule of a test', () => {
    const onMining = { subscriptions: { action_kinds: ['mine_compound'], event_kinds: [], stage: 'pre_action' } } as const
    const world = new TestWorld(testGenesis({ modules: [emitting('t.mining', [miningPlan(5)], onMining)] }))
    return world.act(ann, mine(5, 'carbon_fuel')).then(async ({ receipt }) => {
      // Where ann starts is for the seed to say.
      if (receipt.code === 'ASTEROID_DEPLETED') expect((await world.act(ann, mine(5))).receipt.code).toBeNull()
      world.advanceTo(world.kernel.height() + 2)
      expect(Object.values(world.agent(ann.id).materials)).toEqual([5])
    })
  })

  it('puts back what does not fit', () => {
    const world = new Workshop()
    const before = world.asteroid().elements['Cu']!
    world.rules = () => [miningPlan(30), cargoLimit(12)]
    world.must(ann, mine(30, 'copper_ore'))
    expect(world.pass(2)).toMatchObject([{ kind: 'compound.mined', payload: { amount: 12, returned: 18 } }])
    expect(world.cargo(ann)).toEqual({ copper_ore: 12 })
    expect(world.asteroid().elements['Cu']).toBe(before - 12)
    expect(world.do(ann, mine(30)).receipt).toMatchObject({ code: 'CARGO_FULL', detail: { used: 12, capacity: 12 } })
  })

  it('is refused for what is no ore, is not there, or out of range', () => {
    const world = new Workshop()
    world.rules = () => [miningPlan(1)]
    expect(world.code(ann, mine(1, 'unobtainium'))).toBe('MATERIAL_UNKNOWN')
    expect(world.code(ann, mine(1, 'iron_ingot'))).toBe('NOT_MINABLE')
    expect(world.code(ann, mine(0))).toBe('INVALID_AMOUNT')
    expect(world.do(ann, mine(1_001)).receipt).toMatchObject({ code: 'INVALID_AMOUNT', detail: { max: 1_000 } })
    expect(world.do(ann, mine(1, 'rare_earth_raw')).receipt).toMatchObject({ code: 'ASTEROID_DEPLETED', detail: { remaining: 0 } })
    expect(world.code(ann, mine(1, 'IRON'))).toBe('BAD_ACTION')
  })

  it('takes no more than is left, whatever the rules say', () => {
    const world = new Workshop()
    const left = world.asteroid().elements['Cu']!
    world.rules = ({ amount }) => [miningPlan(amount as number, 1), cargoLimit(1_000_000)]
    for (let mined = 0; mined + 1_000 <= left; mined += 1_000) {
      world.must(ann, mine(1_000, 'copper_ore'))
      world.pass(1)
    }
    const rest = left % 1_000
    expect(world.do(ann, mine(rest + 1, 'copper_ore')).receipt).toMatchObject({ code: 'ASTEROID_DEPLETED', detail: { remaining: rest } })
    expect(world.asteroid().elements['Cu']).toBe(rest)
  })

  it('needs free hands at an asteroid', () => {
    const world = new Workshop()
    world.rules = () => [miningPlan(1, 5)]
    world.must(ann, mine(1))
    expect(world.do(ann, mine(1)).receipt).toMatchObject({ code: 'BUSY', detail: { task: 'mine' } })
    expect(world.code(ann, { kind: 'move_agent', to: world.elsewhere })).toBe('BUSY')
    world.must(bob, { kind: 'move_agent', to: world.elsewhere })
    expect(world.code(bob, mine(1))).toBe('ALREADY_MOVING')
  })

  it('needs a plan, and one the kernel can keep to', () => {
    const world = new Workshop()
    expect(world.code(ann, mine(1))).toBe('RULE_MISSING')
    for (const [amount, blocks] of [[6, 1], [5, 1_001], [0, 1], [5, 0], [2_000_000, 1]] as const) {
      world.rules = () => [miningPlan(amount, blocks)]
      expect(world.code(ann, mine(5)), `${amount} ${blocks}`).toBe('RULE_FAILED')
    }
    expect(world.agent(ann.id).task).toBeNull()
  })
})
