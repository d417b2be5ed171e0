import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { decodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { DEFAULT_PARAMS, MATERIAL_KINDS } from '../world/index.ts'
import { builtinModules } from './index.ts'
import type { BuiltinModule } from './index.ts'
import { OTHER, decision, inputFor, judge, run } from './testing/judge.ts'
import type { Judged } from './testing/judge.ts'

const SAFE = Number.MAX_SAFE_INTEGER
const SITE = 'asteroid/0002'
const FACTORY = `factory/${'1'.repeat(16)}`

let modules: readonly BuiltinModule[]
beforeAll(async () => {
  modules = await builtinModules(['m4'])
})

function moduleOf(id: string): BuiltinModule {
  const module = modules.find(({ manifest }) => manifest.module_id === id)
  if (module === undefined) throw new Error(`no ${id}`)
  return module
}
const denied = (...notes: readonly string[]): Readonly<Record<string, Value>> => ({ 'rule.decision': decision('deny', { notes: [...notes] }) })
const codeOf = (id: string, judged: Judged): string | undefined => run(moduleOf(id), inputFor(moduleOf(id), judged)).failure?.code

describe('factories', () => {
  const FACTORIES = {
    'factory.miner.mk1': { consume: { structural_frame: 8, circuit_board: 2, servo_motor: 2 }, power: 4, blocks: 12, name: 'Miner Mk1', tag: 'miner' },
    'factory.smelter.mk1': { consume: { structural_frame: 12, heat_coil: 4, refractory_brick: 6 }, power: 6, blocks: 8, name: 'Smelter Mk1', tag: 'smelter' },
    'factory.assembler.mk1': { consume: { structural_frame: 8, iron_ingot: 10, copper_wire: 8 }, power: 8, blocks: 10, name: 'Assembler Mk1', tag: 'assembler' },
  } as const

  const build = (factory_kind: string, materials: Value, electricity = 100): Judged => ({
    action: { kind: 'build_factory', factory_kind },
    facts: { asteroid: SITE, factory_kind, materials, electricity, factories_owned: 0, factories_here: 3, industry_stage: 'bootstrap' },
  })

  describe.each(Object.entries(FACTORIES))('%s', (kind, { consume, power, blocks, name, tag }) => {
    const id = `m4.${kind}`
    const decide = (materials: Value, electricity?: number): Value => judge(moduleOf(id), build(kind, materials, electricity))

    it('is built from exactly its materials and electricity', () => {
      const plan = {
        consume, power_required: power, duration_blocks: blocks,
        spec: { display_name: name, tier: 1, tags: [tag], recipe_slots: 2, wear_ppm_per_block: 200, storage_capacity: 400 },
      }
      expect(decide(consume, power)).toEqual({ 'economy.factory_build_decision': plan })
      expect(decide({ ...consume, slag: 40, iron_ore: 30 }, SAFE)).toEqual({ 'economy.factory_build_decision': plan })
    })

    it('is not built with less of any', () => {
      for (const material of Object.keys(consume)) {
        for (const left of [consume[material as never] - 1, 0]) expect(decide({ ...consume, [material]: left })).toEqual(denied('INSUFFICIENT_MATERIAL', material))
      }
      expect(decide(consume, power - 1)).toEqual(denied('INSUFFICIENT_ELECTRICITY'))
    })

    it('fits what an agent can carry', () => {
      expect(Object.values(consume).reduce((sum, amount) => sum + amount, 0)).toBeLessThanOrEqual(DEFAULT_PARAMS.industry.cargo_capacity)
    })

    it('is no other kind of factory', () => {
      for (const other of Object.keys(FACTORIES).filter((one) => one !== kind)) expect(codeOf(id, build(other, consume))).toBe('TRAP')
    })

    it('is asked about alone', () => {
      expect(moduleOf(id).manifest.subscriptions).toMatchObject({ action_kinds: ['build_factory'], filters: { all: [{ path: '/action/factory_kind', eq: kind }] } })
    })
  })
})

describe('products', () => {
  const PRODUCTS = {
    'material.iron_ingot': { stack: 500, tradable: true, levels: ['rough', 'standard'], role: 'scale' },
    'material.alloy_plate': { stack: 400, tradable: true, levels: ['standard', 'hardened'], role: 'scale' },
    'component.control_chip': { stack: 200, tradable: true, levels: ['standard', 'selected'], role: 'scale' },
    'component.motor_mk1': { stack: 128, tradable: true, levels: ['standard', 'balanced'], role: 'scale' },
    'component.sensor_pack': { stack: 96, tradable: true, levels: ['standard', 'calibrated'], role: 'explore' },
    'finished.logistics_drone': { stack: 32, tradable: true, levels: ['standard', 'tuned'], role: 'explore' },
    'finished.module_rack': { stack: 48, tradable: true, levels: ['standard', 'precision'], role: 'scale' },
    'infrastructure.factory_core': { stack: 24, tradable: false, levels: ['certified'], role: 'governance' },
  } as const

  const validate = (product_id: string, amount: number, held = amount): Judged => ({
    action: { kind: 'validate_product', product_id, amount },
    facts: { product_id, amount, held, industry_stage: 'bootstrap' },
  })

  describe.each(Object.entries(PRODUCTS))('%s', (product, { stack, tradable, levels, role }) => {
    const id = `m4.product.${product}`
    const material = product.split('.')[1]!
    const decide = (amount: number, held?: number): Value => judge(moduleOf(id), validate(product, amount, held))

    it('is validated up to a full stack', () => {
      const validation = { material, stack_limit: stack, tradable, quality_levels: levels, notes: [role] }
      for (const amount of [1, stack]) expect(decide(amount)).toEqual({ 'economy.product_validation': validation })
      expect(MATERIAL_KINDS.has(material)).toBe(true)
    })

    it('is not validated beyond a stack, beyond what is held, or in no amount', () => {
      for (const amount of [stack + 1, SAFE]) expect(decide(amount)).toEqual(denied('STACK_LIMIT'))
      expect(decide(2, 1)).toEqual(denied('INSUFFICIENT_MATERIAL'))
      for (const amount of [0, -1, -SAFE]) expect(decide(amount)).toEqual(denied('INVALID_AMOUNT'))
    })

    it('is asked about alone, and traps on others', () => {
      expect(moduleOf(id).manifest.subscriptions).toMatchObject({ action_kinds: ['validate_product'], filters: { all: [{ path: '/action/product_id', eq: product }] } })
      expect(codeOf(id, validate('material.gold', 1))).toBe('TRAP')
    })
  })
})

const mine = (amount: number, remaining = 1_000, mining_bps = 10_000): Judged => ({
  action: { kind: 'mine_compound', material: 'iron_ore', amount },
  facts: { asteroid: SITE, material: 'iron_ore', amount, remaining, cargo_used: 0, cargo_slots: 1, electricity: 100, mining_bps },
})

describe('m4.mining.compound', () => {
  const decide = (amount: number, remaining?: number): Value => judge(moduleOf('m4.mining.compound'), mine(amount, remaining))
  const plan = (amount: number, blocks: number, electricity: number): Value => ({
    'economy.mining_plan': { amount, blocks }, 'rule.decision': decision('allow', { cost: { electricity } }),
  })

  it.each([[1, 1, 1], [4, 1, 1], [5, 1, 2], [8, 1, 2], [9, 2, 3], [33, 5, 9], [40, 5, 10]])('digs %i units in %i blocks for %i electricity', (amount, blocks, electricity) => {
    expect(decide(amount)).toEqual(plan(amount, blocks, electricity))
  })

  it('digs no more than one goes for, and than there is', () => {
    for (const amount of [41, 100, SAFE]) expect(decide(amount)).toEqual(plan(40, 5, 10))
    expect(decide(30, 7)).toEqual(plan(7, 1, 2))
    expect(decide(30, 0)).toEqual(denied('ASTEROID_DEPLETED'))
  })

  it('digs slower while a supply shock lasts', () => {
    for (const [bps, blocks] of [[10_000, 5], [5_000, 10], [1_000, 50]] as const) {
      expect(judge(moduleOf('m4.mining.compound'), mine(40, 1_000, bps))).toEqual(plan(40, blocks, 10))
    }
  })

  it.each([0, -1, -SAFE])('denies an amount of %i', (amount) => {
    expect(decide(amount)).toEqual(denied('INVALID_AMOUNT'))
  })
})

interface Load {
  readonly amount?: number
  readonly distance_cm?: number
  readonly same_location?: boolean
  readonly priority?: string
  readonly loss_class?: string
}
const carry = (change: Load = {}): Judged => {
  const { amount, distance_cm, same_location, priority, loss_class } = { amount: 20, distance_cm: 1_000_000, same_location: false, priority: 'standard', loss_class: 'low', ...change }
  return {
    action: { kind: 'transfer_material', from: FACTORY, to: OTHER, material: 'gear', amount, priority },
    facts: {
      material: 'gear', amount, loss_class, distance_cm, same_location, in_flight: 0, priority, available: amount, from_asteroid: SITE, to_asteroid: 'asteroid/0003',
      cargo_slots: 1, electricity: 100,
    },
  }
}

describe('m4.logistics.transit', () => {
  const decide = (load: Load): Value => judge(moduleOf('m4.logistics.transit'), carry(load))
  const plan = (blocks: number, loss_bps: number, electricity: number): Value => ({
    'economy.transit_plan': { blocks, loss_bps }, 'rule.decision': decision('allow', { cost: { electricity } }),
  })

  it('leaves what stays at one place to the kernel, free of charge', () => {
    expect(decide({ same_location: true, distance_cm: 0 })).toEqual({ 'rule.decision': decision('allow') })
  })

  it.each([
    // 4 km a block after the first; 0.05 % a kilometre; one electricity for each begun 10 km and 20 units
    [1, 'low', 2, 1, 1], [400_000, 'low', 2, 20, 1], [400_001, 'low', 3, 21, 1], [1_000_000, 'low', 4, 50, 1], [1_000_001, 'low', 4, 51, 2],
    [1_000_000, 'medium', 4, 100, 1], [1_000_000, 'high', 4, 200, 1], [14_177_446, 'high', 37, 2836, 15], [300_000_000, 'medium', 751, 10_000, 300],
  ])('over %i cm, of class %s: %i blocks, %i bps lost, %i electricity', (distance_cm, loss_class, blocks, loss_bps, electricity) => {
    expect(decide({ distance_cm, loss_class })).toEqual(plan(blocks, loss_bps, electricity))
  })

  it.each([[1, 1], [20, 1], [21, 2], [400, 20]])('a load of %i costs %i for each leg', (amount, electricity) => {
    expect(decide({ amount })).toEqual(plan(4, 50, electricity))
    expect(decide({ amount, distance_cm: 3_000_000 })).toEqual(plan(9, 150, 3 * electricity))
  })

  it('comes twice as far in a block for twice the price when urgent, and loses as much', () => {
    expect(decide({ priority: 'urgent', distance_cm: 4_000_000, amount: 21 })).toEqual(plan(6, 200, 16))
    expect(decide({ priority: 'standard', distance_cm: 4_000_000, amount: 21 })).toEqual(plan(11, 200, 8))
  })

  it('is never faster than the kernel lets a transit be', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 40_000_000 }), fc.constantFrom('urgent', 'standard'), (distance_cm, priority) => {
      const { blocks } = (decide({ distance_cm, priority }) as { 'economy.transit_plan': { blocks: number } })['economy.transit_plan']
      return blocks >= Math.max(1, Math.ceil(distance_cm / DEFAULT_PARAMS.industry.transit_max_cm_per_block))
    }), { numRuns: 300 })
  })

  it.each([0, -1, 1_000_000_001, SAFE])('denies an amount of %i', (amount) => {
    expect(decide({ amount })).toEqual(denied('INVALID_AMOUNT'))
  })

  it('traps on what the kernel never says', () => {
    for (const load of [{ loss_class: 'none' }, { distance_cm: -1 }, { distance_cm: SAFE }]) expect(codeOf('m4.logistics.transit', carry(load))).toBe('TRAP')
  })
})

