import { describe, expect, it } from 'vitest'
import { WasmError } from './errors.ts'
import type { WasmErrorCode } from './errors.ts'
import { instrumentModule, validateModule } from './instrument.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { ModuleLimits } from './limits.ts'
import { binary, functionOf, functionWith } from './testdata/binary.ts'
import { wat } from './testdata/wat.ts'

/** The exports of a good module: what the rows below leave out, or get wrong. */
const MEMORY = '(memory (export "memory") 1 1)'
const ALLOC = '(func (export "alloc") (param i32) (result i32) i32.const 0)'
const PAIR = '(param i32 i32) (result i32 i32) i32.const 0 i32.const 0'
/** 2^32 − 1 in LEB128: a count that costs five bytes to claim. */
const HUGE = [0xff, 0xff, 0xff, 0xff, 0x0f]

/** Every limit, with modules over it: many claims are a few bytes long, so counts are refused before anything is read or allocated. */
const OVER_LIMIT: Readonly<Record<keyof ModuleLimits, Readonly<Record<string, Uint8Array>>>> = {
  moduleBytes: { 'a module of over 1 MiB': new Uint8Array(DEFAULT_LIMITS.moduleBytes + 1) },
  types: { '1,001 types': binary([1, 0xe9, 0x07]), '2^32 − 1 types in five bytes': binary([1, ...HUGE]) },
  functions: { '5,001 functions': binary([1, 1, 0x60, 0, 0], [3, 0x89, 0x27]), '2^32 − 1 functions': binary([3, ...HUGE]) },
  params: { '33 parameters': binary([1, 1, 0x60, 33, ...Array<number>(33).fill(0x7f), 0]), '2^32 − 1 parameters': binary([1, 1, 0x60, ...HUGE]) },
  results: { '17 results': binary([1, 1, 0x60, 0, 17, ...Array<number>(17).fill(0x7f)]), '2^32 − 1 results': binary([1, 1, 0x60, 0, ...HUGE]) },
  locals: {
    '513 locals': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 5, 1, 0x81, 0x04, 0x7f, 0x0b]),
    '2^32 − 1 locals in six bytes': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 8, 1, ...HUGE, 0x7f, 0x0b]),
    'groups whose sum wraps 32 bits': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 14, 2, ...HUGE, 0x7f, ...HUGE, 0x7f, 0x0b]),
    'many small groups': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 20, 9, ...Array.from({ length: 9 }, () => [64, 0x7f]).flat(), 0x0b]),
  },
  bodyBytes: { 'a function body of 128 KiB': functionWith(new Uint8Array(DEFAULT_LIMITS.bodyBytes).fill(0x01)), 'a body that claims 4 GiB': binary([10, 1, ...HUGE]) },
  nesting: { '257 nested blocks': functionOf(...Array.from({ length: 257 }, () => [0x02, 0x40]).flat(), ...Array<number>(257).fill(0x0b)) },
  branchTargets: { 'a br_table of 1,025 targets': functionOf(0x41, 0, 0x0e, 0x81, 0x08), 'of 2^32 − 1 targets': functionOf(0x41, 0, 0x0e, ...HUGE) },
  globals: { '257 globals': binary([6, 0x81, 0x02]), '2^32 − 1 globals': binary([6, ...HUGE]) },
  exports: { '257 exports': binary([7, 0x81, 0x02]), '2^32 − 1 exports': binary([7, ...HUGE]) },
  nameBytes: {
    'an export name of 257 bytes': binary([5, 1, 0, 1], [7, 1, 0x81, 0x02, ...Array<number>(257).fill(0x61), 2, 0]),
    'an export name that claims 4 GiB': binary([5, 1, 0, 1], [7, 1, ...HUGE]),
    'a custom section name that claims 4 GiB': binary([0, ...HUGE]),
  },
  tableEntries: { 'a table of 10,001': wat(`(module (table 10001 funcref))`), 'a table of 2^32 − 1': binary([4, 1, 0x70, 0, ...HUGE]) },
  memoryPages: { 'a memory of 257 pages': wat(`(module (memory 257 257))`), 'a memory of 4 GiB': wat(`(module (memory 65536 65536))`) },
  dataSegments: { '1,025 data segments': binary([5, 1, 0, 1], [11, 0x81, 0x08]), '2^32 − 1 data segments': binary([5, 1, 0, 1], [11, ...HUGE]) },
  elementSegments: { '257 element segments': binary([4, 1, 0x70, 0, 1], [9, 0x81, 0x02]), '2^32 − 1 element segments': binary([4, 1, 0x70, 0, 1], [9, ...HUGE]) },
  elementItems: {
    '10,001 references in one segment': binary([4, 1, 0x70, 0, 1], [9, 1, 0, 0x41, 0, 0x0b, 0x91, 0x4e]),
    '2^32 − 1 references': binary([4, 1, 0x70, 0, 1], [9, 1, 0, 0x41, 0, 0x0b, ...HUGE]),
    'few references in each of many segments': wat(`(module (table 100 funcref) (func $f) ${`(elem (i32.const 0) ${'$f '.repeat(100)})`.repeat(101)})`),
  },
  frameSlots: { 'a frame of 1,100 operands': wat(`(module ${MEMORY} ${ALLOC} (func (export "call") ${PAIR}) (func ${'i32.const 0 '.repeat(1100)} ${'drop '.repeat(1100)}))`) },
  staticStackUnits: {
    'a chain of 900 calls': wat(`(module ${MEMORY} ${ALLOC} (func (export "call") ${PAIR}) (func $f0 (local i64 i64 i64 i64))
      ${Array.from({ length: 899 }, (_, i) => `(func $f${i + 1} (local i64 i64 i64 i64) call $f${i})`).join('')})`),
  },
}

