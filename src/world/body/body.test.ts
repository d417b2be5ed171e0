import { describe, expect, it } from 'vitest'
import type { ValueMap } from '../../codec/index.ts'
import { ann, bob, Workshop } from '../industry/testing/workshop.ts'
import type { Emit } from '../industry/testing/workshop.ts'
import { Bazaar, hashOf, moduleBytes } from '../market/testing/bazaar.ts'
import { artifactKey } from '../market/keys.ts'
import { DEFAULT_PARAMS } from '../params.ts'
import { SCENARIOS } from '../scenario.ts'
import { decision, emitting } from '../testing/hand-made.ts'
import { testGenesis, TestWorld } from '../testing/test-world.ts'
import { bodyKey, dataAccessKey, surveyKey } from './keys.ts'
import type { BodyRecord } from './records.ts'
import { BODY_MODULES, countSlots, DEFAULT_BODY } from './slots.ts'

const view = { mass_kg: 200, radius_cm: 80, thrust_limit: 100, cross_section_cm2: 9_000 }
const emitBody = (change: ValueMap): Emit => decision('modify', { override: { kind: 'emit_body_attributes', view: change } })
const equip = (slot_id: string, module: string | null): ValueMap => ({ kind: 'equip_body_slot', slot_id, module })
const EXPAND: ValueMap = { kind: 'expand_body_interface' }

const bodyOf = (world: Workshop): BodyRecord => world.read(bodyKey(ann.id)) as BodyRecord
const counts = (change: Partial<ReturnType<typeof countSlots>> = {}): ReturnType<typeof countSlots> => ({ power: 2, sensor: 1, mobility: 1, cognitive: 1, cargo: 1, universal: 1, ...change })

describe('slots', () => {
  it('count by what they do', () => {
    expect(countSlots(DEFAULT_BODY)).toEqual(counts())
    const withSlot = (slot_id: string, module: string | null): BodyRecord => ({ ...DEFAULT_BODY, slots: DEFAULT_BODY.slots.map((slot) => (slot.slot_id === slot_id ? { ...slot, module } : slot)) })
    expect(countSlots(withSlot('sensor-1', null))).toEqual(counts({ sensor: 0 }))
    expect(countSlots(withSlot('universal-1', 'm1.storage.cargo'))).toEqual(counts({ cargo: 2, universal: 0 }))
    // Something of one's own works where it is made for, and is nobody's function in a universal slot.
    expect(countSlots(withSlot('sensor-1', 'a'.repeat(64)))).toEqual(counts())
    expect(countSlots(withSlot('universal-1', 'a'.repeat(64)))).toEqual(counts())
  })

  it('of a new body hold the modules they are made for', () => {
    for (const { slot_type, module } of DEFAULT_BODY.slots) expect(module === null ? 'universal' : BODY_MODULES[module]).toBe(slot_type)
  })
})

describe('body_action', () => {
  it('gives the body the measures the rules agreed to', () => {
    const world = new Workshop()
    world.rules = () => [decision('modify', { override: { kind: 'emit_body_attributes', view }, cost: { electricity: 10 } })]
    const { receipt, events } = world.must(ann, { kind: 'body_action', view: { ...view, mass_kg: 5 } })
    expect(receipt.fees).toEqual({ electricity: 10, data: 0 })
    expect(events).toMatchObject([{ kind: 'body.attributes_updated', payload: { agent: ann.id, view } }])
    expect(bodyOf(world)).toEqual({ ...DEFAULT_BODY, view })
  })

  it('tells the rules how the body is and how it should be', () => {
    const world = new Workshop()
    let facts: ValueMap = {}
    world.rules = (_action, told) => { facts = told; return [emitBody(view)] }
    world.must(ann, { kind: 'body_action', view })
    expect(facts).toMatchObject({ view: DEFAULT_BODY.view, wanted: view })
    world.must(ann, { kind: 'body_action', view })
    expect(facts).toMatchObject({ view })
  })

  it('needs a rule, and no rule makes a body that cannot be', () => {
    const world = new Workshop()
    expect(world.code(ann, { kind: 'body_action', view })).toBe('RULE_MISSING')
    for (const impossible of [{ mass_kg: 0 }, { mass_kg: 1_000_001 }, { radius_cm: 0 }, { thrust_limit: 10_000_001 }, { cross_section_cm2: 0 }]) {
      world.rules = () => [emitBody({ ...view, ...impossible })]
      expect(world.code(ann, { kind: 'body_action', view })).toBe('RULE_FAILED')
    }
    expect(world.code(ann, { kind: 'body_action', view: { ...view, mass_kg: -1 } })).toBe('BAD_ACTION')
    expect(world.code(ann, { kind: 'body_action', view: { mass_kg: 5 } })).toBe('BAD_ACTION')
    expect(world.read(bodyKey(ann.id))).toBeNull()
  })
})

