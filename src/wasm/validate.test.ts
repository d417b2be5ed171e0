import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../codec/index.ts'
import { WORKLOADS } from './bench/workloads.ts'
import { WasmError } from './errors.ts'
import type { WasmErrorCode } from './errors.ts'
import { instrumentModule, validateModule } from './instrument.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { binary, functionOf, functionWith, mutate } from './testdata/binary.ts'
import { randomModule } from './testdata/random-module.ts'
import { wat } from './testdata/wat.ts'

const MEMORY = '(memory (export "memory") 1)'
const ALLOC = '(func (export "alloc") (param i32) (result i32) i32.const 0)'
const PAIR = '(param i32 i32) (result i32 i32) i32.const 0 i32.const 0'
const I32_TYPE = [0x60, 0, 1, 0x7f]

/** Every code, with modules that must be refused with exactly that code. */
const REFUSED: Readonly<Record<WasmErrorCode, Readonly<Record<string, Uint8Array>>>> = {
  WASM_BAD_HEADER: {
    'no bytes': new Uint8Array(0),
    'another magic': Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0),
    'component layer': Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
  },
  WASM_TRUNCATED: {
    'a section longer than the file': Uint8Array.of(...binary(), 1, 5, 0),
    'a section that ends inside an item': binary([1, 2, 0x60, 0, 0]),
    'a body that ends inside an instruction': functionOf(0x41).with(-1, 0x80),
    'a data segment longer than its section': binary([5, 1, 0, 1], [11, 1, 0, 0x41, 0, 0x0b, 9]),
  },
  WASM_BAD_INTEGER: {
    'six bytes for a u32': binary([1, 0x80, 0x80, 0x80, 0x80, 0x80, 0]),
    'a u32 with bits beyond the 32nd': binary([1, 0x80, 0x80, 0x80, 0x80, 0x10]),
    'an i32 constant with a wrong sign extension': functionOf(0x41, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a),
    'an i64 constant of eleven bytes': functionOf(0x42, ...Array<number>(10).fill(0x80), 0, 0x1a),
    'a block type with a wrong sign extension': functionOf(0x02, 0x80, 0x80, 0x80, 0x80, 0x20, 0x0b),
  },
  WASM_BAD_UTF8: {
    'an export name': binary([5, 1, 0, 1], [7, 1, 1, 0xff, 2, 0]),
    'a surrogate in a custom section name': binary([0, 3, 0xed, 0xa0, 0x80]),
  },
  WASM_SECTION_ORDER: {
    'a section twice': binary([1, 0], [1, 0]),
    'memory before table': binary([5, 1, 0, 1], [4, 1, 0x70, 0, 0]),
    'data count after code': binary([10, 0], [12, 0]),
  },
  WASM_SECTION_SIZE: { 'bytes after the last item': binary([1, 0, 0]) },
  WASM_UNKNOWN_SECTION: { 'section 14': binary([14]) },
  WASM_COUNT_MISMATCH: {
    'a function without a body': binary([1, 1, 0x60, 0, 0], [3, 1, 0]),
    'a body without a function': binary([10, 1, 2, 0, 0x0b]),
    'data count and data disagree': binary([5, 1, 0, 1], [12, 1], [11, 0]),
    'memory.init without a data count': functionOf(0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0),
  },
  WASM_BAD_ENCODING: {
    'a type that is no function': binary([1, 1, 0x30]),
    'an unknown value type': binary([1, 1, 0x60, 1, 0x11, 0]),
    'unknown flags on a memory': binary([5, 1, 8, 1]),
    'a global with mutability 2': binary([6, 1, 0x7f, 2, 0x41, 0, 0x0b]),
    'an unknown export kind': binary([5, 1, 0, 1], [7, 1, 1, 0x61, 9, 0]),
    'an unknown element kind': binary([4, 1, 0x70, 0, 1], [9, 1, 2, 0, 0x41, 0, 0x0b, 1, 0]),
    'unknown element flags': binary([4, 1, 0x70, 0, 1], [9, 1, 8]),
    'unknown data flags': binary([5, 1, 0, 1], [11, 1, 3]),
    'an unknown block type': functionOf(0x02, 0xbf, 0x7e, 0x0b),
    'select with two types': functionOf(0x41, 0, 0x41, 0, 0x41, 0, 0x1c, 2, 0x7f, 0x7f, 0x1a),
  },
  WASM_BAD_INDEX: {
    'a type': binary([3, 1, 0], [10, 1, 2, 0, 0x0b]),
    'a function': functionOf(0x10, 1),
    'a local': functionOf(0x20, 0, 0x1a),
    'a global, even one the meter will add there': functionOf(0x23, 0, 0x1a),
    'a label': functionOf(0x0c, 1),
    'a block type': functionOf(0x02, 1, 0x0b),
    'a table': functionOf(0x41, 0, 0x11, 0, 0),
    'a memory': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 5, 0, 0x3f, 0, 0x1a, 0x0b]),
    'an exported function': binary([7, 1, 1, 0x61, 0, 0]),
    'a start function': binary([8, 0]),
    'an element': binary([4, 1, 0x70, 0, 1], [9, 1, 0, 0x41, 0, 0x0b, 1, 0]),
    'a data segment to drop': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [5, 1, 0, 1], [12, 0], [10, 1, 5, 0, 0xfc, 9, 0, 0x0b], [11, 0]),
    'a data segment without a memory': binary([11, 1, 0, 0x41, 0, 0x0b, 0]),
  },
  WASM_TYPE_MISMATCH: {
    'an operand of the wrong type': wat(`(module (func i32.const 0 i64.const 0 i32.add drop))`),
    'an operand from outside the block': wat(`(module (func i32.const 0 block drop end))`),
    'a missing result': wat(`(module (func (result i32)))`),
    'one result too many': wat(`(module (func i32.const 0))`),
    'an if without else that gives a value': wat(`(module (func (result i32) i32.const 0 if (result i32) i32.const 0 end))`),
    'a branch without the value of its label': wat(`(module (func (result i32) block (result i32) br 0 end i32.const 0))`),
    'a br_table over different arities': wat(`(module (func (result i32) block block (result i32) i32.const 0 i32.const 0 br_table 0 1 end drop end i32.const 0))`),
    'ill-typed code that never runs': wat(`(module (func unreachable i32.const 0 i64.const 0 i32.add drop))`),
    'select between two types': wat(`(module (func i32.const 0 i64.const 0 i32.const 0 select drop))`),
    'a store of the wrong type': wat(`(module (memory 1) (func i32.const 0 i64.const 0 i32.store))`),
    'a global set to the wrong type': wat(`(module (global (mut i32) (i32.const 0)) (func i64.const 0 global.set 0))`),
    'a global with the wrong initial value': wat(`(module (global i32 (i64.const 0)))`),
    'a start function with a parameter': wat(`(module (func $f (param i32)) (start $f))`),
    'too few arguments': wat(`(module (func $f (param i32)) (func call $f))`),
  },
  WASM_BAD_CONTROL: {
    'else without if': functionOf(0x02, 0x40, 0x05, 0x0b),
    'a second else': functionOf(0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0b),
    'code after the end': functionOf(0x0b),
  },
  WASM_BAD_ALIGNMENT: { 'more than the access': functionOf(0x41, 0, 0x28, 3, 0, 0x1a) },
  WASM_BAD_CONST_EXPR: {
    'arithmetic in a constant (extended-const)': binary([6, 1, 0x7f, 0, 0x41, 0, 0x41, 0, 0x6a, 0x0b]),
    'another global': binary([6, 2, 0x7f, 0, 0x41, 0, 0x0b, 0x7f, 0, 0x23, 0, 0x0b]),
  },
  WASM_IMMUTABLE_GLOBAL: { 'a constant written': wat(`(module (global i32 (i32.const 0)) (func i32.const 1 global.set 0))`) },
  WASM_DUPLICATE_EXPORT: { 'the same name twice': binary([5, 1, 0, 1], [7, 2, 1, 0x61, 2, 0, 1, 0x61, 2, 0]) },
  WASM_BAD_LIMITS: {
    'maximum below minimum': binary([5, 1, 1, 2, 1]),
    'more than 65,536 pages': binary([5, 1, 0, 0x81, 0x80, 0x04]),
  },
  WASM_SEGMENT_OUT_OF_BOUNDS: {
    data: wat(`(module (memory 1) (data (i32.const 65535) "ab"))`),
    'data at a negative offset': wat(`(module (memory 1) (data (i32.const -1) "a"))`),
    elements: wat(`(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))`),
  },
  WASM_UNKNOWN_OPCODE: { 'a hole in the opcode space': functionOf(0xff), 'a hole after 0xfc': functionOf(0xfc, 18) },
  WASM_FLOAT: {
    'a parameter': wat(`(module (func (param f32)))`),
    'a result': wat(`(module (func (result f64) unreachable))`),
    'a local': wat(`(module (func (local f64)))`),
    'a global': wat(`(module (global f64 (f64.const 0)))`),
    'a constant': wat(`(module (func f32.const 0 drop))`),
    'a load': wat(`(module (memory 1) (func i32.const 0 f64.load drop))`),
    'a conversion': wat(`(module (func i32.const 0 f32.convert_i32_s drop))`),
    'a reinterpretation': wat(`(module (func i64.const 0 f64.reinterpret_i64 drop))`),
    'a saturating truncation': functionOf(0xfc, 0),
  },
  WASM_SIMD: { 'the vector type': wat(`(module (func (param v128)))`), 'a vector instruction': functionOf(0xfd, 12, ...Array<number>(16).fill(0), 0x1a) },
  WASM_THREADS: { 'shared memory': wat(`(module (memory 1 1 shared))`), 'an atomic': functionOf(0xfe, 3, 0) },
  WASM_TAIL_CALL: { 'return_call': wat(`(module (func return_call 0))`), 'return_call_indirect': wat(`(module (table 1 funcref) (func i32.const 0 return_call_indirect))`) },
  WASM_EXCEPTIONS: {
    'a tag': wat(`(module (tag))`),
    throw: functionOf(0x08, 0),
    'try_table': functionOf(0x1f, 0x40, 0, 0x0b),
    'an exported tag': binary([7, 1, 1, 0x61, 4, 0]),
  },
  WASM_GC: { 'a struct type': binary([1, 1, 0x5f, 0]), 'a gc instruction': functionOf(0xfb, 0, 0), anyref: binary([1, 1, 0x60, 1, 0x6e, 0]) },
  WASM_REFERENCE_TYPES: {
    'a funcref parameter': wat(`(module (func (param funcref)))`),
    'an externref table': wat(`(module (table 1 externref))`),
    'ref.func': wat(`(module (func $f) (elem declare func $f) (func ref.func $f drop))`),
    'table.set': functionOf(0x26, 0),
    'table.grow': functionOf(0xfc, 15, 0),
    'a passive element segment': wat(`(module (table 1 funcref) (func $f) (elem func $f))`),
    'call_ref': functionOf(0x14, 0),
  },
  WASM_MEMORY64: { 'a 64-bit memory': wat(`(module (memory i64 1))`) },
  WASM_MULTI_MEMORY: {
    'two memories': binary([5, 2, 0, 1, 0, 1]),
    'memory.size of a second one': functionOf(0x3f, 1, 0x1a),
    'a load from a second one': functionOf(0x41, 0, 0x28, 0x42, 1, 0, 0x1a),
  },
  WASM_MULTI_TABLE: { 'two tables': wat(`(module (table 1 funcref) (table 1 funcref))`) },
  WASM_IMPORT: {
    'a function': wat(`(module (import "env" "now" (func (result i64))))`),
    'a memory': wat(`(module (import "env" "memory" (memory 1)))`),
  },
  WASM_LIMIT: {
    'a module of over 1 MiB': new Uint8Array(DEFAULT_LIMITS.moduleBytes + 1),
    types: binary([1, 0xe9, 0x07]),
    functions: binary([1, 1, 0x60, 0, 0], [3, 0x89, 0x27]),
    params: binary([1, 1, 0x60, 33, ...Array<number>(33).fill(0x7f), 0]),
    results: binary([1, 1, 0x60, 0, 17, ...Array<number>(17).fill(0x7f)]),
    locals: binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 5, 1, 0x81, 0x04, 0x7f, 0x0b]),
    'locals in groups whose sum wraps 32 bits': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 14, 2, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b]),
    'a function body': functionWith(new Uint8Array(DEFAULT_LIMITS.bodyBytes).fill(0x01)),
    nesting: functionOf(...Array.from({ length: 257 }, () => [0x02, 0x40]).flat(), ...Array<number>(257).fill(0x0b)),
    'br_table targets': functionOf(0x41, 0, 0x0e, 0x81, 0x08),
    globals: binary([6, 0x81, 0x02]),
    exports: binary([7, 0x81, 0x02]),
    'a name': binary([5, 1, 0, 1], [7, 1, 0x81, 0x02, ...Array<number>(257).fill(0x61), 2, 0]),
    'table entries': wat(`(module (table 10001 funcref))`),
    'memory pages': wat(`(module (memory 257))`),
    'data segments': binary([5, 1, 0, 1], [11, 0x81, 0x08]),
    'element segments': binary([4, 1, 0x70, 0, 1], [9, 0x81, 0x02]),
    'element items': binary([4, 1, 0x70, 0, 1], [9, 1, 0, 0x41, 0, 0x0b, 0x91, 0x4e]),
    'a frame': functionOf(...Array.from({ length: 1100 }, () => [0x41, 0]).flat(), ...Array<number>(1100).fill(0x1a)),
    'a static chain of calls': wat(`(module ${Array.from({ length: 900 }, (_, i) => `(func (local i64 i64 i64 i64) ${i < 899 ? `call ${i + 1}` : ''})`).join('')})`),
  },
  WASM_RESERVED_NAME: { 'the counter': wat(`(module (global (export "$$m") i64 (i64.const 0)))`), 'any name with the prefix': wat(`(module (func (export "$$x")))`) },
  WASM_NO_MEMORY: {
    'no memory': wat(`(module ${ALLOC} (func (export "reduce") ${PAIR}))`),
    'another thing called memory': wat(`(module (func (export "memory")) ${ALLOC} (func (export "reduce") ${PAIR}))`),
  },
  WASM_NO_ALLOC: { 'no alloc': wat(`(module ${MEMORY} (func (export "reduce") ${PAIR}))`) },
  WASM_NO_ENTRYPOINT: { 'neither reduce nor call': wat(`(module ${MEMORY} ${ALLOC})`) },
  WASM_BAD_SIGNATURE: {
    'alloc with two parameters': wat(`(module ${MEMORY} (func (export "alloc") (param i32 i32) (result i32) i32.const 0) (func (export "call") ${PAIR}))`),
    'reduce that returns one i32': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") (param i32 i32) (result i32) i32.const 0))`),
    'a good reduce beside a bad call': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") ${PAIR}) (func (export "call")))`),
    'a global called reduce': wat(`(module ${MEMORY} ${ALLOC} (global (export "reduce") i32 (i32.const 0)))`),
  },
}

