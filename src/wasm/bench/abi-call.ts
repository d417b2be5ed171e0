import { callModule } from '../call-module.ts'
import type { TypedModuleCall } from '../call-module.ts'
import { encodeModuleInput } from '../abi.ts'
import { createExecutor } from '../executor.ts'

export interface AbiCallFigures {
  /** One call through the ABI: encode, reset, alloc, copy in, call, copy out, decode. Microseconds, best of the rounds. */
  readonly abiUs: number
  /** The same exported function of the plain module, called directly on input that is already there. */
  readonly bareUs: number
  readonly ratio: number
}

export interface AbiCallBenchOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** A module with return form packed or pair whose memory lasts for CALLS_PER_INSTANCE calls, and what to call it about. */
  readonly call: TypedModuleCall
  readonly rounds?: number
}

/** Modules take memory and never return it, so a bare instance serves only so many calls. */
const CALLS_PER_INSTANCE = 50
const BATCHES = 20

/** Times a call through the ABI against the bare exported call, alternating, so that both meet the same machine. */
export function benchAbiCall({ now, call, rounds = 60 }: AbiCallBenchOptions): AbiCallFigures {
  const executor = createExecutor()
  const { failure } = callModule(executor, call)
  if (failure !== undefined) throw new Error(`the module to measure fails: ${failure.code}`)
  const plain = new WebAssembly.Module(Uint8Array.from(call.wasm))
  const input = encodeModuleInput(call.input, call.abi)
  let abiMs = Infinity
  let bareMs = Infinity
  for (let round = 0; round < rounds; round++) {
    const before = now()
    for (let i = 0; i < CALLS_PER_INSTANCE * BATCHES; i++) callModule(executor, call)
    abiMs = Math.min(abiMs, now() - before)
    bareMs = Math.min(bareMs, bareRound(plain, call.entrypoint, input, now))
  }
  executor.dispose()
  const calls = CALLS_PER_INSTANCE * BATCHES
  return { abiUs: (abiMs * 1000) / calls, bareUs: (bareMs * 1000) / calls, ratio: abiMs / bareMs }
}

/** Milliseconds of the calls alone. All instances are made first: timing each batch apart would measure the grain of a browser's clock. */
function bareRound(plain: WebAssembly.Module, entrypoint: string, input: Uint8Array, now: () => number): number {
  const ready = Array.from({ length: BATCHES }, () => {
    const exports = new WebAssembly.Instance(plain).exports as Record<string, unknown>
    const at = (exports['alloc'] as (length: number) => number)(input.length)
    new Uint8Array((exports['memory'] as WebAssembly.Memory).buffer).set(input, at)
    return { enter: exports[entrypoint] as (ptr: number, length: number) => unknown, at }
  })
  const before = now()
  for (const { enter, at } of ready) for (let i = 0; i < CALLS_PER_INSTANCE; i++) enter(at, input.length)
  return now() - before
}