describe('expand_body_interface', () => {
  it('turns a module rack into a universal slot', () => {
    const world = new Workshop()
    world.stock(ann, { module_rack: 2 })
    const { events } = world.must(ann, EXPAND)
    expect(events).toMatchObject([{ kind: 'body.expanded', payload: { agent: ann.id, slot_id: 'universal-2', slot_type: 'universal', slots: 8 } }])
    expect(world.cargo(ann)['module_rack']).toBe(1)
    world.must(ann, EXPAND)
    expect(world.cargo(ann)['module_rack']).toBeUndefined()
    expect(bodyOf(world).slots.map(({ slot_id }) => slot_id).slice(6)).toEqual(['universal-1', 'universal-2', 'universal-3'])
    expect(countSlots(bodyOf(world))).toEqual(counts({ universal: 3 }))
    world.must(ann, equip('universal-3', 'm1.sensor.basic'))
    expect(countSlots(bodyOf(world))).toEqual(counts({ universal: 2, sensor: 2 }))
  })

  it('takes a rack, and ends at the largest body', () => {
    const world = new Workshop()
    expect(world.code(ann, EXPAND)).toBe('NO_MODULE_RACK')
    world.stock(ann, { module_rack: 12 })
    for (let slots = 7; slots < DEFAULT_PARAMS.body.slots_max; slots++) world.must(ann, EXPAND)
    expect(world.do(ann, EXPAND).receipt).toMatchObject({ code: 'SLOT_LIMIT', detail: { max: 16 } })
    expect(world.cargo(ann)['module_rack']).toBe(3)
  })
})

describe('equip_body_slot', () => {
  it('puts modules of the world into slots that take them, and takes them out', () => {
    const world = new Workshop()
    const { events } = world.must(ann, equip('sensor-1', null))
    expect(events).toMatchObject([{ kind: 'body.slot_equipped', payload: { slot_id: 'sensor-1', module: null, previous: 'm1.sensor.basic' } }])
    expect(countSlots(bodyOf(world))).toEqual(counts({ sensor: 0 }))
    world.must(ann, equip('sensor-1', 'm1.sensor.basic'))
    world.must(ann, equip('power-1', 'm1.power.storage'))
    world.must(ann, equip('universal-1', 'm1.mobility.basic'))
    expect(countSlots(bodyOf(world))).toEqual(counts({ mobility: 2, universal: 0 }))
  })

  it('is refused for slots that do not exist, modules that do not fit, are nothing, or are there already', () => {
    const world = new Workshop()
    expect(world.code(ann, equip('sensor-2', null))).toBe('SLOT_NOT_FOUND')
    expect(world.do(ann, equip('sensor-1', 'm1.mobility.basic')).receipt).toMatchObject({ code: 'SLOT_MISMATCH', detail: { slot_type: 'sensor', module_type: 'mobility' } })
    expect(world.code(ann, equip('universal-1', 'm1.rule.move'))).toBe('NOT_EQUIPPABLE')
    expect(world.code(ann, equip('universal-1', 'x.unknown'))).toBe('NOT_EQUIPPABLE')
    expect(world.code(ann, equip('sensor-1', 'm1.sensor.basic'))).toBe('SLOT_UNCHANGED')
    expect(world.code(ann, equip('universal-1', null))).toBe('SLOT_UNCHANGED')
    expect(world.code(ann, equip('__proto__', null))).toBe('BAD_ACTION')
  })

  it('takes artifacts of one\'s own that are not for sale, and counts where they are in use', () => {
    const world = new Workshop()
    const hash = hashOf(1)
    expect(world.code(ann, equip('universal-1', hash))).toBe('NOT_EQUIPPABLE')
    world.must(ann, { kind: 'deploy_module_artifact', wasm: moduleBytes(1) })
    expect(world.code(bob, equip('universal-1', hash))).toBe('NOT_EQUIPPABLE')
    world.must(ann, equip('universal-1', hash))
    world.must(ann, equip('sensor-1', hash))
    expect(world.read(artifactKey(hash))).toMatchObject({ equipped: 2 })
    world.must(ann, equip('sensor-1', 'm1.sensor.basic'))
    world.must(ann, equip('universal-1', null))
    expect(world.read(artifactKey(hash))).toMatchObject({ equipped: 0 })
    world.must(ann, { kind: 'list_module_artifact_for_sale', wasm_hash: hash, price: { resource: 'data', amount: 5 } })
    expect(world.code(ann, equip('universal-1', hash))).toBe('NOT_EQUIPPABLE')
  })
})

