import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildWorkloads } from './build-workloads.ts'
import { benchAbiCall, benchExecutor, benchMetering } from './index.ts'
import { WORKLOADS } from './workloads.ts'
import { wat } from '../testdata/wat.ts'

describe('workloads', () => {
  it('are byte for byte what their sources compile to', async () => {
    expect(await buildWorkloads()).toBe(readFileSync(new URL('./workloads/built.ts', import.meta.url), 'utf8'))
  })
})

describe('benchMetering', () => {
  it('gives figures for every workload, whose metered form must agree with the plain one', () => {
    const { workloads, medianRatio, medianSizeRatio, instrumentMBps } = benchMetering({ now: () => performance.now(), rounds: 1 })
    expect(workloads.map(({ name }) => name)).toEqual(WORKLOADS.map(({ name }) => name))
    for (const { ratio, sizeRatio, fuel } of workloads) {
      expect(ratio).toBeGreaterThan(0)
      expect(sizeRatio).toBeGreaterThan(1)
      expect(fuel).toBeGreaterThan(0)
    }
    expect([medianRatio, medianSizeRatio, instrumentMBps].every(Number.isFinite)).toBe(true)
  })
})

describe('benchExecutor', () => {
  it('times calls with reset and with fresh instances', () => {
    const { callUs, freshCallUs } = benchExecutor({ now: () => performance.now(), rounds: 1 })
    expect(callUs).toBeGreaterThan(0)
    expect(freshCallUs).toBeGreaterThan(0)
  })
})

describe('benchAbiCall', () => {
  const limits = { max_mem_bytes: 65_536, max_gas: 10_000, max_call_rate: 1, max_output_bytes: 4096, max_effects: 0, max_emits: 0 }
  const input = { ctx: { v: 'wasm-1', module_id: 'm', trace_id: 't', time: 1, origin: { kind: 'action', id: '1' }, limits } } as const
  const answering = (output: string, length: number): Uint8Array => wat(`(module (memory (export "memory") 1 1) (data (i32.const 8) "${output}")
    (func (export "alloc") (param i32) (result i32) i32.const 4096) (func (export "call") (param i32 i32) (result i32 i32) i32.const 8 i32.const ${length}))`)

  it('times a call through the ABI beside the bare export', () => {
    const call = { wasm: answering('\\a2\\65emits\\80\\67effects\\80', 17), entrypoint: 'call', input, limits }
    const { abiUs, bareUs, ratio } = benchAbiCall({ now: () => performance.now(), call, rounds: 1 })
    expect(bareUs).toBeGreaterThan(0)
    expect(ratio).toBeCloseTo(abiUs / bareUs, 6)
  })

  it('measures no module that fails', () => {
    const call = { wasm: answering('', 0), entrypoint: 'call', input, limits }
    expect(() => benchAbiCall({ now: () => performance.now(), call, rounds: 1 })).toThrow('INVALID_OUTPUT')
  })
})
