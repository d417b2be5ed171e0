import { describe, expect, it } from 'vitest'
import { concatBytes, decodeCanonical, encodeCanonical, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { callModule, createExecutor, validateModule } from '../wasm/index.ts'
import type { AbiVersion, ModuleOutput, TypedModuleResult } from '../wasm/index.ts'
import activityLedgerUrl from '../../artifacts/foreign/activity_ledger.wasm?url&inline'
import distanceTollUrl from '../../artifacts/foreign/distance_toll.wasm?url&inline'
import odometerUrl from '../../artifacts/foreign/odometer.wasm?url&inline'

/** Modules from other toolchains than ours; sources and build line are in artifacts/foreign. */
interface ForeignModule {
  readonly wasm: Uint8Array
  readonly entrypoint: 'reduce' | 'call'
  readonly abi: AbiVersion
}

function bytesOf(dataUrl: string): Uint8Array {
  return Uint8Array.from(atob(dataUrl.slice(dataUrl.indexOf(',') + 1)), (character) => character.charCodeAt(0))
}

/** Rust, packed i64. */
const TOLL: ForeignModule = { wasm: bytesOf(distanceTollUrl), entrypoint: 'call', abi: 2 }
/** Rust, struct pointer, the ABI of the earlier system's SDK. */
const ODOMETER: ForeignModule = { wasm: bytesOf(odometerUrl), entrypoint: 'reduce', abi: 1 }
/** C, multi-value. */
const LEDGER: ForeignModule = { wasm: bytesOf(activityLedgerUrl), entrypoint: 'reduce', abi: 2 }

const LIMITS = { max_mem_bytes: 8 << 16, max_gas: 10_000_000, max_call_rate: 1000, max_output_bytes: 64 << 10, max_effects: 0, max_emits: 4 }
const AGENTS = ['0a', '0b', '0c'].map((byte) => `agent/${byte.repeat(16)}`)
const executor = createExecutor()

function run({ wasm, entrypoint, abi }: ForeignModule, action: Value, state?: Uint8Array): TypedModuleResult {
  return callModule(executor, {
    wasm, entrypoint, abi, limits: LIMITS,
    input: {
      ctx: { v: 'wasm-1', module_id: 'x.foreign', trace_id: 'action-1-x.foreign', time: 7, origin: { kind: 'action', id: 'ab'.repeat(32) }, limits: LIMITS },
      action: encodeCanonical(action), ...(state === undefined ? {} : { state }),
    },
  })
}

function move(actor: string, distance_cm: number, electricity = 1000): Value {
  const at = { x: 1, y: 2, z: 3 }
  return { actor, action_id: 'ab'.repeat(32), action: { kind: 'move_agent', to: 'asteroid/0002' }, facts: { from: at, to: at, distance_cm, electricity } }
}

function outputOf(result: TypedModuleResult): ModuleOutput {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.detail}`)
  return result.output
}

describe('a toll in Rust, packed i64', () => {
  const decide = (distance_cm: number, electricity?: number): Value => outputOf(run(TOLL, move(AGENTS[0]!, distance_cm, electricity))).emits[0]!.payload
  const decision = (verdict: string, cost: Value, notes: string[]): Value => ({ verdict, cost, notes, override_action: null })

  it('grows with the square of the distance band', () => {
    for (const [distance_cm, toll] of [[0, 1], [999_999, 1], [1_000_000, 4], [2_500_000, 9], [9_999_999, 100], [14_200_000, 225]] as const) {
      expect(decide(distance_cm)).toEqual(decision('allow', { electricity: toll }, []))
    }
  })

  it('denies what cannot be paid, and moves beyond the last band', () => {
    expect(decide(2_500_000, 9)).toEqual(decision('allow', { electricity: 9 }, []))
    expect(decide(2_500_000, 8)).toEqual(decision('deny', {}, ['TOLL_EXCEEDS_ELECTRICITY']))
    expect(decide(100_000_000, 1_000_000)).toEqual(decision('deny', {}, ['OUT_OF_TOLL_BANDS']))
  })

  it('traps on what it was not made for, and on input that is no input', () => {
    const trap = { ok: false, failure: { code: 'TRAP' }, fuelUsed: LIMITS.max_gas }
    expect(run(TOLL, { actor: AGENTS[0]!, action: { kind: 'mine' }, facts: {} })).toMatchObject(trap)
    expect(run(TOLL, move(AGENTS[0]!, -1))).toMatchObject(trap)
    expect(executor.call({ wasm: TOLL.wasm, entrypoint: 'call', input: Uint8Array.of(0xbf, 0xff), limits: LIMITS })).toMatchObject(trap)
  })
})

describe('an activity ledger in C, multi-value', () => {
  const play = (actors: readonly string[]): { state: Uint8Array; emits: ModuleOutput['emits'] } => {
    let state: Uint8Array | undefined
    const emits = actors.flatMap((actor) => {
      const output = outputOf(run(LEDGER, move(actor, 5), state))
      state = output.new_state!
      return output.emits
    })
    return { state: state!, emits }
  }

  it('counts by agent, in canonical state, whoever comes first', () => {
    const [a, b, c] = AGENTS as [string, string, string]
    const { state } = play([b, c, a, b, b, 'agent/z'])
    expect(decodeCanonical(state)).toEqual({ 'agent/z': 1, [a]: 1, [b]: 3, [c]: 1 })
    expect(state).toEqual(encodeCanonical(decodeCanonical(state)))
  })

  it('announces the tenth, hundredth, thousandth action', () => {
    const { emits } = play(Array<string>(1001).fill(AGENTS[1]!))
    expect(emits).toEqual([10, 100, 1000].map((actions) => ({ kind: 'activity.milestone', payload: { agent: AGENTS[1], actions } })))
  })

  it('keeps at most 256 agents, those it has go on being counted', () => {
    const many = Array.from({ length: 258 }, (_, i) => `agent/${i}`)
    const counts = decodeCanonical(play([...many, 'agent/3', 'agent/257']).state) as Record<string, number>
    expect(Object.keys(counts)).toHaveLength(256)
    expect([counts['agent/3'], counts['agent/257']]).toEqual([2, undefined])
  })
})

describe('an odometer in Rust, struct pointer, abi_version 1', () => {
  it('reads its state and writes the next', () => {
    const first = outputOf(run(ODOMETER, move(AGENTS[0]!, 700_000)))
    expect(decodeCanonical(first.new_state!, { maxBytes: 100, maxDepth: 2, maxItems: 10, unsortedKeys: true })).toEqual({ total_cm: 700_000, moves: 1, longest_cm: 700_000 })
    const second = outputOf(run(ODOMETER, move(AGENTS[1]!, 9_400_000), first.new_state))
    const third = outputOf(run(ODOMETER, move(AGENTS[1]!, 20), second.new_state))
    expect(decodeCanonical(third.new_state!, { maxBytes: 100, maxDepth: 2, maxItems: 10, unsortedKeys: true })).toEqual({ total_cm: 10_100_020, moves: 3, longest_cm: 9_400_000 })
    expect([first, second, third].map(({ emits }) => emits.length)).toEqual([0, 1, 0])
    expect(second).toEqual({ new_state: expect.any(Uint8Array), effects: [], emits: [{ kind: 'odometer.milestone', payload: { total_cm: 10_100_000, moves: 2 } }] })
  })

  it('writes as that SDK does: keys in the order of the struct, bytes as lists of integers, null for what is absent', () => {
    const input = encodeCanonical({ ctx: null, action: Array.from(encodeCanonical(move(AGENTS[0]!, 3))), state: null, event: null })
    const { output } = executor.call({ wasm: ODOMETER.wasm, entrypoint: 'reduce', input, limits: LIMITS })
    const entries = Object.entries(decodeCanonical(output!, { maxBytes: 1000, maxDepth: 4, maxItems: 100, unsortedKeys: true }) as Record<string, Value>)
    expect(entries.map(([key]) => key)).toEqual(['new_state', 'effects', 'emits', 'tick_lifecycle', 'output_bytes'])
    expect(entries[0]![1]).toBeInstanceOf(Array)
    expect(entries[3]![1]).toBeNull()
    expect(entries[4]![1]).toBe((entries[0]![1] as readonly number[]).length)
  })

  it('does not read byte strings: an abi_version 2 input is not for it', () => {
    expect(run({ ...ODOMETER, abi: 2 }, move(AGENTS[0]!, 3))).toMatchObject({ ok: false, failure: { code: 'TRAP' } })
  })
})

// A figure that differs on one engine means that engine runs another world. The bytes are checked in, so one that differs on all
// follows from a change of the meter or the interface.
describe('foreign modules on every engine', () => {
  const EXPECTED = {
    toll: {
      module: '91f7ae0fa3426db98ebf23a44cb1f4861526591c856cf5b6db7371c9dd624406',
      outputs: 'dd58910160a0566896ac9b2dac6d80bd4002b9f2642e9eb95ba18bf6d39e7b82',
      fuel: [25_937, 26_318, 26_362, 26_728, LIMITS.max_gas],
    },
    ledger: {
      module: 'cdd0d4ab86e4213a3211c0f4f83f3c0a81376c7c7c0c114e6b07e8670430c36e',
      outputs: '3eceac749fd6f3e1e9bc0c7e499eb96a14448dc3a4045ed210beca87d950b6e0',
      fuel: [15_120, 20_076, 24_513, 25_643, 25_945],
    },
    odometer: {
      module: '93685a2524b6e0952a28cbd0e92a1b67c448b7f2611ac891c9e24a3e1cf00236',
      outputs: 'ddc23b861ffd45795816e6e06d533e53755e7adcc8112a9853f955f4b08b8e87',
      fuel: [136_513, 116_132, 122_804, 123_058, LIMITS.max_gas],
    },
  }
  const MODULES = { toll: TOLL, ledger: LEDGER, odometer: ODOMETER }

  it.each(Object.keys(MODULES) as (keyof typeof MODULES)[])('%s: the same outputs and fuel', (name) => {
    const module = MODULES[name]
    expect(validateModule(module.wasm)).toEqual({ ok: true, errors: [] })
    let state: Uint8Array | undefined
    let outputs: Uint8Array = new Uint8Array(0)
    const fuel = [0, 1_234_567, 12_000_000, 99_999_999, -5].map((distance, i) => {
      const result = run(module, move(AGENTS[i % 3]!, distance), state)
      state = result.output?.new_state ?? state
      outputs = concatBytes(outputs, utf8Bytes(result.failure?.code ?? ''), encodeCanonical((result.output ?? null) as unknown as Value))
      return result.fuelUsed
    })
    expect({ module: toHex(sha256(module.wasm)), outputs: toHex(sha256(outputs)), fuel }).toEqual(EXPECTED[name])
  })
})
