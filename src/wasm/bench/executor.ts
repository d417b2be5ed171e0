import { createExecutor } from '../executor.ts'
import { ECHO_MODULE } from './echo-module.ts'

export interface ExecutorFigures {
  /** One call of a tiny module with reset, 256 bytes in and out, microseconds. */
  readonly callUs: number
  /** The same with a fresh instance every time. */
  readonly freshCallUs: number
}

/** Makes other bytes of the same code. */
const CUSTOM_SECTION = [0, 2, 1, 0x78]
const CALLS = 5000
const LIMITS = { max_mem_bytes: 65_536, max_gas: 100_000, max_output_bytes: 1024 }

export function benchExecutor({ now, rounds = 12 }: { readonly now: () => number; readonly rounds?: number }): ExecutorFigures {
  const input = new Uint8Array(256).fill(7)
  const measure = (modules: readonly Uint8Array[]): number => {
    const executor = createExecutor({ maxModules: 2, maxInstances: 1 })
    let best = Infinity
    for (let round = 0; round < rounds; round++) {
      const before = now()
      for (let i = 0; i < CALLS; i++) executor.call({ wasm: modules[i % modules.length]!, entrypoint: 'reduce', input, limits: LIMITS })
      best = Math.min(best, now() - before)
    }
    executor.dispose()
    return (best * 1000) / CALLS
  }
  // Two modules that take turns in a pool of one instance: neither is ever found in it.
  return { callUs: measure([ECHO_MODULE]), freshCallUs: measure([ECHO_MODULE, Uint8Array.of(...ECHO_MODULE, ...CUSTOM_SECTION)]) }
}