/** Each module with the largest request it can get, by what its manifest subscribes to. */
function subject({ manifest: { module_id, subscriptions } }: BuiltinModule): Judged {
  const materials = Object.fromEntries([...MATERIAL_KINDS.keys()].map((material) => [material, 1_000_000]))
  const elements = Object.fromEntries(['O', 'Si', 'Mg', 'Al', 'Ca', 'Fe', 'Ni', 'Co', 'Ti', 'Cr', 'H', 'C', 'N', 'S', 'Cu', 'Zn', 'Li', 'Nd', 'U', 'Th'].map((element) => [element, 1_000_000_000]))
  const own = subscriptions.filters?.all?.[0]?.eq as string
  const common = { asteroid: SITE, materials, electricity: 1_000_000, industry_stage: 'governance' }
  switch (subscriptions.action_kinds[0]) {
    case 'mine_compound': return mine(40)
    case 'transfer_material': return carry({ loss_class: 'high', amount: 1_000_000 })
    case 'validate_product': return { action: { kind: 'validate_product', product_id: own, amount: 24 }, facts: { product_id: own, amount: 24, held: 24, industry_stage: 'governance' } }
    case 'build_factory': return { action: { kind: 'build_factory', factory_kind: own }, facts: { ...common, factory_kind: own, factories_owned: 1, factories_here: 500 } }
    case 'refine_compound': return { action: { kind: 'refine_compound', recipe_id: own, batches: 50 }, facts: { ...common, recipe_id: own, batches: 50, cargo_used: 120, cargo_slots: 8 } }
    case 'schedule_recipe': return {
      action: { kind: 'schedule_recipe', factory_id: FACTORY, recipe_id: own, batches: 50 },
      facts: {
        ...common, factory_id: FACTORY, recipe_id: own, batches: 50, factory_kind: 'factory.assembler.mk1', factory_tags: ['a', 'b', 'c', 'd', 'miner', 'smelter', 'assembler'], factory_tier: 5,
        slots_free: 2, durability_ppm: 1_000_000, elements,
      },
    }
    default: throw new Error(`${module_id} judges an unknown action`)
  }
}

