import { WORKLOAD_MODULES } from './workloads/built.ts'

export type WorkloadName = keyof typeof WORKLOAD_MODULES

/** `run(size)` of each takes about 10–30 ms un-metered, so that the clock's grain does not matter, and returns a checksum. */
const SIZES: Readonly<Record<WorkloadName, number>> = {
  fib: 33, sieve: 3_900_000, sort: 200_000, matrix: 300, sha256: 60_000, crc32: 100, strings: 60_000, tokens: 600, bulk: 10_000, queens: 12,
  collatz: 120_000, mandelbrot: 500, dispatch: 1_000_000,
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
