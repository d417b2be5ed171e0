import { DEFAULT_LIMITS, instrumentModule, MAX_FUEL, PAGE_BYTES, WasmError } from '../wasm/index.ts'
import type { CallLimits } from '../wasm/index.ts'
import { ExecutionInterrupted, KernelError } from './errors.ts'
import { MAX_MODULE_OUTPUT_BYTES } from './module-manifest.ts'
import type { DryRunRequest, DryRunResult, ModuleExecutor } from './types.ts'

/** Runs a module as the world would, outside of it. Throws `BAD_REQUEST` for impossible limits, `ExecutionInterrupted` when the engine failed. */
export function dryRunModule(executor: ModuleExecutor, { wasm, entrypoint, input, max_gas, limits }: DryRunRequest): DryRunResult {
  const given: CallLimits = limits ?? { max_gas: max_gas ?? 0, max_mem_bytes: DEFAULT_LIMITS.memoryPages * PAGE_BYTES, max_output_bytes: MAX_MODULE_OUTPUT_BYTES }
  for (const [name, most] of [['max_gas', MAX_FUEL], ['max_mem_bytes', Number.MAX_SAFE_INTEGER], ['max_output_bytes', Number.MAX_SAFE_INTEGER]] as const) {
    const value = given[name]
    if (!Number.isSafeInteger(value) || value < 1 || value > most) throw new KernelError('BAD_REQUEST', `${name} must be an integer from 1 to ${most}.`, { limit: name })
  }
  const refused = (code: string, detail: string): DryRunResult => ({ ok: false, code, detail, fuel_used: 0, output: null, instrumented_bytes: null })
  let instrumented_bytes: number
  try {
    instrumented_bytes = instrumentModule(wasm).length
  } catch (error) {
    if (!(error instanceof WasmError)) throw new ExecutionInterrupted('the module could not be instrumented', { cause: error })
    return refused(error.code, error.message)
  }
  try {
    const result = executor.call({ wasm, entrypoint, input, limits: given })
    return {
      ok: result.ok, code: result.failure?.code ?? null, detail: result.failure?.detail ?? null,
      fuel_used: result.fuelUsed, output: result.output ?? null, instrumented_bytes,
    }
  } catch (error) {
    throw new ExecutionInterrupted(error instanceof Error ? error.message : String(error), { cause: error })
  }
}
