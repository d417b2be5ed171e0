import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodecError, encodeCanonical, toHex } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { decodeModuleInput, decodeModuleOutput, encodeModuleInput, encodeModuleOutput } from './abi.ts'
import type { AbiVersion, ModuleCallInput, ModuleOutput } from './abi-types.ts'
import { callModule } from './call-module.ts'
import { createExecutor } from './executor.ts'
import { wat } from './testdata/wat.ts'

const INPUT: ModuleCallInput = {
  ctx: {
    v: 'wasm-1', module_id: 'm1.rule.move', trace_id: 'action-7-m1.rule.move#1', time: 42, origin: { kind: 'action', id: '7' },
    limits: { max_mem_bytes: 65_536, max_gas: 100_000, max_call_rate: 10, max_output_bytes: 4096, max_effects: 2, max_emits: 3 }, stage: 'pre_action',
  },
  action: Uint8Array.of(0xa0),
  state: Uint8Array.of(1, 2, 3),
}
const OUTPUT: ModuleOutput = {
  new_state: Uint8Array.of(9, 8),
  effects: [{ kind: 'http.get', params: { path: '/x' }, cap_ref: 'net' }],
  emits: [{ kind: 'rule.decision', payload: { verdict: 'allow', cost: -3 } }],
  tick_lifecycle: { mode: 'wake_after_ticks', ticks: 5 },
}
const CALL_LIMITS = { max_mem_bytes: 65_536, max_gas: 10_000, max_output_bytes: 4096 }

/** A module that answers everything with these bytes. */
function replying(bytes: Uint8Array): Uint8Array {
  const text = Array.from(bytes, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')
  return wat(`(module (memory (export "memory") 1 1) (data (i32.const 8) "${text}")
    (func (export "alloc") (param i32) (result i32) i32.const 4096) (func (export "reduce") (param i32 i32) (result i32 i32) i32.const 8 i32.const ${bytes.length}))`)
}

const ABIS: readonly AbiVersion[] = [1, 2]

const names = fc.string({ unit: 'grapheme', maxLength: 20 })
const payloads: fc.Arbitrary<Value> = fc.oneof(fc.maxSafeInteger().map((n) => n + 0), names, fc.boolean(), fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer()))
const outputs: fc.Arbitrary<ModuleOutput> = fc.record({
  new_state: fc.uint8Array({ maxLength: 50 }),
  effects: fc.array(fc.record({ kind: names, params: payloads, cap_ref: names, cap_slot: names }, { requiredKeys: ['kind', 'params', 'cap_ref'] }), { maxLength: 3 }),
  emits: fc.array(fc.record({ kind: names, payload: payloads }), { maxLength: 3 }),
  tick_lifecycle: fc.oneof(fc.constant({ mode: 'suspend' } as const), fc.nat().map((ticks) => ({ mode: 'wake_after_ticks', ticks }) as const)),
}, { requiredKeys: ['effects', 'emits'], noNullPrototype: true }) as fc.Arbitrary<ModuleOutput>

describe('module input and output', () => {
  it.each(ABIS)('come back as they were (abi %i)', (abi) => {
    expect(decodeModuleInput(encodeModuleInput(INPUT, abi), abi)).toEqual(INPUT)
    expect(decodeModuleOutput(encodeModuleOutput(OUTPUT, abi), abi)).toEqual(OUTPUT)
    fc.assert(fc.property(outputs, (output) => {
      expect(decodeModuleOutput(encodeModuleOutput(output, abi), abi)).toEqual(output)
    }), { numRuns: 100 })
  })

  it('carry byte fields as byte strings in abi 2 and as lists of integers in abi 1', () => {
    const { ctx } = INPUT
    expect(encodeModuleInput({ ctx, state: Uint8Array.of(7) }, 2)).toEqual(encodeCanonical({ ctx: ctx as unknown as Value, state: Uint8Array.of(7) }))
    expect(encodeModuleInput({ ctx, state: Uint8Array.of(7) }, 1)).toEqual(encodeCanonical({ ctx: ctx as unknown as Value, state: [7] }))
  })

  it('of the earlier SDK may say null for absent fields and declare output_bytes', () => {
    const encoded = encodeCanonical({ new_state: null, effects: [{ kind: 'k', params: null, cap_ref: 'c', cap_slot: null }], emits: [], tick_lifecycle: null, output_bytes: 12 })
    expect(decodeModuleOutput(encoded, 1)).toEqual({ effects: [{ kind: 'k', params: null, cap_ref: 'c' }], emits: [] })
  })
})

