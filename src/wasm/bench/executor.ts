import { createExecutor } from '../executor.ts'
import { ECHO_MODULE } from './echo-module.ts'

export interface ExecutorFigures {
  /** One call of a tiny module with reset, 256 bytes in and out, microseconds. */
  readonly callUs: number
  /** The same with a fresh instance every time. */
  readonly freshCallUs: number
}

const CALLS = 5000
const LIMITS = { max_mem_bytes: 65_536, max_gas: 100_000, max_output_bytes: 1024 }

export function benchExecutor({ now, rounds = 12 }: { readonly now: () => number; readonly rounds?: number }): ExecutorFigures {
  const input = new Uint8Array(256).fill(7)
  const measure = (maxModules: number, hashes: readonly string[]): number => {
    const executor = createExecutor({ maxModules, maxInstances: 1 })
    let best = Infinity
    for (let round = 0; round < rounds; round++) {
      const before = now()
      for (let i = 0; i < CALLS; i++) executor.call({ wasm: ECHO_MODULE, wasmHash: hashes[i % hashes.length]!, entrypoint: 'reduce', input, limits: LIMITS })
      best = Math.min(best, now() - before)
    }
    executor.dispose()
    return (best * 1000) / CALLS
  }
  // Two modules that take turns in a pool of one instance: neither is ever found in it.
  return { callUs: measure(2, ['a']), freshCallUs: measure(2, ['a', 'b']) }
}
