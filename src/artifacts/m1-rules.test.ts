import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { builtinModules } from './index.ts'
import type { BuiltinModule } from './index.ts'
import { OTHER, decision, inputFor, judge, run } from './testing/judge.ts'
import type { Judged } from './testing/judge.ts'

const modules: Record<string, BuiltinModule> = {}
beforeAll(async () => {
  for (const module of await builtinModules(['m1'])) modules[module.manifest.module_id] = module
})

const SAFE = Number.MAX_SAFE_INTEGER
const at = { x: 1, y: 2, z: 3 }

const move = (distance_cm: number, facts: { cargo_used?: number; mobility_slots?: number } = {}): Judged => ({
  action: { kind: 'move_agent', to: 'asteroid/0002' },
  facts: { from: at, to: at, distance_cm, electricity: 100, cargo_used: 0, mobility_slots: 1, ...facts },
})
const harvest = (facts: { radiation?: number; blocks?: number; electricity?: number; power_slots?: number; harvest_bps?: number }): Judged => ({
  action: { kind: 'harvest_radiation', blocks: facts.blocks ?? 5 },
  facts: { asteroid: 'asteroid/0002', radiation: 42, blocks: 5, electricity: 10, power_slots: 2, harvest_bps: 10_000, ...facts },
})
const transfer = (facts: { amount?: number; resource?: string; same_location?: boolean; recipient_balance?: number }): Judged => ({
  action: { kind: 'transfer_resource', to: OTHER, resource: facts.resource ?? 'electricity', amount: facts.amount ?? 20 },
  facts: { distance_cm: 0, same_location: true, resource: 'electricity', amount: 20, actor_balance: 100, recipient_balance: 30, ...facts },
})
const candidate = (distance_cm: number): Value => ({ agent_id: OTHER, position: at, distance_cm })
const observation = (distances: readonly number[], sensor_slots = 1): Judged => ({
  action: { kind: 'query_observation' },
  facts: { position: at, candidates: distances.map(candidate), sensor_slots },
})
const collection = (facts: { blocks?: number; sensor_slots?: number; surveyed_by_me?: number; collection_bps?: number }): Judged => ({
  action: { kind: 'collect_data', blocks: facts.blocks ?? 10 },
  facts: { asteroid: 'asteroid/0002', blocks: 10, sensor_slots: 1, surveyed_by_me: 0, collection_bps: 10_000, ...facts },
})
const VIEW = { mass_kg: 100, radius_cm: 50, thrust_limit: 500, cross_section_cm2: 5_000 }
const rebuild = (change: Partial<typeof VIEW>): Judged => ({
  action: { kind: 'body_action', view: { ...VIEW, ...change } },
  facts: { view: VIEW, wanted: { ...VIEW, ...change }, electricity: 100 },
})
const mine = (cargo_slots: number): Judged => ({
  action: { kind: 'mine_compound', material: 'iron_ore', amount: 5 },
  facts: { asteroid: 'asteroid/0002', material: 'iron_ore', amount: 5, remaining: 100, cargo_used: 0, cargo_slots, electricity: 10 },
})
const powerOrder = (side: string, amount: number, electricity: number): Judged => ({
  action: { kind: 'place_power_order', side, amount, limit_price: 3 },
  facts: { side, amount, limit_price: 3, electricity, data: 100 },
})

describe('m1.rule.move', () => {
  const decide = (distance: number): Value | undefined => judge(modules['m1.rule.move']!, move(distance))['rule.decision']

  it('denies a move to where the agent already is', () => {
    expect(decide(0)).toEqual(decision('deny', { notes: ['ZERO_DISTANCE'] }))
  })

  it.each([[1, 1], [99_999, 1], [100_000, 1], [100_001, 2], [14_177_446, 142], [SAFE, 90_071_992_548]])('charges for each started kilometre: %i cm cost %i', (distance, electricity) => {
    expect(decide(distance)).toEqual(decision('allow', { cost: { electricity } }))
  })
})

describe('m1.rule.visibility', () => {
  const visible = (distances: readonly number[]): Value | undefined => judge(modules['m1.rule.visibility']!, observation(distances))['rule.decision']

  it('shows what is within 15 km, unchanged and in the given order', () => {
    const seen = [0, 70_000, 1_500_000].map(candidate)
    expect(visible([0, 70_000, 1_500_000, 1_500_001, SAFE])).toEqual(
      decision('modify', { override_action: { kind: 'emit_observation', visible: seen } }),
    )
  })

  it('shows nobody when nobody is near', () => {
    expect(visible([])).toEqual(decision('modify', { override_action: { kind: 'emit_observation', visible: [] } }))
  })

  it('stays within its limits with the most candidates a world allows', () => {
    const module = modules['m1.rule.visibility']!
    const result = run(module, inputFor(module, observation(Array.from({ length: 256 }, (_, i) => i))))
    expect(result.ok).toBe(true)
    expect(result.fuelUsed).toBeLessThan(module.manifest.limits.max_gas / 2)
  })
})

