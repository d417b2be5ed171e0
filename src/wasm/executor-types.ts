import type { ModuleUsage, Usage } from './module-usage.ts'

/** Bounds of one call that this layer enforces. The kernel enforces the rest (effects, emits, call rate). */
export interface CallLimits {
  /** Linear memory, bytes; rounded down to whole 64 KiB pages. */
  readonly max_mem_bytes: number
  /** Fuel, 0 … MAX_FUEL. Starting, allocating and running all draw on it. */
  readonly max_gas: number
  /** Bytes the entrypoint may return. */
  readonly max_output_bytes: number
}

export interface ModuleCall {
  /** The ORIGINAL module bytes, the ones the content hash names. Never instrumented bytes. */
  readonly wasm: Uint8Array
  /**
   * Lowercase hex SHA-256 that `wasm` must have. Checked, not believed: bytes are hashed the first time an array is seen and again
   * before they are compiled, so hand in the same array every time.
   */
  readonly wasmHash?: string
  /** `reduce` or `call`. */
  readonly entrypoint: string
  /** Bytes handed to the module: canonical CBOR of ModuleCallInput. */
  readonly input: Uint8Array
  readonly limits: CallLimits
}

/**
 * Every way a module call can fail. This layer yields the first five; INTERRUPTED comes from the watchdog around the worker and is
 * never a consensus result; the others come from the kernel; TIMEOUT exists only to read old data.
 */
export type ModuleCallErrorCode =
  | 'OUT_OF_FUEL' | 'TRAP' | 'OUTPUT_TOO_LARGE' | 'INVALID_OUTPUT' | 'SANDBOX_UNAVAILABLE'
  | 'INTERRUPTED'
  | 'EFFECT_LIMIT_EXCEEDED' | 'EMIT_LIMIT_EXCEEDED' | 'CAPS_DENIED' | 'POLICY_DENIED' | 'INSUFFICIENT_BALANCE'
  | 'TIMEOUT'

export interface ModuleCallFailure {
  readonly code: ModuleCallErrorCode
  /** Fixed text chosen here, the same on every engine: it may enter receipts. */
  readonly detail: string
}

export type ModuleCallResult =
  | { readonly ok: true; readonly output: Uint8Array; readonly failure?: undefined; readonly fuelUsed: number }
  | { readonly ok: false; readonly output?: undefined; readonly failure: ModuleCallFailure; readonly fuelUsed: number }

export interface ExecutorConfig {
  /** Compiled modules kept (default 64). */
  readonly maxModules?: number
  /** Live instances kept for reuse (default 32, at most 32: Chromium allows 125 memories in a whole process). */
  readonly maxInstances?: number
}

/** `calls`, `fuelUsed` and `failures` count all calls since the executor was made. */
export interface ExecutorStats extends Usage {
  /** Compiled modules and idle instances held now. */
  readonly modules: number
  readonly instances: number
  readonly instantiations: number
  readonly resets: number
  readonly moduleHits: number
  readonly moduleMisses: number
  /** Of the modules called lately (at most 256), sorted by hash. */
  readonly byModule: readonly ModuleUsage[]
}

/** Synchronous; belongs in a worker that a watchdog can terminate. */
export interface Executor {
  /**
   * Runs one call. Throws ExecutorHostFault when the engine itself failed and ModuleHashMismatch when `wasmHash` is not that of the
   * bytes; neither is ever a result.
   */
  call(request: ModuleCall): ModuleCallResult
  /** Validates, instruments and compiles ahead of the first call. Throws WasmError for a module that may not run, ModuleHashMismatch. */
  prepare(wasm: Uint8Array, options?: { readonly wasmHash?: string; readonly maxMemBytes?: number }): void
  stats(): ExecutorStats
  /** Drops all modules and instances. */
  dispose(): void
}
