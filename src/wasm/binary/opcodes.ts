import type { WasmErrorCode } from '../errors.ts'

/** Value types of this version (WebAssembly core 2.0 §5.3.1). */
export const I32 = 0x7f
export const I64 = 0x7e
export const FUNCREF = 0x70
/** Block type without parameters and results. */
export const VOID = 0x40

/** The instructions this version understands one by one; the plain integer ones are in the tables below. */
export const Op = {
  unreachable: 0x00, nop: 0x01, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b,
  br: 0x0c, brIf: 0x0d, brTable: 0x0e, return: 0x0f, call: 0x10, callIndirect: 0x11,
  drop: 0x1a, select: 0x1b, selectTyped: 0x1c,
  localGet: 0x20, localSet: 0x21, localTee: 0x22, globalGet: 0x23, globalSet: 0x24,
  firstLoad: 0x28, lastLoad: 0x35, firstStore: 0x36, lastStore: 0x3e, memorySize: 0x3f, memoryGrow: 0x40,
  i32Const: 0x41, i64Const: 0x42,
  firstNumeric: 0x45, lastNumeric: 0xc4,
  i32Eqz: 0x45, i32Eq: 0x46, i64Eqz: 0x50, i64LtS: 0x53, i64LeU: 0x58, i64Add: 0x7c, i64Sub: 0x7d, i64Mul: 0x7e, i64And: 0x83, i64ShrU: 0x88, i64ExtendI32U: 0xad,
  prefixBulk: 0xfc,
} as const

/** Second byte after `prefixBulk`. */
export const Bulk = { memoryInit: 8, dataDrop: 9, memoryCopy: 10, memoryFill: 11 } as const

/** Plain integer instructions: number of operands (0: not one of them), the type both have, and the type of the result. */
export const OPERAND_COUNT = new Uint8Array(256)
export const OPERAND_TYPE = new Uint8Array(256)
export const RESULT_TYPE = new Uint8Array(256)

function numeric(first: number, last: number, count: number, operand: number, result: number): void {
  OPERAND_COUNT.fill(count, first, last + 1)
  OPERAND_TYPE.fill(operand, first, last + 1)
  RESULT_TYPE.fill(result, first, last + 1)
}
numeric(0x45, 0x45, 1, I32, I32) // i32.eqz
numeric(0x46, 0x4f, 2, I32, I32) // i32 comparisons
numeric(0x50, 0x50, 1, I64, I32) // i64.eqz
numeric(0x51, 0x5a, 2, I64, I32) // i64 comparisons
numeric(0x67, 0x69, 1, I32, I32) // clz ctz popcnt
numeric(0x6a, 0x78, 2, I32, I32) // add … rotr
numeric(0x79, 0x7b, 1, I64, I64)
numeric(0x7c, 0x8a, 2, I64, I64)
numeric(0xa7, 0xa7, 1, I64, I32) // wrap
numeric(0xac, 0xad, 1, I32, I64) // extend
numeric(0xc0, 0xc1, 1, I32, I32) // sign extension
numeric(0xc2, 0xc4, 1, I64, I64)

/** Loads and stores: natural alignment (log2 of bytes) and value type (0: a float access). */
export const ACCESS_ALIGN = new Uint8Array(256)
export const ACCESS_TYPE = new Uint8Array(256)
const ACCESSES: readonly (readonly [number, number])[] = [
  [I32, 2], [I64, 3], [0, 2], [0, 3], // i32.load i64.load f32.load f64.load
  [I32, 0], [I32, 0], [I32, 1], [I32, 1], // i32.load8_s 8_u 16_s 16_u
  [I64, 0], [I64, 0], [I64, 1], [I64, 1], [I64, 2], [I64, 2], // i64.load8_s … 32_u
  [I32, 2], [I64, 3], [0, 2], [0, 3], // i32.store i64.store f32.store f64.store
  [I32, 0], [I32, 1], [I64, 0], [I64, 1], [I64, 2], // i32.store8 16, i64.store8 16 32
]
ACCESSES.forEach(([type, align], index) => {
  ACCESS_TYPE[Op.firstLoad + index] = type
  ACCESS_ALIGN[Op.firstLoad + index] = align
})

export interface Refusal {
  readonly code: WasmErrorCode
  readonly what: string
}

/** Which proposal an instruction outside this version belongs to, so that the author learns what to switch off. */
export function refusedInstruction(op: number): Refusal {
  if (op === 0x43 || op === 0x44 || (op >= 0x5b && op <= 0xbf) || (op >= Op.firstLoad && op <= Op.lastStore)) {
    return { code: 'WASM_FLOAT', what: 'floating point (its NaN bits differ between machines); use integers or fixed point' }
  }
  if ((op >= 0x06 && op <= 0x0a) || op === 0x18 || op === 0x19 || op === 0x1f) return { code: 'WASM_EXCEPTIONS', what: 'exception handling' }
  if (op === 0x12 || op === 0x13) return { code: 'WASM_TAIL_CALL', what: 'tail calls' }
  if (op === 0x14 || op === 0x15 || op === 0x25 || op === 0x26 || (op >= 0xd0 && op <= 0xd6)) return { code: 'WASM_REFERENCE_TYPES', what: 'reference types' }
  if (op === 0xfb) return { code: 'WASM_GC', what: 'garbage collected objects' }
  if (op === 0xfd) return { code: 'WASM_SIMD', what: 'SIMD; build without it' }
  if (op === 0xfe) return { code: 'WASM_THREADS', what: 'threads and atomics' }
  return { code: 'WASM_UNKNOWN_OPCODE', what: `opcode 0x${op.toString(16)}, which no version of WebAssembly known here has` }
}

/** The same for the second opcode after 0xfc. */
export function refusedBulkInstruction(sub: number): Refusal {
  if (sub < 8) return { code: 'WASM_FLOAT', what: 'floating point (saturating truncation)' }
  if (sub >= 12 && sub <= 17) return { code: 'WASM_REFERENCE_TYPES', what: 'table instructions; the function table is fixed here' }
  return { code: 'WASM_UNKNOWN_OPCODE', what: `opcode 0xfc ${sub}, which no version of WebAssembly known here has` }
}

/** Why a byte may not stand where a value type is expected. */
export function refusedValueType(type: number): Refusal {
  if (type === 0x7d || type === 0x7c) return { code: 'WASM_FLOAT', what: 'a floating point type; use integers or fixed point' }
  if (type === 0x7b) return { code: 'WASM_SIMD', what: 'the vector type' }
  if (type === 0x70 || type === 0x6f || type === 0x63 || type === 0x64) return { code: 'WASM_REFERENCE_TYPES', what: 'a reference type' }
  if (type === 0x69 || type === 0x74) return { code: 'WASM_EXCEPTIONS', what: 'an exception reference' }
  if ((type >= 0x65 && type <= 0x6e) || (type >= 0x71 && type <= 0x78)) return { code: 'WASM_GC', what: 'a garbage collected type' }
  return { code: 'WASM_BAD_ENCODING', what: `0x${type.toString(16)}, which is no value type` }
}