describe('m1.rule.transfer', () => {
  const decide = (judged: Judged): Value | undefined => judge(modules['m1.rule.transfer']!, judged)['rule.decision']

  it('turns a valid transfer into its effect', () => {
    expect(decide(transfer({}))).toEqual(
      decision('modify', { override_action: { kind: 'emit_resource_transfer', to: OTHER, resource: 'electricity', amount: 20 } }),
    )
  })

  it.each([0, -1, -SAFE])('denies an amount of %i', (amount) => {
    expect(decide(transfer({ amount }))).toEqual(decision('deny', { notes: ['INVALID_AMOUNT'] }))
  })

  it('denies handing over at a distance', () => {
    expect(decide(transfer({ same_location: false }))).toEqual(decision('deny', { notes: ['NOT_CO_LOCATED'] }))
  })
})

describe('m1.power.radiation_harvest', () => {
  const decide = (judged: Judged): Value | undefined => judge(modules['m1.power.radiation_harvest']!, judged)['rule.decision']

  it.each([[1, 1], [9, 1], [10, 2], [42, 5], [100, 11], [989, 99], [990, 100], [SAFE, 100]])('at radiation %i a block yields %i', (radiation, perBlock) => {
    expect(decide(harvest({ radiation, blocks: 3 }))).toEqual(
      decision('modify', { override_action: { kind: 'emit_harvest', blocks: 3, amount: 3 * perBlock } }),
    )
  })

  it.each([[1, 10_000, 22], [2, 10_000, 45], [3, 10_000, 67], [2, 9_999, 44], [2, 1_000, 4]])('with %i power slots, at %i basis points of the usual, nine blocks at radiation 42 yield %i', (power_slots, harvest_bps, amount) => {
    expect(decide(harvest({ blocks: 9, power_slots, harvest_bps }))).toEqual(decision('modify', { override_action: { kind: 'emit_harvest', blocks: 9, amount } }))
  })

  it('denies harvesting where nothing radiates, and without a power slot', () => {
    expect(decide(harvest({ radiation: 0 }))).toEqual(decision('deny', { notes: ['NO_RADIATION'] }))
    expect(decide(harvest({ power_slots: 0 }))).toEqual(decision('deny', { notes: ['NO_POWER_SLOT'] }))
  })

  it.each([0, -1, 1_000_001, SAFE])('denies %i blocks', (blocks) => {
    expect(decide(harvest({ blocks }))).toEqual(decision('deny', { notes: ['INVALID_AMOUNT'] }))
  })
})

describe('m1.power.storage', () => {
  const verdict = (judged: Judged): Value | undefined => judge(modules['m1.power.storage']!, judged)['rule.decision']

  it('states the capacity with every decision', () => {
    for (const judged of [harvest({}), harvest({ electricity: 200 }), transfer({}), transfer({ recipient_balance: 200 })]) {
      expect(judge(modules['m1.power.storage']!, judged)['power.storage_limit']).toEqual({ capacity: 200 })
    }
  })

  it('denies harvesting only when already full', () => {
    expect(verdict(harvest({ electricity: 199 }))).toEqual(decision('allow'))
    expect(verdict(harvest({ electricity: 200 }))).toEqual(decision('deny', { notes: ['STORAGE_FULL'] }))
  })

  it('denies electricity that would overfill the recipient', () => {
    expect(verdict(transfer({ recipient_balance: 180, amount: 20 }))).toEqual(decision('allow'))
    expect(verdict(transfer({ recipient_balance: 180, amount: 21 }))).toEqual(decision('deny', { notes: ['STORAGE_FULL'] }))
    expect(verdict(transfer({ recipient_balance: 0, amount: SAFE }))).toEqual(decision('deny', { notes: ['STORAGE_FULL'] }))
  })

  it('denies buying more than there is room for', () => {
    expect(verdict(powerOrder('buy', 20, 180))).toEqual(decision('allow'))
    expect(verdict(powerOrder('buy', 21, 180))).toEqual(decision('deny', { notes: ['STORAGE_FULL'] }))
    expect(verdict(powerOrder('sell', 200, 200))).toEqual(decision('allow'))
  })

  it('leaves data and amounts that move nothing to others', () => {
    expect(verdict(transfer({ resource: 'data', recipient_balance: 500 }))).toEqual(decision('allow'))
    expect(verdict(transfer({ amount: 0, recipient_balance: 300 }))).toEqual(decision('allow'))
  })
})

