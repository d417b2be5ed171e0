import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../codec/index.ts'
import { WORKLOADS } from './bench/workloads.ts'
import { WasmError } from './errors.ts'
import type { WasmErrorCode } from './errors.ts'
import { instrumentModule, validateModule } from './instrument.ts'
import { binary, functionOf, mutate } from './testdata/binary.ts'
import { randomModule } from './testdata/random-module.ts'
import { wat } from './testdata/wat.ts'

const MEMORY = '(memory (export "memory") 1 1)'
const ALLOC = '(func (export "alloc") (param i32) (result i32) i32.const 0)'
const I32_TYPE = [0x60, 0, 1, 0x7f]

/** Codes of rules that are ours, not WebAssembly's: an engine may accept such a module. All other refusals it must share. */
const OWN_RULES = new Set<WasmErrorCode>([
  'WASM_FLOAT', 'WASM_SIMD', 'WASM_THREADS', 'WASM_TAIL_CALL', 'WASM_EXCEPTIONS', 'WASM_GC', 'WASM_REFERENCE_TYPES', 'WASM_MEMORY64', 'WASM_MULTI_MEMORY',
  'WASM_MULTI_TABLE', 'WASM_IMPORT', 'WASM_LIMIT', 'WASM_RESERVED_NAME', 'WASM_BAD_CONST_EXPR', 'WASM_SEGMENT_OUT_OF_BOUNDS',
])

describe('validateModule', () => {
  it('accepts the three return forms, alone or together', () => {
    const forms = ['(param i32 i32) (result i32 i32) i32.const 0 i32.const 0', '(param i32 i32) (result i64) i64.const 0', '(param i32 i32 i32)']
    for (const form of forms) {
      expect(validateModule(wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") ${form}))`))).toEqual({ ok: true, errors: [] })
      expect(validateModule(wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") ${form}) (func (export "call") ${forms[1]}))`)).ok).toBe(true)
    }
  })

  it('asks for the wasm-1 exports unless told otherwise', () => {
    const raw = wat(`(module (func (export "f")))`)
    expect(validateModule(raw).errors[0]?.code).toBe('WASM_NO_MEMORY')
    expect(validateModule(raw, {}, { abi: 'none' }).ok).toBe(true)
  })

  it('names the byte where the rule is broken', () => {
    const bytes = functionOf(0x01, 0x01, 0x43)
    const { errors } = validateModule(bytes, {}, { abi: 'none' })
    expect(errors[0]).toMatchObject({ code: 'WASM_FLOAT', offset: bytes.indexOf(0x43) })
  })

  it('takes tighter limits from the caller', () => {
    const twoPages = wat(`(module (memory 2))`)
    expect(validateModule(twoPages, {}, { abi: 'none' }).ok).toBe(true)
    expect(validateModule(twoPages, { memoryPages: 1 }, { abi: 'none' }).errors[0]?.code).toBe('WASM_LIMIT')
  })

  it('accepts padded integers, custom sections and everything compilers of integer code emit', () => {
    expect(validateModule(functionOf(0x41, 0x80, 0x80, 0x80, 0x80, 0x00, 0x1a), {}, { abi: 'none' }).ok).toBe(true)
    expect(validateModule(binary([0, 1, 0x61], [1, 1, ...I32_TYPE], [0, 1, 0x62, 9]), {}, { abi: 'none' }).ok).toBe(true)
    for (const { wasm, name } of WORKLOADS) expect(validateModule(wasm, {}, { abi: 'none' }), name).toEqual({ ok: true, errors: [] })
  })

  it('decides by itself: what it accepts every engine accepts, what breaks WebAssembly\'s own rules no engine accepts', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (seed, mutation) => {
      const original = seed % 3 === 0 ? WORKLOADS[seed % WORKLOADS.length]!.wasm : randomModule(seed).wasm
      for (let i = 0; i < 20; i++) {
        const mutant = mutate(original, mutation + i)
        const { ok, errors } = validateModule(mutant, {}, { abi: 'none' })
        if (ok) {
          expect(WebAssembly.validate(mutant)).toBe(true)
          const metered = instrumentModule(mutant, {}, { abi: 'none' })
          expect(() => new WebAssembly.Instance(new WebAssembly.Module(metered))).not.toThrow()
        } else if (!OWN_RULES.has(errors[0]!.code)) {
          expect(WebAssembly.validate(mutant), errors[0]!.code).toBe(false)
        }
      }
    }), { numRuns: 60 })
  })
})

describe('instrumentModule', () => {
  it('throws a typed error where validateModule reports one', () => {
    const attempt = (): Uint8Array => instrumentModule(wat(`(module (import "a" "b" (func)))`))
    expect(attempt).toThrow(WasmError)
    expect(attempt).toThrow(AppError)
    expect(attempt).toThrow(expect.objectContaining({ code: 'WASM_IMPORT' }))
  })

  it('bounds the memory: a missing maximum becomes the limit, a larger one is lowered', () => {
    for (const declared of ['1', '1 1000']) {
      const metered = instrumentModule(wat(`(module (memory (export "memory") ${declared}))`), { memoryPages: 3 }, { abi: 'none' })
      const memory = new WebAssembly.Instance(new WebAssembly.Module(metered)).exports['memory'] as WebAssembly.Memory
      expect(memory.grow(2)).toBe(1)
      expect(() => memory.grow(1)).toThrow(RangeError)
    }
  })

  it('turns the start section into an export that has not run yet', () => {
    const metered = instrumentModule(wat(`(module (global $g (export "g") (mut i32) (i32.const 1)) (func $s i32.const 2 global.set $g) (start $s))`), {}, { abi: 'none' })
    const exports = new WebAssembly.Instance(new WebAssembly.Module(metered)).exports as Record<string, unknown>
    expect((exports['g'] as { value: number }).value).toBe(1)
    ;(exports['$$m'] as { value: bigint }).value = 1n << 40n
    ;(exports['$$start'] as () => void)()
    expect((exports['g'] as { value: number }).value).toBe(2)
  })

  it('drops custom sections and gives the same bytes for the same module', () => {
    const { wasm } = randomModule(1)
    const named = Uint8Array.of(...wasm, 0, 3, 1, 0x61, 7)
    expect(instrumentModule(named, {}, { abi: 'none' })).toEqual(instrumentModule(wasm, {}, { abi: 'none' }))
  })
})
