import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WORKLOADS } from './bench/workloads.ts'
import type { WorkloadName } from './bench/workloads.ts'
import { CHARGING_RULES, EXACT_CHARGING } from './costs.ts'
import type { ChargingRules } from './costs.ts'
import { instrument } from './instrument.ts'
import { ORACLE_EXPORT, chargeEveryInstruction } from './testdata/oracle.ts'
import { randomModule } from './testdata/random-module.ts'
import { randomArguments, runExport } from './testdata/raw-run.ts'
import type { Argument } from './testdata/raw-run.ts'

const RULES: Readonly<Record<string, ChargingRules>> = { default: CHARGING_RULES, exact: EXACT_CHARGING }

function compile(wasm: Uint8Array, rules: ChargingRules): WebAssembly.Module {
  return new WebAssembly.Module(instrument(wasm, {}, { abi: 'none' }, rules).wasm)
}

function oracleFuel(oracle: WebAssembly.Module, name: string, args: readonly Argument[]): number {
  const exports = new WebAssembly.Instance(oracle).exports as Record<string, unknown>
  ;(exports[name] as (...values: Argument[]) => unknown)(...args)
  return Number((exports[ORACLE_EXPORT] as { value: bigint }).value)
}

/** Seeds of generated modules, with an argument seed for every call. */
const CASES = fc.record({ seed: fc.nat(), argumentSeed: fc.nat() })

describe('metered modules against plain ones', () => {
  it.each(Object.keys(RULES))('return the same results and leave the same memory (%s charging)', (rules) => {
    fc.assert(fc.property(CASES, ({ seed, argumentSeed }) => {
      const { wasm, exports } = randomModule(seed)
      const plain = new WebAssembly.Module(wasm)
      const metered = compile(wasm, RULES[rules]!)
      for (const { name, params } of exports) {
        const args = randomArguments(params, argumentSeed)
        const expected = runExport(plain, name, args)
        const actual = runExport(metered, name, args)
        expect(actual.result).toBe(expected.result)
        expect(Buffer.compare(actual.memory, expected.memory)).toBe(0)
      }
    }), { numRuns: 60 })
  })

  it('charge exactly what the per-instruction oracle counts with exact rules, never less with the default rules', () => {
    fc.assert(fc.property(CASES, ({ seed, argumentSeed }) => {
      const { wasm, exports } = randomModule(seed)
      const oracle = new WebAssembly.Module(chargeEveryInstruction(wasm))
      const exact = compile(wasm, EXACT_CHARGING)
      const fast = compile(wasm, CHARGING_RULES)
      for (const { name, params } of exports) {
        const args = randomArguments(params, argumentSeed)
        const run = runExport(exact, name, args)
        if (run.result === 'trap') continue
        const counted = oracleFuel(oracle, name, args)
        expect(run.fuelUsed).toBe(counted)
        expect(runExport(fast, name, args).fuelUsed).toBeGreaterThanOrEqual(counted)
      }
    }), { numRuns: 60 })
  })

  it.each(Object.keys(RULES))('finish with the same fuel if and only if they were given that much (%s charging)', (rules) => {
    fc.assert(fc.property(CASES, ({ seed, argumentSeed }) => {
      const { wasm, exports } = randomModule(seed)
      const metered = compile(wasm, RULES[rules]!)
      for (const { name, params } of exports) {
        const args = randomArguments(params, argumentSeed)
        const free = runExport(metered, name, args)
        if (free.result === 'trap') continue
        const used = free.fuelUsed
        for (const fuel of [0, 1, Math.floor(used / 7), Math.floor(used / 3), Math.floor(used / 2), used - 1, used, used + 1, 2 * used]) {
          const limited = runExport(metered, name, args, fuel)
          if (fuel < used) {
            expect(limited.result).toBe('out of fuel')
          } else {
            expect(limited.result).toBe(free.result)
            expect(limited.fuelUsed).toBe(used)
          }
        }
      }
    }), { numRuns: 40 })
  })

  it('agree with the oracle on compiled programs, and over-charge them by at most a quarter', () => {
    const sizes: Readonly<Record<WorkloadName, number>> = {
      fib: 15, sieve: 20_000, sort: 3000, matrix: 20, sha256: 50, crc32: 1, strings: 500, tokens: 2, bulk: 5, queens: 6, collatz: 500, mandelbrot: 20, dispatch: 2000,
    }
    for (const { name, wasm } of WORKLOADS) {
      const args = [sizes[name]]
      const counted = oracleFuel(new WebAssembly.Module(chargeEveryInstruction(wasm)), 'run', args)
      const plain = runExport(new WebAssembly.Module(wasm), 'run', args)
      const exact = runExport(compile(wasm, EXACT_CHARGING), 'run', args)
      const fast = runExport(compile(wasm, CHARGING_RULES), 'run', args)
      expect([exact.result, fast.result], name).toEqual([plain.result, plain.result])
      expect(exact.fuelUsed, name).toBe(counted)
      expect(fast.fuelUsed, name).toBeGreaterThanOrEqual(counted)
      expect(fast.fuelUsed / counted, name).toBeLessThan(1.25)
    }
  })
})
