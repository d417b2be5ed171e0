import { describe, expect, it } from 'vitest'
import { distanceCm } from '../geometry.ts'
import { inhabitant } from '../testing/test-world.ts'
import { ann, bob, cargoLimit, recipePlan, transitPlan, Workshop } from './testing/workshop.ts'

const cid = inhabitant('cid')
const send = (from: string, to: string, amount: number, material = 'gear') => ({ kind: 'transfer_material', from, to, material, amount, priority: 'standard' })

describe('transfer_material at one asteroid', () => {
  it('happens at once, whole, and needs no plan', () => {
    const world = new Workshop()
    world.stock(ann, { gear: 10 })
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return []
    }
    expect(world.must(ann, send(ann.id, bob.id, 4)).events).toMatchObject([{ kind: 'material.transferred', payload: { agent: ann.id, from: ann.id, to: bob.id, asteroid: world.site, material: 'gear', amount: 4 } }])
    expect(facts).toEqual({
      material: 'gear', amount: 4, loss_class: 'low', distance_cm: 0, same_location: true, in_flight: 0, priority: 'standard', available: 10,
      from_asteroid: world.site, to_asteroid: world.site, cargo_slots: 1, electricity: 100_000,
    })
    expect([world.cargo(ann), world.cargo(bob)]).toEqual([{ gear: 6 }, { gear: 4 }])
  })

  it('goes into a factory and out again', () => {
    const world = new Workshop()
    const id = world.build(ann)
    world.stock(ann, { gear: 10 })
    world.must(ann, send(ann.id, id, 10))
    expect([world.cargo(ann), world.factory(id).materials]).toEqual([{}, { gear: 10 }])
    world.must(ann, send(id, ann.id, 7))
    expect([world.cargo(ann), world.factory(id).materials]).toEqual([{ gear: 7 }, { gear: 3 }])
  })

  it('needs room: in cargo, and in a factory besides what its jobs will bring', () => {
    const world = new Workshop()
    const id = world.build(ann)
    world.stock(ann, { gear: 30 })
    world.rules = () => [cargoLimit(9)]
    expect(world.do(ann, send(ann.id, bob.id, 10)).receipt).toMatchObject({ code: 'CARGO_FULL', detail: { room: 9, amount: 10 } })
    world.rules = () => [recipePlan({ extract: { iron_ore: 20 }, produce: { slag: 20 } })]
    world.must(ann, { kind: 'schedule_recipe', factory_id: id, recipe_id: 'test', batches: 1 })
    world.rules = () => []
    expect(world.do(ann, send(ann.id, id, 21)).receipt).toMatchObject({ code: 'FACTORY_STORAGE_FULL', detail: { room: 20, amount: 21 } })
    world.must(ann, send(ann.id, id, 20))
  })

  it('takes only from where the actor may, to who is there', () => {
    const world = new Workshop()
    const id = world.build(ann)
    world.stock(ann, { gear: 2 })
    expect(world.code(bob, send(ann.id, bob.id, 1))).toBe('LEDGER_NOT_YOURS')
    expect(world.code(bob, send(id, bob.id, 1))).toBe('FACTORY_ACCESS_DENIED')
    expect(world.code(ann, send(ann.id, 'factory/00000000000000ff', 1))).toBe('FACTORY_NOT_FOUND')
    expect(world.code(ann, send(ann.id, `agent/${'0'.repeat(32)}`, 1))).toBe('AGENT_NOT_FOUND')
    expect(world.code(ann, send(ann.id, ann.id, 1))).toBe('SAME_LEDGER')
    expect(world.code(ann, send(ann.id, bob.id, 1, 'gold'))).toBe('MATERIAL_UNKNOWN')
    expect(world.code(ann, send(ann.id, bob.id, 0))).toBe('INVALID_AMOUNT')
    expect(world.code(ann, send(ann.id, 'treasury', 1))).toBe('BAD_ACTION')
    expect(world.do(ann, send(ann.id, bob.id, 3)).receipt).toMatchObject({ code: 'INSUFFICIENT_MATERIAL', detail: { material: 'gear', required: 3, available: 2 } })
    world.must(bob, { kind: 'move_agent', to: world.elsewhere })
    expect(world.code(ann, send(ann.id, bob.id, 1))).toBe('RECEIVER_AWAY')
  })

  it('needs free hands for one\'s own cargo, not for a factory', () => {
    const world = new Workshop()
    const [from, to] = [world.build(ann), world.build(ann)]
    world.stock(ann, { gear: 5 })
    world.must(ann, send(ann.id, from, 4))
    world.must(ann, { kind: 'move_agent', to: world.elsewhere })
    expect(world.code(ann, send(ann.id, to, 1))).toBe('ALREADY_MOVING')
    expect(world.code(ann, send(from, ann.id, 1))).toBe('ALREADY_MOVING')
    world.must(ann, send(from, to, 4))
    expect(world.factory(to).materials).toEqual({ gear: 4 })
  })
})

