import { WORKLOAD_MODULES } from './workloads/built.ts'

export type WorkloadName = keyof typeof WORKLOAD_MODULES

/** `run(size)` of each takes 3–7 ms un-metered: long against the clock's grain, short against a time slice of a busy machine. It returns a checksum. */
const SIZES: Readonly<Record<WorkloadName, number>> = {
  fib: 31, sieve: 3_900_000, sort: 100_000, matrix: 200, sha256: 30_000, crc32: 50, strings: 60_000, tokens: 250, bulk: 10_000, queens: 12,
  collatz: 50_000, mandelbrot: 350, dispatch: 500_000,
}

export interface Workload {
  readonly name: WorkloadName
  readonly wasm: Uint8Array<ArrayBuffer>
  readonly size: number
}

export const WORKLOADS: readonly Workload[] = (Object.keys(WORKLOAD_MODULES) as WorkloadName[]).map((name) => ({
  name,
  wasm: Uint8Array.from(atob(WORKLOAD_MODULES[name]), (character) => character.charCodeAt(0)),
  size: SIZES[name],
}))
