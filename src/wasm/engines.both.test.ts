import { describe, expect, it } from 'vitest'
import { sha256, toHex } from '../codec/index.ts'
import { WORKLOADS } from './bench/workloads.ts'
import type { WorkloadName } from './bench/workloads.ts'
import { Writer } from './binary/writer.ts'
import { METER_VERSION } from './costs.ts'
import { createExecutor } from './executor.ts'
import { instrumentModule, validateModule } from './instrument.ts'
import { mutate } from './testdata/binary.ts'
import { randomArguments, runExport } from './testdata/raw-run.ts'
import { WORKING_MEMORY, randomModule, randomWasm1Module } from './testdata/random-module.ts'
import { Random } from './testdata/random.ts'

// What every engine must agree on, byte for byte. A change of any but the first digest changes consensus: raise METER_VERSION with it.
const EXPECTED = {
  version: 1,
  instrumented: '4388db57a59d29004bb19c245d0eb5d41905e2e5a80d1d9c943349b359b4bb8c',
  verdicts: '8e34fef2c8c5a9e5f4e986df5521237d5906ebc7f7850633daacf05af2a24225',
  runs: '44766981d766331bc372b7b79dc70357de70e5f9f339fb4eac84847415c542d2',
  calls: 'ad32eb4d315c673a61cce4854377bf720ecf58a0a0a2d4a3c3c6d703da361818',
  workloads: 'be07e6b67cfd42b89936b2ea93ca49b52484bbdaf1d3b929d36c57ee4e5e77f4',
}

const SIZES: Readonly<Record<WorkloadName, number>> = {
  fib: 18, sieve: 50_000, sort: 5000, matrix: 30, sha256: 200, crc32: 1, strings: 1000, tokens: 3, bulk: 10, queens: 7, collatz: 1000, mandelbrot: 30, dispatch: 5000,
}
const SEEDS = 300

function digest(write: (out: Writer) => void): string {
  const out = new Writer(1 << 20)
  write(out)
  return toHex(sha256(out.finish()))
}

describe('every engine', () => {
  it('gives the same instrumented bytes', () => {
    expect(METER_VERSION).toBe(EXPECTED.version)
    expect(digest((out) => {
      for (let seed = 0; seed < SEEDS; seed++) out.bytes(instrumentModule(randomModule(seed).wasm, {}, { abi: 'none' }))
      for (const { wasm } of WORKLOADS) out.bytes(instrumentModule(wasm, {}, { abi: 'none' }))
    })).toBe(EXPECTED.instrumented)
  })

  it('gives the same verdict on damaged modules, with code and offset', () => {
    expect(digest((out) => {
      for (let seed = 0; seed < 1500; seed++) {
        const { ok, errors } = validateModule(mutate(randomModule(seed % 50).wasm, seed), {}, { abi: 'none' })
        out.name(ok ? 'ok' : `${errors[0]!.code} ${errors[0]!.offset}`)
      }
    })).toBe(EXPECTED.verdicts)
  })

  it('gives the same results, memory and fuel for generated programs, with ample and with scarce fuel', () => {
    expect(digest((out) => {
      for (let seed = 0; seed < SEEDS; seed++) {
        const { wasm, exports } = randomModule(seed)
        const module = new WebAssembly.Module(instrumentModule(wasm, {}, { abi: 'none' }))
        for (const { name, params } of exports) {
          const args = randomArguments(params, seed)
          for (const fuel of [undefined, 50, 500]) {
            const { result, memory, fuelUsed } = runExport(module, name, args, fuel)
            out.name(`${result} ${fuelUsed} ${memory.length}`)
            out.bytes(memory.subarray(0, WORKING_MEMORY))
          }
        }
      }
    })).toBe(EXPECTED.runs)
  })

  it('gives the same call results through the executor, failures included', () => {
    const executor = createExecutor()
    const seen = new Set<string>()
    expect(digest((out) => {
      for (let seed = 0; seed < SEEDS; seed++) {
        const random = new Random(seed)
        const wasm = randomWasm1Module(seed)
        for (let i = 0; i < 4; i++) {
          const input = Uint8Array.from({ length: random.below(20) }, () => random.below(256))
          const limits = { max_mem_bytes: 1 << 20, max_gas: random.pick([100_000, 2000, 200]), max_output_bytes: random.pick([10_000, 10_000, 100]) }
          const { failure, output, fuelUsed } = executor.call({ wasm, entrypoint: 'reduce', input, limits })
          seen.add(failure?.code ?? 'ok')
          out.name(`${failure?.code} ${failure?.detail} ${fuelUsed}`)
          if (output !== undefined) out.bytes(output)
        }
      }
    })).toBe(EXPECTED.calls)
    expect([...seen].toSorted()).toEqual(['OUTPUT_TOO_LARGE', 'OUT_OF_FUEL', 'TRAP', 'ok'])
  })

  it('gives the same results and fuel for compiled programs', () => {
    expect(digest((out) => {
      for (const { name, wasm } of WORKLOADS) {
        const { result, fuelUsed } = runExport(new WebAssembly.Module(instrumentModule(wasm, {}, { abi: 'none' })), 'run', [SIZES[name]])
        out.name(`${name} ${result} ${fuelUsed}`)
      }
    })).toBe(EXPECTED.workloads)
  })

  it('runs out of call stack at the same depth, whatever its native stack', () => {
    // (module (memory (export "memory") 1)
    //   (func $down (param i32) (result i32) (i32.store (i32.const 0) (local.get 0)) (call $down (i32.add (local.get 0) (i32.const 1)))) …
    const module = new WebAssembly.Module(instrumentModule(Uint8Array.from([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f,
      3, 2, 1, 0,
      5, 3, 1, 0, 1,
      7, 17, 2, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 4, 0x64, 0x6f, 0x77, 0x6e, 0, 0,
      10, 18, 1, 16, 0, 0x41, 0, 0x20, 0, 0x36, 2, 0, 0x20, 0, 0x41, 1, 0x6a, 0x10, 0, 0x0b,
    ]), {}, { abi: 'none' }))
    const exports = new WebAssembly.Instance(module).exports as Record<string, unknown>
    ;(exports['$$m'] as { value: bigint }).value = (1_000_000n << 16n) | 4096n
    expect(() => (exports['down'] as (depth: number) => number)(0)).toThrow(WebAssembly.RuntimeError)
    const depth = new DataView((exports['memory'] as WebAssembly.Memory).buffer).getUint32(0, true)
    expect(depth).toBe(1364)
  })
})