const INTERFACE_CODES = ['WASM_NO_MEMORY', 'WASM_NO_ALLOC', 'WASM_NO_ENTRYPOINT', 'WASM_BAD_SIGNATURE']
/** Codes of rules that are ours, not WebAssembly's: an engine may accept such a module. All other refusals it must share. */
const OWN_RULES = new Set<WasmErrorCode>([
  'WASM_FLOAT', 'WASM_SIMD', 'WASM_THREADS', 'WASM_TAIL_CALL', 'WASM_EXCEPTIONS', 'WASM_GC', 'WASM_REFERENCE_TYPES', 'WASM_MEMORY64', 'WASM_MULTI_MEMORY',
  'WASM_MULTI_TABLE', 'WASM_IMPORT', 'WASM_LIMIT', 'WASM_RESERVED_NAME', 'WASM_BAD_CONST_EXPR', 'WASM_SEGMENT_OUT_OF_BOUNDS',
])

describe('validateModule', () => {
  for (const [code, modules] of Object.entries(REFUSED)) {
    describe(`refuses with ${code}`, () => {
      it.each(Object.entries(modules))('%s', (_, bytes) => {
        const result = validateModule(bytes, {}, { abi: INTERFACE_CODES.includes(code) ? 'wasm-1' : 'none' })
        expect(result.errors.map((error) => error.code)).toEqual([code])
        expect(result.ok).toBe(false)
        expect(result.errors[0]!.message).not.toBe('')
      })
    })
  }

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