describe('m1.mobility.basic', () => {
  const decide = (judged: Judged): Value | undefined => judge(modules['m1.mobility.basic']!, judged)['rule.decision']

  it.each([[160, 1, 10_000_000, 100], [120, 1, 10_000_000, 75], [120, 2, 10_000_000, 37], [1, 1, 15_900_000, 0], [1, 1, 15_900_001, 1]])('%i units of cargo with %i drives over %i cm cost %i more', (cargo_used, mobility_slots, distance, electricity) => {
    expect(decide(move(distance, { cargo_used, mobility_slots }))).toEqual(decision('allow', electricity === 0 ? {} : { cost: { electricity } }))
  })

  it('takes a drive, and nothing for an empty hold', () => {
    expect(decide(move(10_000_000, { mobility_slots: 0 }))).toEqual(decision('deny', { notes: ['NO_MOBILITY'] }))
    expect(decide(move(10_000_000))).toEqual(decision('allow'))
  })
})

describe('m1.sensor.basic', () => {
  const told = (judged: Judged): Readonly<Record<string, Value>> => judge(modules['m1.sensor.basic']!, judged)

  it.each([[1, 0, 30], [1, 1, 15], [1, 2, 7], [1, 3, 3], [1, 4, 1], [2, 0, 60], [3, 5, 2]])('%i sensors find, after %i surveys, %i data in ten blocks', (sensor_slots, surveyed_by_me, amount) => {
    expect(told(collection({ sensor_slots, surveyed_by_me }))).toEqual({
      'data.collection_plan': { amount, blocks: 10 }, 'rule.decision': decision('allow', { cost: { electricity: 10 } }),
    })
  })

  it('finds less in an outage, and nothing new after many surveys', () => {
    expect(told(collection({ collection_bps: 5_000 }))['data.collection_plan']).toEqual({ amount: 15, blocks: 10 })
    for (const surveyed_by_me of [5, 63, 64, SAFE]) expect(told(collection({ surveyed_by_me }))).toEqual({ 'rule.decision': decision('deny', { notes: ['NOTHING_NEW'] }) })
  })

  it('denies collecting and looking around without a sensor, and impossible times', () => {
    for (const judged of [collection({ sensor_slots: 0 }), observation([5], 0)]) expect(told(judged)).toEqual({ 'rule.decision': decision('deny', { notes: ['NO_SENSOR'] }) })
    for (const blocks of [0, -1, 1_000_001, SAFE]) expect(told(collection({ blocks }))).toEqual({ 'rule.decision': decision('deny', { notes: ['INVALID_AMOUNT'] }) })
  })

  it('charges for looking around, and leaves to others who is seen', () => {
    expect(told(observation([5, 10]))).toEqual({ 'rule.decision': decision('allow', { cost: { electricity: 1 } }) })
  })
})

describe('m1.body.core', () => {
  const decide = (judged: Judged): Value | undefined => judge(modules['m1.body.core']!, judged)['rule.decision']

  it('makes the wanted body for ten electricity', () => {
    expect(decide(rebuild({ mass_kg: 200 }))).toEqual(decision('modify', { override_action: { kind: 'emit_body_attributes', view: { ...VIEW, mass_kg: 200 } }, cost: { electricity: 10 } }))
  })

  it.each([
    ['mass_kg', [10, 100_000], [9, 100_001]], ['radius_cm', [36, 70], [9, 2_001]], ['thrust_limit', [0, 2_000], [2_001, SAFE]], ['cross_section_cm2', [2_500, 10_000], [2_499, 10_001]],
  ] as const)('guards %s', (name, possible, impossible) => {
    const base = name === 'mass_kg' ? { thrust_limit: 100 } : {}
    for (const value of possible) expect(decide(rebuild({ ...base, [name]: value }))).toMatchObject({ verdict: 'modify' })
    for (const value of impossible) expect(decide(rebuild({ ...base, [name]: value }))).toEqual(decision('deny', { notes: ['BODY_OUT_OF_RANGE', name] }))
  })
})

describe('m1.storage.cargo', () => {
  it.each([[0, 40], [1, 120], [2, 200], [5, 440], [SAFE, 80_040]])('a body with %i cargo slots carries %i units', (slots, capacity) => {
    expect(judge(modules['m1.storage.cargo']!, mine(slots))).toEqual({ 'cargo.capacity_limit': { capacity } })
  })
})

