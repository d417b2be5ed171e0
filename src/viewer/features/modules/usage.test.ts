import { describe, expect, it } from 'vitest'
import { blockSummary, worldEvent } from '../../test-support/fixtures.ts'
import { failuresOf, feeHistory, usageOf } from './usage.ts'

const charged = (height: number, index: number, module_id: string, calls: number, failures = 0) => worldEvent(height, index, {
  kind: 'module.runtime_charged', payload: { module_id, calls, failures, fuel: calls * 100, electricity_fee_amount: calls, compute_fee_amount: 2 * calls },
})
const failed = (height: number, index: number, module_id: string, code: string) => worldEvent(height, index, {
  kind: 'module.call_failed', payload: { module_id, instance_id: `${module_id}#1`, trace_id: 't', code, detail: 'why' },
})
const blocks = [3, 2, 1].map((height) => {
  const block = blockSummary(height, [charged(height, 0, 'm1.a', height), charged(height, 1, 'm1.b', 10, 1), failed(height, 2, 'm1.b', `CODE_${height}`)])
  return { ...block, head: { ...block.head, time: height * 2_000 } }
})

describe('use of modules', () => {
  it('adds up calls, fuel and fees by module over the newest blocks and says how long those took', () => {
    const { blocks: counted, seconds, total, byModule } = usageOf(blocks, 2)
    expect({ counted, seconds }).toEqual({ counted: 2, seconds: 2 })
    expect(byModule.get('m1.a')).toEqual({ calls: 5, failures: 0, fuel: 500, electricity: 5, data: 10 })
    expect(total).toEqual({ calls: 25, failures: 2, fuel: 2_500, electricity: 25, data: 50 })
  })

  it('gives the fees of a module block by block, oldest first, with a zero where it was not called', () => {
    expect(feeHistory([blockSummary(4), ...blocks], 'm1.a', 10)).toEqual([3, 6, 9, 0])
  })

  it('lists the newest failures first, no more than wanted', () => {
    expect(failuresOf(blocks, 'm1.b', 2).map(({ height, code }) => [height, code])).toEqual([[3, 'CODE_3'], [2, 'CODE_2']])
  })

  it('survives events it does not understand and an empty feed', () => {
    expect(usageOf([blockSummary(1, [worldEvent(1, 0, { kind: 'module.runtime_charged', payload: { module_id: 7, calls: 'x' } })])], 5).total.calls).toBe(0)
    expect(usageOf([], 5)).toMatchObject({ blocks: 0, seconds: 0 })
  })
})