describe('output from a module', () => {
  it('may have unsorted keys; hashed is what the host re-encodes', () => {
    const unsorted = Uint8Array.of(0xa2, 0x67, ...new TextEncoder().encode('effects'), 0x80, 0x65, ...new TextEncoder().encode('emits'), 0x80)
    const output = decodeModuleOutput(unsorted)
    expect(output).toEqual({ effects: [], emits: [] })
    expect(toHex(encodeModuleOutput(output))).toBe(toHex(encodeCanonical({ emits: [], effects: [] })))
  })

  const emits = [0x65, ...new TextEncoder().encode('emits')]
  const effects = [0x67, ...new TextEncoder().encode('effects')]
  const payload = (...bytes: number[]): number[] => [0xa2, ...emits, 0x81, 0xa2, 0x64, ...new TextEncoder().encode('kind'), 0x61, 0x6b, 0x67, ...new TextEncoder().encode('payload'), ...bytes, ...effects, 0x80]
  const refused: readonly (readonly [string, Uint8Array, string])[] = [
    ['nothing', new Uint8Array(0), 'CBOR_EMPTY'],
    ['a float', Uint8Array.from(payload(0xf9, 0x3c, 0)), 'CBOR_FORBIDDEN_TYPE'],
    ['a tag', Uint8Array.from(payload(0xc1, 0)), 'CBOR_FORBIDDEN_TYPE'],
    ['a duplicate key', Uint8Array.of(0xa3, ...effects, 0x80, ...emits, 0x80, ...emits, 0x80), 'CBOR_BAD_KEY'],
    ['an indefinite length', Uint8Array.of(0xa2, ...emits, 0x9f, 0xff, ...effects, 0x80), 'CBOR_NOT_CANONICAL'],
    ['bytes after the end', Uint8Array.of(0xa2, ...emits, 0x80, ...effects, 0x80, 0), 'CBOR_TRAILING_BYTES'],
    ['an integer no state may hold', Uint8Array.from(payload(0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0)), 'CBOR_INTEGER_RANGE'],
    ['a missing field', encodeCanonical({ effects: [] }), 'SCHEMA_MISMATCH'],
    ['an unknown field', encodeCanonical({ effects: [], emits: [], extra: 1 }), 'SCHEMA_MISMATCH'],
    ['bytes as a list in abi 2', encodeCanonical({ effects: [], emits: [], new_state: [1] }), 'SCHEMA_MISMATCH'],
    ['null in abi 2', encodeCanonical({ effects: [], emits: [], new_state: null }), 'SCHEMA_MISMATCH'],
    ['a negative wake-up', encodeCanonical({ effects: [], emits: [], tick_lifecycle: { mode: 'wake_after_ticks', ticks: -1 } }), 'SCHEMA_MISMATCH'],
    ['an effect without a capability', encodeCanonical({ effects: [{ kind: 'k', params: 0 }], emits: [] }), 'SCHEMA_MISMATCH'],
  ]
  it.each(refused)('is refused: %s', (_, bytes, code) => {
    const attempt = (): ModuleOutput => decodeModuleOutput(bytes)
    expect(attempt).toThrow(CodecError)
    expect(attempt).toThrow(expect.objectContaining({ code }))
  })

  it.each(refused)('is a typed failure of the call, paid for: %s', (_, bytes, code) => {
    const result = callModule(createExecutor(), { wasm: replying(bytes), entrypoint: 'reduce', input: INPUT, limits: CALL_LIMITS })
    expect(result).toMatchObject({ ok: false, failure: { code: 'INVALID_OUTPUT', detail: `the output is not a module output: ${code}` }, outputBytes: bytes.length })
    expect(result.fuelUsed).toBeGreaterThan(0)
  })
})

describe('callModule', () => {
  it('gives the decoded output with the sizes and fuel the fee is computed from', () => {
    const encoded = encodeModuleOutput(OUTPUT)
    expect(callModule(createExecutor(), { wasm: replying(encoded), entrypoint: 'reduce', input: INPUT, limits: CALL_LIMITS })).toEqual({
      ok: true, output: OUTPUT, inputBytes: encodeModuleInput(INPUT).length, outputBytes: encoded.length, fuelUsed: expect.any(Number),
    })
  })

  it('makes unreadable output a failure that names the rule', () => {
    const result = callModule(createExecutor(), { wasm: replying(Uint8Array.of(0xff)), entrypoint: 'reduce', input: INPUT, limits: CALL_LIMITS })
    expect(result).toMatchObject({ ok: false, failure: { code: 'INVALID_OUTPUT' }, outputBytes: 1 })
    expect(result.failure?.detail).toMatch(/^the output is not a module output: CBOR_/)
    expect(result.fuelUsed).toBeGreaterThan(0)
  })

  it('passes failures of the call through', () => {
    const result = callModule(createExecutor(), { wasm: replying(new Uint8Array(1)), entrypoint: 'call', input: INPUT, limits: CALL_LIMITS })
    expect(result).toMatchObject({ ok: false, failure: { code: 'SANDBOX_UNAVAILABLE' }, outputBytes: 0, fuelUsed: 0 })
  })
})