describe('every rule', () => {
  const subjects = (): readonly (readonly [BuiltinModule, Judged])[] => [
    [modules['m1.rule.move']!, move(123)],
    [modules['m1.rule.visibility']!, observation([5, 10])],
    [modules['m1.rule.transfer']!, transfer({})],
    [modules['m1.power.radiation_harvest']!, harvest({})],
    [modules['m1.power.storage']!, harvest({})],
    [modules['m1.mobility.basic']!, move(123)],
    [modules['m1.sensor.basic']!, collection({})],
    [modules['m1.body.core']!, rebuild({})],
    [modules['m1.storage.cargo']!, mine(1)],
  ]
  /** Asked about many kinds of actions that it treats alike. */
  const takesAnyKind = ({ manifest }: BuiltinModule): boolean => ['m1.power.storage', 'm1.storage.cargo'].includes(manifest.module_id)

  it('uses less than a quarter of its fuel for an ordinary action', () => {
    for (const [module, judged] of subjects()) {
      const { ok, fuelUsed } = run(module, inputFor(module, judged))
      expect(ok).toBe(true)
      expect(fuelUsed).toBeLessThan(module.manifest.limits.max_gas / 4)
    }
  })

  it('returns canonical CBOR', () => {
    for (const [module, judged] of subjects()) {
      const result = run(module, inputFor(module, judged))
      expect(() => decodeCanonical(result.output!)).not.toThrow()
    }
  })

  it('traps on an action it is not asked about, on missing facts and on facts of another type', () => {
    for (const [module, judged] of subjects()) {
      const wrong: readonly Judged[] = [
        ...(takesAnyKind(module) ? [] : [{ ...judged, action: { ...judged.action, kind: 'dance' } }]),
        { ...judged, facts: {} },
        { ...judged, facts: Object.fromEntries(Object.keys(judged.facts).map((name) => [name, 'many'])) },
      ]
      for (const one of wrong) expect(run(module, inputFor(module, one)).failure?.code, module.manifest.module_id).toBe('TRAP')
    }
  })

  it('traps on any truncated input', () => {
    for (const [module, judged] of subjects()) {
      const input = inputFor(module, judged)
      for (let length = 0; length < input.length; length += 7) {
        expect(run(module, input.subarray(0, length)).failure?.code).toBe('TRAP')
      }
      expect(run(module, Uint8Array.from([...input, 0])).failure?.code).toBe('TRAP')
    }
  })

  it('answers or traps on bytes that are not what the host writes, and never runs on', () => {
    const choice = fc.nat(8)
    const mutations = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(choice, mutations, (index, changes) => {
        const [module, judged] = subjects()[index]!
        const input = inputFor(module, judged)
        for (const [offset, byte] of changes) input[offset % input.length] = byte
        const result = run(module, input)
        if (!result.ok) return result.failure.code === 'TRAP'
        decodeCanonical(result.output)
        // What it accepted was canonical, inside and out: its check is no laxer than the host's.
        const { action } = decodeCanonical(input) as { action: Uint8Array }
        decodeCanonical(action)
        return true
      }),
      { numRuns: 2000 },
    )
  })

  it('traps on random bytes', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.uint8Array({ maxLength: 300 }), (index, input) => run(subjects()[index]![0], input).failure?.code === 'TRAP'),
      { numRuns: 1000 },
    )
  })

  it('refuses input larger than it has room for', () => {
    for (const [module] of subjects()) expect(run(module, new Uint8Array((128 << 10) + 1)).failure?.code).toBe('TRAP')
  })

  it('survives counts that promise more than there is', () => {
    const hostile = [
      [0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // a list of 2^53 − 1
      [0xbb, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
      [0x7a, 0xff, 0xff, 0xff, 0xff], // a text of 2^32 − 1 bytes
      [0x5b, 0, 0, 0, 1, 0, 0, 0, 0],
      [0x9f], [0xbf], [0xff], [0xf9, 0, 0], [0xc0],
      Array.from({ length: 4000 }, () => 0x81), // nested too deep
    ]
    for (const [module] of subjects()) for (const bytes of hostile) expect(run(module, Uint8Array.from(bytes)).failure?.code).toBe('TRAP')
  })

  it('keeps no memory of earlier calls', () => {
    for (const [module, judged] of subjects()) {
      const input = inputFor(module, judged)
      const first = run(module, input)
      run(module, input.subarray(0, 20))
      expect(run(module, input)).toEqual(first)
    }
  })
})
