import { ExecutorPool } from '../pool.ts'
import type { SpawnExecutor } from '../thread.ts'

const RUNS = 7

export interface InterruptFigures {
  /** Terminating a worker and having another one answer, milliseconds, median: the script is loaded, and there is no world in it. */
  readonly bare_ms: number
  /** From the interrupt to an executor that answers from the last commit, without and with a warm spare. */
  readonly rebuilt_ms: number
  readonly spare_ms: number
  readonly rebuilt_over_bare: number
  readonly spare_over_bare: number
}

/** What an interrupt costs, beside what any worker costs that is terminated and started again. */
export async function benchInterrupt(spawn: SpawnExecutor, genesis: Uint8Array, now: () => number): Promise<InterruptFigures> {
  const bare_ms = await median(async () => {
    const first = spawn()
    await answered(first.api.head())
    const started = now()
    first.terminate()
    const second = spawn()
    await answered(second.api.head())
    const took = now() - started
    second.terminate()
    return took
  })
  const rebuilt_ms = await median(() => recovery(spawn, genesis, now, false))
  const spare_ms = await median(() => recovery(spawn, genesis, now, true))
  return { bare_ms, rebuilt_ms, spare_ms, rebuilt_over_bare: rebuilt_ms / bare_ms, spare_over_bare: spare_ms / bare_ms }
}

async function recovery(spawn: SpawnExecutor, genesis: Uint8Array, now: () => number, spare: boolean): Promise<number> {
  const { pool } = await ExecutorPool.open({ spawn, genesis, stored: async () => null })
  try {
    if (spare) await pool.spareReady()
    const started = now()
    pool.killActive()
    await answered(pool.head()) // finds the executor gone; settles when the pool has another
    await pool.head()
    return now() - started
  } finally {
    pool.close()
  }
}

/** Either way the worker has loaded and answered. */
async function answered(call: Promise<unknown>): Promise<void> {
  await call.catch(() => undefined)
}

async function median(run: () => Promise<number>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < RUNS; i++) times.push(await run())
  return times.toSorted((a, b) => a - b)[RUNS >> 1]!
}