describe('collect_data', () => {
  const collect = (blocks: number): ValueMap => ({ kind: 'collect_data', blocks })
  const plan = (amount: number, blocks: number): Emit => ({ kind: 'data.collection_plan', payload: { amount, blocks } })

  it('takes its blocks, and then brings the data the rules promised', () => {
    const world = new Workshop()
    world.rules = () => [plan(30, 4), decision('allow', { cost: { electricity: 4 } })]
    const before = world.agent(ann.id)
    const { receipt, events } = world.must(ann, collect(5))
    const now = world.kernel.height()
    expect(receipt.fees).toEqual({ electricity: 4, data: 0 })
    expect(events).toMatchObject([{ kind: 'data.collection_started', payload: { agent: ann.id, asteroid: world.site, blocks: 4, amount: 30, until_height: now + 4 } }])
    expect(world.agent(ann.id)).toMatchObject({ data: before.data, task: { kind: 'collect', amount: 30, until_height: now + 4 } })
    expect(world.code(ann, collect(1))).toBe('BUSY')
    expect(world.pass(3)).toMatchObject([{ kind: 'data.collected', caused_by: `schedule:${events[0]!.id}`, payload: { agent: ann.id, asteroid: world.site, amount: 30 } }])
    expect(world.agent(ann.id)).toMatchObject({ data: before.data + 30, task: null })
  })

  it('tells the rules where, with which sensors, and how often before', () => {
    const world = new Workshop()
    const told: ValueMap[] = []
    world.rules = (_action, facts) => { told.push(facts); return [plan(1, 1)] }
    world.must(ann, collect(1))
    world.pass(1)
    world.must(ann, equip('universal-1', 'm1.sensor.basic'))
    told.length = 0
    world.must(ann, collect(2))
    expect(told).toEqual([{ asteroid: world.site, blocks: 2, sensor_slots: 2, surveyed_by_me: 1, collection_bps: 10_000 }])
    expect(world.read(surveyKey(ann.id))).toEqual([{ asteroid: world.site, times: 2 }])
    expect(world.read(surveyKey(bob.id))).toBeNull()
  })

  it('forgets the asteroid surveyed longest ago when an agent has been to more than it can remember', async () => {
    expect(DEFAULT_PARAMS.body.surveys_remembered).toBeGreaterThan(SCENARIOS['belt-small'].asteroids)
    const planner = emitting('t.plan', [plan(1, 1)], { subscriptions: { action_kinds: ['collect_data'], event_kinds: [], stage: 'pre_action' } })
    const world = new TestWorld(testGenesis({ modules: [planner], params: { speed_cm_per_block: 10_000_000, body: { ...DEFAULT_PARAMS.body, surveys_remembered: 2 } } }))
    for (const asteroid of ['asteroid/0001', 'asteroid/0002', 'asteroid/0001', 'asteroid/0003']) {
      await world.travel(ann, asteroid)
      await world.act(ann, collect(1))
      world.block()
    }
    expect(world.read(surveyKey(ann.id))).toEqual([{ asteroid: 'asteroid/0001', times: 2 }, { asteroid: 'asteroid/0003', times: 1 }])
  })

  it('needs a rule, an asteroid, and sensible plans', () => {
    const world = new Workshop()
    expect(world.code(ann, collect(1))).toBe('RULE_MISSING')
    for (const blocks of [0, 21]) expect(world.do(ann, collect(blocks)).receipt).toMatchObject({ code: 'INVALID_AMOUNT', detail: { max: 20 } })
    for (const [amount, blocks] of [[1_001, 1], [1, 0], [1, 21]] as const) {
      world.rules = () => [plan(amount, blocks)]
      expect(world.code(ann, collect(1))).toBe('INVALID_AMOUNT')
    }
    world.rules = () => []
    world.must(ann, { kind: 'move_agent', to: world.elsewhere })
    expect(world.code(ann, collect(1))).toBe('ALREADY_MOVING')
    expect(world.read(surveyKey(ann.id))).toBeNull()
  })
})

describe('grant_data_access and revoke_data_access', () => {
  const grant = (grantee: string): ValueMap => ({ kind: 'grant_data_access', grantee })
  const revoke = (grantee: string): ValueMap => ({ kind: 'revoke_data_access', grantee })

  it('keep a list of who has access', () => {
    const world = new Workshop()
    expect(world.must(ann, grant(bob.id)).events).toMatchObject([{ kind: 'data.access_granted', payload: { agent: ann.id, grantee: bob.id } }])
    expect(world.read(dataAccessKey(ann.id))).toEqual([bob.id])
    expect(world.must(ann, revoke(bob.id)).events).toMatchObject([{ kind: 'data.access_revoked', payload: { agent: ann.id, grantee: bob.id } }])
    expect(world.read(dataAccessKey(ann.id))).toBeNull()
  })

  it('are refused where they would change nothing', () => {
    const world = new Workshop()
    expect(world.code(ann, grant(ann.id))).toBe('SELF_GRANT')
    expect(world.code(ann, grant(`agent/${'0'.repeat(32)}`))).toBe('AGENT_NOT_FOUND')
    expect(world.code(ann, revoke(bob.id))).toBe('ACCESS_NOT_FOUND')
    world.must(ann, grant(bob.id))
    expect(world.code(ann, grant(bob.id))).toBe('ACCESS_EXISTS')
    const closed = new Bazaar({ body: { ...DEFAULT_PARAMS.body, access_grants_max: 0 } })
    expect(closed.code(ann, grant(bob.id))).toBe('ACCESS_LIMIT')
  })
})
