import type { ModuleInterface } from './abi-exports.ts'
import { ExecutorHostFault } from './errors.ts'
import { instrument } from './instrument.ts'
import { PAGE_BYTES } from './limits.ts'
import { RESET_MAX_PAGES } from './live-instance.ts'

/** An accepted, instrumented and compiled module. Tier state of the engine lives here, so it is worth keeping. */
export interface PreparedModule {
  readonly compiled: WebAssembly.Module
  readonly interface: ModuleInterface
  readonly hasStart: boolean
  readonly hasReset: boolean
  /** Live instances can be brought back to their first state. */
  readonly resettable: boolean
  /** Bytes from address 0 that data segments may fill at instantiation; everything above is zero. */
  readonly imageBytes: number
  readonly initialMemoryBytes: number
}

/** Throws WasmError for a module that may not run, ExecutorHostFault if the engine cannot compile what we accepted. */
export function prepareModule(wasm: Uint8Array, memoryPages: number): PreparedModule {
  const { wasm: metered, parsed, interface: moduleInterface, hasReset } = instrument(wasm, { memoryPages })
  let compiled: WebAssembly.Module
  try {
    compiled = new WebAssembly.Module(metered)
  } catch (error) {
    throw new ExecutorHostFault('an accepted module does not compile', { cause: error })
  }
  const memory = parsed.memory!
  const imageBytes = parsed.dataSegments.reduce((end, { offset, size }) => (offset === null ? end : Math.max(end, offset + size)), 0)
  return {
    compiled,
    interface: moduleInterface!,
    hasStart: parsed.start !== null,
    hasReset,
    // A dropped passive segment cannot be brought back (core 2.0 §4.4.7); the function table is immutable here.
    resettable: memory.min <= RESET_MAX_PAGES && parsed.dataSegments.every(({ offset }) => offset !== null),
    imageBytes,
    initialMemoryBytes: memory.min * PAGE_BYTES,
  }
}
