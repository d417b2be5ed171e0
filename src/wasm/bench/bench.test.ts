import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { buildWorkloads } from './build-workloads.ts'
import { benchExecutor, benchMetering } from './index.ts'
import { WORKLOADS } from './workloads.ts'

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
