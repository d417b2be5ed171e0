import { describe, expect, it } from 'vitest'
import { encodeCanonical, toHex } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'
import { encodeModuleInput } from '../abi.ts'
import type { ModuleCallInput } from '../abi-types.ts'
import { createExecutor } from '../executor.ts'
import { mutate } from '../testdata/binary.ts'

/** Every module of the project, as bytes: built-in ones and those of foreign toolchains. */
const FILES = import.meta.glob<string>('../../../artifacts/{modules,foreign}/**/*.wasm', { query: '?url&inline', import: 'default', eager: true })

const LIMITS = { max_mem_bytes: 1 << 20, max_gas: 100_000_000, max_call_rate: 1, max_output_bytes: 1 << 20, max_effects: 16, max_emits: 16 }
const AGENT = `agent/${'0a'.repeat(16)}`
const MATERIALS = [
  'alloy_plate', 'carbon_fuel', 'circuit_board', 'control_chip', 'copper_ore', 'copper_wire', 'gear', 'hardware_part', 'heat_coil', 'iron_ingot',
  'iron_ore', 'module_rack', 'motor_mk1', 'polymer_resin', 'rare_earth_raw', 'refractory_brick', 'sensor_pack', 'servo_motor', 'silicate_ore', 'structural_frame',
]
const ELEMENTS = ['C', 'Cu', 'Fe', 'Nd', 'Si']
const AT = { x: 9_000_000, y: 70_000, z: 3 }

/** Facts of every kind of question at once: a module reads those it knows. */
const FACTS: Value = {
  from: AT, to: AT, position: AT, distance_cm: 12_345_678, same_location: true, electricity: 1000, resource: 'electricity', actor_balance: 100, recipient_balance: 60,
  asteroid: 'asteroid/0002', radiation: 42, blocks: 5, harvest_bps: 9000, collection_bps: 9000, mining_bps: 9000, surveyed_by_me: 1,
  candidates: [0, 1, 2].map((i) => ({ agent_id: AGENT, position: AT, distance_cm: i * 10_000_000 })),
  mobility_slots: 1, sensor_slots: 1, power_slots: 1, cargo_slots: 2, cargo_used: 7,
  wanted: { mass_kg: 1000, radius_cm: 120, thrust_limit: 200, cross_section_cm2: 4500 },
  batches: 3, amount: 2, remaining: 9, held: 5, industry_stage: 'governance', factory_tags: ['miner', 'smelter', 'assembler'],
  materials: Object.fromEntries(MATERIALS.map((name) => [name, 500])), elements: Object.fromEntries(ELEMENTS.map((name) => [name, 90_000])),
  active: [], last_spawn_height: 0, crisis_interval_blocks: 5, crisis_cooldown_blocks: 5, crisis_blocks_max: 30, resolved: 0, timed_out: 0, spawned: 0,
  wars: [], proposals: [], pending: [], options: [], contributors: [], members: [],
}
const KINDS = [
  'move_agent', 'query_observation', 'transfer_resource', 'harvest_radiation', 'body_action', 'collect_data', 'build_factory', 'mine_compound', 'refine_compound', 'schedule_recipe',
  'transfer_material', 'validate_product', 'place_power_order',
]

/** Questions of the kernel to a module of this id. One that is asked what it was not made for traps, and has to trap both ways. */
function inputsFor(moduleId: string): Uint8Array[] {
  const ctx = { v: 'wasm-1', module_id: moduleId, trace_id: `action-1-${moduleId}`, time: 7, origin: { kind: 'action', id: 'ab'.repeat(32) }, limits: LIMITS, stage: 'pre_action' } as const
  const parts = moduleId.split('.')
  const calls: ModuleCallInput[] = [
    ...KINDS.flatMap((kind) => parts.map((_, from): ModuleCallInput => {
      const id = parts.slice(from).join('.') // recipes, products and factories are named in part like their modules
      const facts = { ...(FACTS as ValueMap), recipe_id: id, product_id: id, factory_kind: id }
      return { ctx, action: encodeCanonical({ action: { kind, to: AGENT, amount: 2, resource: 'electricity' }, facts, actor: AGENT, action_id: 'ab'.repeat(32) }) }
    })),
    { ctx, event: encodeCanonical({ kind: 'tick', facts: FACTS, height: 700 }) },
    { ctx, event: encodeCanonical({ id: '7', height: 7, caused_by: 'block', kind: 'recipe.completed', payload: { requester: AGENT, batches: 3 } }) },
    { ctx },
  ]
  const good = calls.map((call) => encodeModuleInput(call, moduleId === 'odometer' ? 1 : 2))
  const damaged = good.flatMap((input, seed) => [1, 2].map((more) => mutate(input, seed * 7 + more)))
  return [...good, ...damaged, new Uint8Array(0)]
}

function moduleIdOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1, -'.wasm'.length)
}

/** The module as the engine runs it by itself; the output in hex, or how it ended. */
function runPlain(plain: WebAssembly.Module, entrypoint: string, input: Uint8Array): string {
  const exports = new WebAssembly.Instance(plain).exports as Record<string, unknown>
  const alloc = exports['alloc'] as (length: number) => number
  const enter = exports[entrypoint] as (...args: number[]) => bigint | [number, number] | undefined
  const memory = (): ArrayBuffer => (exports['memory'] as WebAssembly.Memory).buffer as ArrayBuffer
  try {
    const at = alloc(input.length)
    new Uint8Array(memory()).set(input, at)
    const slot = enter.length === 3 ? [alloc(8)] : []
    const result = enter(...slot, at, input.length)
    const [ptr, length] = typeof result === 'bigint' ? [Number(result & 0xffff_ffffn), Number(result >> 32n)] : (result ?? new Uint32Array(memory(), slot[0], 2))
    return toHex(new Uint8Array(memory(), ptr, length))
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error
    return 'TRAP'
  }
}

describe('shipped modules give the same metered as plain', () => {
  const silent: string[] = []

  it.each(Object.keys(FILES).toSorted())('%s', (path) => {
    const data = FILES[path]!
    const wasm = Uint8Array.from(atob(data.slice(data.indexOf(',') + 1)), (character) => character.charCodeAt(0))
    const plain = new WebAssembly.Module(wasm)
    const entrypoint = WebAssembly.Module.exports(plain).find(({ name }) => name === 'reduce' || name === 'call')!.name
    const executor = createExecutor()
    let answered = 0
    for (const input of inputsFor(moduleIdOf(path))) {
      const { output, failure } = executor.call({ wasm, entrypoint, input, limits: LIMITS })
      expect(output === undefined ? failure?.code : toHex(output)).toBe(runPlain(plain, entrypoint, input))
      if (output !== undefined) answered++
    }
    if (answered === 0) silent.push(path)
  })

  it('and most of them had an answer to some question, so that more than traps was compared', () => {
    expect(Object.keys(FILES).length).toBeGreaterThan(8)
    expect(silent.length, silent.join()).toBeLessThan(Object.keys(FILES).length / 5)
  })
})
