import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

/** Why a module is refused. Codes are stable: programs may match them, shadow reports carry them. */
export type WasmErrorCode =
  // not a well-formed WebAssembly binary
  | 'WASM_BAD_HEADER' | 'WASM_TRUNCATED' | 'WASM_BAD_INTEGER' | 'WASM_BAD_UTF8' | 'WASM_SECTION_ORDER' | 'WASM_SECTION_SIZE'
  | 'WASM_UNKNOWN_SECTION' | 'WASM_COUNT_MISMATCH' | 'WASM_BAD_ENCODING'
  // well-formed, not valid
  | 'WASM_BAD_INDEX' | 'WASM_TYPE_MISMATCH' | 'WASM_BAD_CONTROL' | 'WASM_BAD_ALIGNMENT' | 'WASM_BAD_CONST_EXPR' | 'WASM_IMMUTABLE_GLOBAL'
  | 'WASM_DUPLICATE_EXPORT' | 'WASM_BAD_LIMITS' | 'WASM_SEGMENT_OUT_OF_BOUNDS' | 'WASM_UNKNOWN_OPCODE'
  // valid WebAssembly that this version does not run
  | 'WASM_FLOAT' | 'WASM_SIMD' | 'WASM_THREADS' | 'WASM_TAIL_CALL' | 'WASM_EXCEPTIONS' | 'WASM_GC' | 'WASM_REFERENCE_TYPES' | 'WASM_MEMORY64'
  | 'WASM_MULTI_MEMORY' | 'WASM_MULTI_TABLE' | 'WASM_IMPORT'
  // over a limit (detail.limit names it)
  | 'WASM_LIMIT'
  // not a wasm-1 module
  | 'WASM_RESERVED_NAME' | 'WASM_NO_MEMORY' | 'WASM_NO_MEMORY_MAXIMUM' | 'WASM_NO_ALLOC' | 'WASM_NO_ENTRYPOINT' | 'WASM_BAD_SIGNATURE'

/** A module that may not run here. `offset` is the byte of the original module where the rule was broken, or -1. */
export class WasmError extends AppError {
  declare readonly code: WasmErrorCode
  readonly offset: number

  constructor(code: WasmErrorCode, message: string, offset = -1, detail: ErrorDetail = {}) {
    super(code, message, { ...detail, offset })
    this.offset = offset
  }
}

/**
 * The engine, not the module, failed: no memory for an instance, a native stack overflow, a refused growth.
 * It says nothing about the module, differs between machines, and therefore must never become a result.
 * Abort the local execution, start a fresh worker and try again.
 */
export class ExecutorHostFault extends AppError {
  constructor(detail: string, options?: ErrorOptions) {
    super('EXECUTOR_HOST_FAULT', `the wasm engine failed (${detail}); discard this executor and retry on a fresh worker`, { fault: detail }, options)
  }
}

/**
 * The bytes handed in are not those their hash names: damaged storage or a mistake of ours, on this machine alone. It must never
 * become a result either: fetch the bytes again.
 */
export class ModuleHashMismatch extends AppError {
  constructor(expected: string, actual: string) {
    super('MODULE_HASH_MISMATCH', `the module should have hash ${expected}, but its bytes have ${actual}; load it again from a verified source`, { expected, actual })
  }
}
