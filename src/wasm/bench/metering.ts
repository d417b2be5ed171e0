import { FUEL_UNIT, METER_EXPORT, STACK_UNITS, START_EXPORT } from '../costs.ts'
import { instrumentModule } from '../instrument.ts'
import { WORKLOADS } from './workloads.ts'
import type { Workload, WorkloadName } from './workloads.ts'

export interface WorkloadFigures {
  readonly name: WorkloadName
  /** Best of the rounds, milliseconds. */
  readonly plainMs: number
  readonly meteredMs: number
  /** Metered over plain time, both from this run. */
  readonly ratio: number
  /** Fuel of one run, and fuel per nanosecond of metered time. */
  readonly fuel: number
  readonly fuelPerNs: number
  readonly plainBytes: number
  readonly meteredBytes: number
  readonly sizeRatio: number
}

export interface MeteringFigures {
  readonly workloads: readonly WorkloadFigures[]
  readonly medianRatio: number
  readonly geomeanRatio: number
  readonly maxRatio: number
  readonly medianSizeRatio: number
  /** Validating and instrumenting, megabytes of module per second, warm. */
  readonly instrumentMBps: number
}

export interface MeteringBenchOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number
  /** At most this many runs of each form of each workload (default 150); the best counts, since noise only ever adds. */
  readonly rounds?: number
}

/** Fuel no workload comes near. */
const AMPLE_FUEL = 2 ** 40
const DEFAULT_ROUNDS = 150
/** A workload is done when this many rounds in a row improved neither form by more than SETTLED_WITHIN: compilers have tiered up, and both met a quiet moment. */
const SETTLED_ROUNDS = 20
const SETTLED_WITHIN = 0.01
const RATE_ROUNDS = 12

/**
 * Times every workload plain and metered, alternating, so that both meet the same machine; a fresh instance per run, because some
 * workloads never free memory. Ratios compare within one run; the milliseconds mean nothing elsewhere.
 */
export function benchMetering({ now, rounds = DEFAULT_ROUNDS }: MeteringBenchOptions): MeteringFigures {
  const workloads = WORKLOADS.map((workload) => measure(workload, now, rounds))
  const ratios = workloads.map(({ ratio }) => ratio)
  return {
    workloads,
    medianRatio: median(ratios),
    geomeanRatio: Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length),
    maxRatio: Math.max(...ratios),
    medianSizeRatio: median(workloads.map(({ sizeRatio }) => sizeRatio)),
    instrumentMBps: instrumentRate(now, Math.min(rounds, RATE_ROUNDS)),
  }
}

function measure({ name, wasm, size }: Workload, now: () => number, rounds: number): WorkloadFigures {
  const metered = instrumentModule(wasm, {}, { abi: 'none' })
  const plain = timed(new WebAssembly.Module(wasm), size, now)
  const counted = timed(new WebAssembly.Module(metered), size, now)
  let plainMs = Infinity
  let meteredMs = Infinity
  for (let round = 0, lastGain = 0; round < rounds && round - lastGain <= SETTLED_ROUNDS; round++) {
    const plainRun = plain.run().ms
    const meteredRun = counted.run().ms
    if (plainRun < plainMs * (1 - SETTLED_WITHIN) || meteredRun < meteredMs * (1 - SETTLED_WITHIN)) lastGain = round
    plainMs = Math.min(plainMs, plainRun)
    meteredMs = Math.min(meteredMs, meteredRun)
  }
  const first = plain.run()
  const second = counted.run()
  if (first.result !== second.result) throw new Error(`workload ${name} gives ${second.result} metered and ${first.result} plain`)
  const { fuel } = second
  return {
    name, plainMs, meteredMs, ratio: meteredMs / plainMs, fuel, fuelPerNs: fuel / (meteredMs * 1e6),
    plainBytes: wasm.length, meteredBytes: metered.length, sizeRatio: metered.length / wasm.length,
  }
}

function timed(module: WebAssembly.Module, size: number, now: () => number): { run: () => { ms: number; result: number; fuel: number } } {
  return {
    run: () => {
      const exports = new WebAssembly.Instance(module).exports as Record<string, unknown>
      const meter = exports[METER_EXPORT] as { value: bigint } | undefined
      if (meter !== undefined) meter.value = BigInt(AMPLE_FUEL) * BigInt(FUEL_UNIT) + BigInt(STACK_UNITS)
      ;(exports[START_EXPORT] as (() => void) | undefined)?.() // the plain form has started at instantiation
      const before = now()
      const result = (exports['run'] as (size: number) => number)(size)
      const ms = now() - before
      const fuel = meter === undefined ? 0 : AMPLE_FUEL - Number(meter.value / BigInt(FUEL_UNIT))
      return { ms, result, fuel }
    },
  }
}

function instrumentRate(now: () => number, rounds: number): number {
  const bytes = WORKLOADS.reduce((sum, { wasm }) => sum + wasm.length, 0)
  const repeats = 20 // one pass over the set takes well under a millisecond
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const before = now()
    for (let i = 0; i < repeats; i++) for (const { wasm } of WORKLOADS) instrumentModule(wasm, {}, { abi: 'none' })
    best = Math.min(best, now() - before)
  }
  return (bytes * repeats) / (best * 1000)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}