/** Every other code, with modules that must be refused with exactly that code. */
const REFUSED: Readonly<Record<Exclude<WasmErrorCode, 'WASM_LIMIT'>, Readonly<Record<string, Uint8Array>>>> = {
  WASM_BAD_HEADER: {
    'no bytes': new Uint8Array(0),
    'another magic': Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0),
    'component layer': Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0),
  },
  WASM_TRUNCATED: {
    '2^32 − 1 bodies and none there': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, ...HUGE]),
    'a section that claims 4 GiB': Uint8Array.of(...binary(), 1, ...HUGE),
    'a data segment that claims 4 GiB': binary([5, 1, 0, 1], [11, 1, 0, 0x41, 0, 0x0b, ...HUGE]),
    '2^32 − 1 groups of no locals': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 7, ...HUGE, 0, 0x7f]),
    '2^32 − 1 imports and none there': binary([2, ...HUGE]),
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
    'two start sections': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [8, 0], [8, 0], [10, 1, 2, 0, 0x0b]),
    'a start section after the code': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [10, 1, 2, 0, 0x0b], [8, 0]),
    'a section twice': binary([1, 0], [1, 0]),
    'memory before table': binary([5, 1, 0, 1], [4, 1, 0x70, 0, 0]),
    'data count after code': binary([10, 0], [12, 0]),
  },
  WASM_SECTION_SIZE: {
    'bytes after the last item': binary([1, 0, 0]),
    'a start section with two functions': binary([1, 1, 0x60, 0, 0], [3, 1, 0], [8, 0, 0], [10, 1, 2, 0, 0x0b]),
  },
  WASM_UNKNOWN_SECTION: { 'section 14': binary([14]) },
  WASM_COUNT_MISMATCH: {
    '2^32 − 1 data segments declared': binary([5, 1, 0, 1], [12, ...HUGE]),
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
    'a start function with a result': wat(`(module (func $f (result i32) i32.const 0) (start $f))`),
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
    'a NaN constant': wat(`(module (func f32.const nan:0x200000 drop))`),
    'division, whose NaN has a sign of its own on every machine': wat(`(module (func (param f64 f64) (result f64) local.get 0 local.get 1 f64.div))`),
    'a square root': wat(`(module (func f64.const -1 f64.sqrt drop))`),
    'minimum of NaNs': wat(`(module (func f32.const nan f32.const nan f32.min drop))`),
    'demotion, which quiets a NaN': wat(`(module (func f64.const nan f32.demote_f64 drop))`),
    'promotion': wat(`(module (func f32.const nan f64.promote_f32 drop))`),
    'a comparison': wat(`(module (func f32.const nan f32.const 0 f32.lt drop))`),
    'a truncation': wat(`(module (func f32.const 0 i32.trunc_f32_s drop))`),
    'a reinterpretation to bits': wat(`(module (func f32.const nan i32.reinterpret_f32 drop))`),
    'a store': wat(`(module (memory 1 1) (func i32.const 0 f32.const 0 f32.store))`),
    'a block type': wat(`(module (func unreachable block (result f32) unreachable end drop))`),
    'a float where nothing ever runs': wat(`(module (func unreachable f64.const 0 drop))`),
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
  WASM_SIMD: {
    'the vector type': wat(`(module (func (param v128)))`), 'a vector instruction': functionOf(0xfd, 12, ...Array<number>(16).fill(0), 0x1a),
    'relaxed SIMD: swizzle': functionOf(0xfd, 0x80, 0x02),
    'relaxed SIMD: fused multiply-add': functionOf(0xfd, 0x85, 0x02),
    'a vector constant': wat(`(module (func v128.const i32x4 0 0 0 0 drop))`),
  },
  WASM_THREADS: {
    'shared memory': wat(`(module (memory 1 1 shared))`), 'an atomic': functionOf(0xfe, 3, 0),
    'an atomic add': wat(`(module (memory 1 1) (func i32.const 0 i32.const 1 i32.atomic.rmw.add drop))`),
    'a fence': functionOf(0xfe, 3),
    'shared memory without a maximum': binary([5, 1, 2, 1]),
  },
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
  WASM_MULTI_TABLE: {
    'two tables': wat(`(module (table 1 funcref) (table 1 funcref))`),
    '2^32 − 1 tables': binary([4, ...HUGE, 0x70, 0, 1, 0x70, 0, 1]),
  },
  WASM_IMPORT: {
    'a table': wat(`(module (import "env" "table" (table 1 funcref)))`),
    'a global': wat(`(module (import "env" "base" (global i32)))`),
    'WASI': wat(`(module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))`),
    'what AssemblyScript asks for': wat(`(module (import "env" "abort" (func (param i32 i32 i32 i32))))`),
    'a function to start with': wat(`(module (import "env" "init" (func $init)) (start $init))`),
    "the meter's counter": wat(`(module (import "env" "$$m" (global (mut i64))))`),
    'a function': wat(`(module (import "env" "now" (func (result i64))))`),
    'a memory': wat(`(module (import "env" "memory" (memory 1)))`),
  },
  WASM_RESERVED_NAME: {
    'the counter': wat(`(module (global (export "$$m") i64 (i64.const 0)))`), 'any name with the prefix': wat(`(module (func (export "$$x")))`),
    'the fault flag': wat(`(module (global (export "$$fault") i32 (i32.const 0)))`),
    'the start export': wat(`(module (func (export "$$start")))`),
    'the reset export': wat(`(module (func (export "$$reset")))`),
    'the counter as a memory': wat(`(module (memory (export "$$m") 1 1))`),
  },
  WASM_NO_MEMORY: {
    'a memory that is not exported': wat(`(module (memory 1 1) ${ALLOC} (func (export "reduce") ${PAIR}))`),
    'a memory under another name': wat(`(module (memory (export "mem") 1 1) ${ALLOC} (func (export "reduce") ${PAIR}))`),
    'no memory': wat(`(module ${ALLOC} (func (export "reduce") ${PAIR}))`),
    'another thing called memory': wat(`(module (func (export "memory")) ${ALLOC} (func (export "reduce") ${PAIR}))`),
  },
  WASM_NO_MEMORY_MAXIMUM: {
    'a memory that may grow for ever': wat(`(module (memory (export "memory") 1) ${ALLOC} (func (export "reduce") ${PAIR}))`),
    'an empty one': wat(`(module (memory (export "memory") 0) ${ALLOC} (func (export "reduce") ${PAIR}))`),
  },
  WASM_NO_ALLOC: {
    'no alloc': wat(`(module ${MEMORY} (func (export "reduce") ${PAIR}))`),
    'a global called alloc': wat(`(module ${MEMORY} (global (export "alloc") i32 (i32.const 0)) (func (export "reduce") ${PAIR}))`),
  },
  WASM_NO_ENTRYPOINT: {
    'neither reduce nor call': wat(`(module ${MEMORY} ${ALLOC})`),
    'an entrypoint under another name': wat(`(module ${MEMORY} ${ALLOC} (func (export "main") ${PAIR}))`),
    'an entrypoint that is not exported': wat(`(module ${MEMORY} ${ALLOC} (func $reduce ${PAIR}))`),
  },
  WASM_BAD_SIGNATURE: {
    'alloc of 64-bit lengths': wat(`(module ${MEMORY} (func (export "alloc") (param i64) (result i32) i32.const 0) (func (export "call") ${PAIR}))`),
    'alloc that returns nothing': wat(`(module ${MEMORY} (func (export "alloc") (param i32)) (func (export "call") ${PAIR}))`),
    'reduce of 64-bit pointers': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") (param i64 i64) (result i64) i64.const 0))`),
    'reduce that returns a triple': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") (param i32 i32) (result i32 i32 i32) i32.const 0 i32.const 0 i32.const 0))`),
    'a struct form that returns as well': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") (param i32 i32 i32) (result i64) i64.const 0))`),
    'a memory called call': wat(`(module (memory (export "memory") (export "call") 1 1) ${ALLOC})`),
    'alloc with two parameters': wat(`(module ${MEMORY} (func (export "alloc") (param i32 i32) (result i32) i32.const 0) (func (export "call") ${PAIR}))`),
    'reduce that returns one i32': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") (param i32 i32) (result i32) i32.const 0))`),
    'a good reduce beside a bad call': wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") ${PAIR}) (func (export "call")))`),
    'a global called reduce': wat(`(module ${MEMORY} ${ALLOC} (global (export "reduce") i32 (i32.const 0)))`),
  },
}