describe('transfer_material between asteroids', () => {
  /** Ann's factories at both ends, with ann at the far one and 20 gears at the near one. */
  function line(storage_capacity = 40): { world: Workshop; from: string; to: string } {
    const world = new Workshop()
    const from = world.build(ann)
    world.stock(ann, { gear: 20 })
    world.must(ann, send(ann.id, from, 20))
    world.move(ann, world.elsewhere)
    return { world, from, to: world.build(ann, { spec: { storage_capacity } }) }
  }

  it('takes its time, and loses what the rules say, rounded up', () => {
    const { world, from, to } = line()
    const distance_cm = distanceCm(world.asteroid().position, world.asteroid(world.elsewhere).position)
    let facts: unknown
    world.rules = (_action, told) => {
      facts = told
      return [transitPlan(6, 1_001)]
    }
    const { events } = world.must(ann, send(from, to, 11))
    const height = world.kernel.height()
    expect(facts).toMatchObject({ distance_cm, same_location: false, loss_class: 'low', from_asteroid: world.site, to_asteroid: world.elsewhere })
    const id = events[0]!.payload['transit'] as string
    const record = {
      agent: ann.id, from, to, from_asteroid: world.site, to_asteroid: world.elsewhere, material: 'gear', amount: 11, priority: 'standard', loss_bps: 1_001, capacity: null,
      depart_height: height, arrive_height: height + 6,
    }
    expect(world.read(id)).toEqual(record)
    expect(events).toMatchObject([{ kind: 'transit.started', payload: { ...record, transit: id, distance_cm } }])
    expect(world.factory(from).materials).toEqual({ gear: 9 })
    expect(world.read(`transits_of/${ann.id.slice(6)}`)).toEqual([id])
    // 11 × 10.01 % = 1.1011
    expect(world.pass(6)).toMatchObject([{ kind: 'transit.completed', caused_by: `schedule:${events[0]!.id}`, payload: { transit: id, requester: ann.id, sent: 11, received: 9, lost: 2, reason: null } }])
    expect(world.factory(to).materials).toEqual({ gear: 9 })
    expect([world.read(id), world.read(`transits_of/${ann.id.slice(6)}`)]).toEqual([null, null])
    expect(world.read('industry')).toMatchObject({ completed_transits: 1 })
  })

  it('may lose everything, and never more', () => {
    const { world, from, to } = line()
    world.rules = () => [transitPlan(3, 10_000)]
    world.must(ann, send(from, to, 5))
    expect(world.pass(3)).toMatchObject([{ payload: { sent: 5, received: 0, lost: 5, reason: null } }])
    expect(world.factory(to).materials).toEqual({})
  })

  it('loses what finds no room', () => {
    const { world, from, to } = line(6)
    world.rules = () => [transitPlan(3, 1_000)]
    world.must(ann, send(from, to, 10))
    expect(world.pass(3)).toMatchObject([{ payload: { sent: 10, received: 6, lost: 4, reason: 'receiver_full' } }])
  })

  it('loses what arrives where the factory was', () => {
    const { world, from, to } = line()
    world.rules = () => [transitPlan(3)]
    world.must(ann, send(from, to, 10))
    world.must(ann, { kind: 'recycle_factory', factory_id: to })
    expect(world.pass(2)).toMatchObject([{ kind: 'transit.completed', payload: { sent: 10, received: 0, lost: 10, reason: 'receiver_gone' } }])
  })

  it('goes to an agent too, that has to be there and have room', () => {
    const { world, from } = line()
    world.rules = () => [transitPlan(3), cargoLimit(4)]
    world.must(ann, send(from, ann.id, 5))
    expect(world.pass(3)).toMatchObject([{ payload: { received: 4, lost: 1, reason: 'receiver_full' } }])
    world.must(ann, { kind: 'discard_material', from: ann.id, material: 'gear', amount: 4 })
    world.must(ann, send(from, ann.id, 4))
    world.must(ann, { kind: 'move_agent', to: world.site })
    expect(world.pass(2)).toMatchObject([{ payload: { received: 0, lost: 4, reason: 'receiver_elsewhere' } }])
  })

  it('leaves one\'s own cargo, by hand', () => {
    const { world } = line()
    world.stock(ann, { gear: 3 })
    world.rules = () => [transitPlan(3)]
    world.must(ann, send(ann.id, bob.id, 3))
    world.must(ann, { kind: 'move_agent', to: world.site })
    world.pass(2)
    expect(world.cargo(bob)).toEqual({ gear: 3 })
  })

  it('is limited for every agent', () => {
    const { world, from, to } = line()
    world.rules = () => [transitPlan(9)]
    for (let transit = 0; transit < 4; transit++) world.must(ann, send(from, to, 1))
    expect(world.do(ann, send(from, to, 1)).receipt).toMatchObject({ code: 'TRANSIT_LIMIT', detail: { in_flight: 4, max: 4 } })
    world.pass(6)
    world.must(ann, send(from, to, 1))
  })

  it('needs a plan that is neither too fast nor too slow', () => {
    const { world, from, to } = line()
    expect(world.code(ann, send(from, to, 1))).toBe('RULE_MISSING')
    world.rules = () => [transitPlan(1_001)]
    expect(world.do(ann, send(from, to, 1)).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { reason: 'the transit takes too long' } })
    world.rules = () => [transitPlan(1, 10_001)]
    expect(world.do(ann, send(from, to, 1)).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { failure: 'INVALID_OUTPUT' } })
    const slow = new Workshop({ transit_max_cm_per_block: 1_000_000 })
    slow.stock(ann, { gear: 1 })
    slow.move(bob, slow.elsewhere)
    const least = Math.ceil(distanceCm(slow.asteroid().position, slow.asteroid(slow.elsewhere).position) / 1_000_000)
    slow.rules = () => [transitPlan(least - 1)]
    expect(slow.do(ann, send(ann.id, bob.id, 1)).receipt).toMatchObject({ code: 'RULE_FAILED', detail: { reason: 'the transit is too fast' } })
    slow.rules = () => [transitPlan(least)]
    slow.must(ann, send(ann.id, bob.id, 1))
  })

  it('with six recipes makes three transits enough for the stage of governance', () => {
    const { world, from, to } = line()
    world.rules = ({ kind }) => (kind === 'schedule_recipe' ? [recipePlan({ extract: { iron_ore: 1 }, produce: { slag: 1 }, duration_blocks: 1 })] : [transitPlan(1)])
    for (let job = 0; job < 6; job++) {
      world.must(ann, { kind: 'schedule_recipe', factory_id: to, recipe_id: 'test', batches: 1 })
      world.pass(1)
    }
    expect(world.read('industry')).toMatchObject({ stage: 'scale_out' })
    const changes: string[] = []
    for (let transit = 0; transit < 3; transit++) {
      world.must(ann, send(from, to, 1))
      for (const { kind, payload } of world.pass(1)) if (kind === 'industry.stage_changed') changes.push(`${transit} ${String(payload['to'])}`)
    }
    expect(changes).toEqual(['2 governance'])
  })
})

