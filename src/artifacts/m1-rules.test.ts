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
  for (const module of await builtinModules()) modules[module.manifest.module_id] = module
})

const SAFE = Number.MAX_SAFE_INTEGER
const at = { x: 1, y: 2, z: 3 }

const move = (distance_cm: number): Judged => ({
  action: { kind: 'move_agent', to: 'asteroid/0002' },
  facts: { from: at, to: at, distance_cm, electricity: 100 },
})
const harvest = (facts: { radiation?: number; blocks?: number; electricity?: number }): Judged => ({
  action: { kind: 'harvest_radiation', blocks: facts.blocks ?? 5 },
  facts: { asteroid: 'asteroid/0002', radiation: 42, blocks: 5, electricity: 10, ...facts },
})
const transfer = (facts: { amount?: number; resource?: string; same_location?: boolean; recipient_balance?: number }): Judged => ({
  action: { kind: 'transfer_resource', to: OTHER, resource: facts.resource ?? 'electricity', amount: facts.amount ?? 20 },
  facts: { distance_cm: 0, same_location: true, resource: 'electricity', amount: 20, actor_balance: 100, recipient_balance: 30, ...facts },
})
const candidate = (distance_cm: number): Value => ({ agent_id: OTHER, position: at, distance_cm })
const observation = (distances: readonly number[]): Judged => ({
  action: { kind: 'query_observation' },
  facts: { position: at, candidates: distances.map(candidate) },
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

  it('denies harvesting where nothing radiates', () => {
    expect(decide(harvest({ radiation: 0 }))).toEqual(decision('deny', { notes: ['NO_RADIATION'] }))
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

  it('leaves data and amounts that move nothing to others', () => {
    expect(verdict(transfer({ resource: 'data', recipient_balance: 500 }))).toEqual(decision('allow'))
    expect(verdict(transfer({ amount: 0, recipient_balance: 300 }))).toEqual(decision('allow'))
  })
})

describe('every module', () => {
  const subjects = (): readonly (readonly [BuiltinModule, Judged])[] => [
    [modules['m1.rule.move']!, move(123)],
    [modules['m1.rule.visibility']!, observation([5, 10])],
    [modules['m1.rule.transfer']!, transfer({})],
    [modules['m1.power.radiation_harvest']!, harvest({})],
    [modules['m1.power.storage']!, harvest({})],
  ]

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
        { ...judged, action: { ...judged.action, kind: 'dance' } },
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
    const choice = fc.nat(4)
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
      fc.property(fc.nat(4), fc.uint8Array({ maxLength: 300 }), (index, input) => run(subjects()[index]![0], input).failure?.code === 'TRAP'),
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