describe('every module of m4', () => {
  it('is a pure rule of the world, asked before the action', () => {
    expect(modules).toHaveLength(35)
    for (const { manifest } of modules) {
      expect(manifest).toMatchObject({ kind: 'pure', role: 'domain', subscriptions: { event_kinds: [], stage: 'pre_action' }, required_caps: [] })
      expect(manifest.subscriptions.action_kinds).toHaveLength(1)
    }
  })

  it('uses less than a fifth of its fuel for the largest request', () => {
    for (const module of modules) {
      const { ok, fuelUsed } = run(module, inputFor(module, subject(module)))
      expect(ok, module.manifest.module_id).toBe(true)
      expect(fuelUsed, module.manifest.module_id).toBeLessThan(module.manifest.limits.max_gas / 5)
    }
  })

  it('returns canonical CBOR, the same every time', () => {
    for (const module of modules) {
      const input = inputFor(module, subject(module))
      const first = run(module, input)
      expect(() => decodeCanonical(first.output!)).not.toThrow()
      expect(run(module, input)).toEqual(first)
    }
  })

  it('traps on missing facts, on facts of another type and on truncated input', () => {
    for (const module of modules) {
      const { action, facts } = subject(module)
      const wrong: readonly Judged[] = [
        { action: { ...action, kind: 'dance' }, facts },
        { action, facts: {} },
        { action, facts: Object.fromEntries(Object.keys(facts).map((name) => [name, true])) },
      ]
      for (const one of wrong) expect(run(module, inputFor(module, one)).failure?.code, module.manifest.module_id).toBe('TRAP')
      const input = inputFor(module, { action, facts })
      for (let length = 0; length < input.length; length += 97) expect(run(module, input.subarray(0, length)).failure?.code).toBe('TRAP')
    }
  })

  it('answers or traps on bytes that are not what the host writes, and never runs on', () => {
    const mutations = fc.array(fc.tuple(fc.nat(2000), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.nat(modules.length - 1), mutations, (index, changes) => {
        const module = modules[index]!
        const input = inputFor(module, subject(module))
        for (const [offset, byte] of changes) input[offset % input.length] = byte
        const result = run(module, input)
        if (!result.ok) return result.failure.code === 'TRAP'
        decodeCanonical(result.output)
        return true
      }),
      { numRuns: 1000 },
    )
  })
})