/** Registration, as the kernel asks for it: the exports of wasm-1 are required, so everything else must be found before they are missed. */
describe('registration', () => {
  for (const [code, modules] of Object.entries(REFUSED)) {
    describe(`refuses with ${code}`, () => {
      it.each(Object.entries(modules))('%s', (_, bytes) => {
        const result = validateModule(bytes)
        expect(result.errors.map((error) => error.code)).toEqual([code])
        expect(result.ok).toBe(false)
        expect(result.errors[0]!.message).not.toBe('')
      })
    })
  }

  for (const [limit, modules] of Object.entries(OVER_LIMIT)) {
    describe(`refuses with WASM_LIMIT, naming ${limit}`, () => {
      it.each(Object.entries(modules))('%s', (_, bytes) => {
        const attempt = (): Uint8Array => instrumentModule(bytes)
        expect(attempt).toThrow(WasmError)
        expect(attempt).toThrow(expect.objectContaining({ code: 'WASM_LIMIT', detail: expect.objectContaining({ limit }) }))
      })
    })
  }

  it('accepts the module the rows are variations of', () => {
    expect(validateModule(wat(`(module ${MEMORY} ${ALLOC} (func (export "reduce") ${PAIR}))`))).toEqual({ ok: true, errors: [] })
  })
})