describe('discard_material', () => {
  it('destroys material of one\'s own cargo or factory for good', () => {
    const world = new Workshop()
    const id = world.build(ann)
    world.stock(ann, { gear: 5 })
    world.must(ann, send(ann.id, id, 3))
    expect(world.must(ann, { kind: 'discard_material', from: ann.id, material: 'gear', amount: 2 }).events).toMatchObject([{ kind: 'material.discarded', payload: { agent: ann.id, from: ann.id, material: 'gear', amount: 2 } }])
    world.must(ann, { kind: 'discard_material', from: id, material: 'gear', amount: 1 })
    expect([world.cargo(ann), world.factory(id).materials]).toEqual([{}, { gear: 2 }])
  })

  it('is refused for what is not there or not the actor\'s', () => {
    const world = new Workshop()
    const id = world.build(ann)
    world.stock(ann, { gear: 1 })
    const discard = (from: string, amount: number, material = 'gear') => ({ kind: 'discard_material', from, material, amount })
    expect(world.code(ann, discard(ann.id, 2))).toBe('INSUFFICIENT_MATERIAL')
    expect(world.code(ann, discard(ann.id, 1, 'gold'))).toBe('INSUFFICIENT_MATERIAL')
    expect(world.code(ann, discard(ann.id, 0))).toBe('INVALID_AMOUNT')
    expect(world.code(bob, discard(ann.id, 1))).toBe('LEDGER_NOT_YOURS')
    expect(world.code(cid, discard(id, 1))).toBe('FACTORY_ACCESS_DENIED')
  })
})
