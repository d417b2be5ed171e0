import { describe, expect, it } from 'vitest'
import { MAX_METRIC_NAMES } from './limits.ts'
import { createMetrics } from './metrics.ts'

describe('metrics', () => {
  it('count, hold gauges and list names in order', () => {
    const metrics = createMetrics()
    metrics.count('b.requests')
    metrics.count('b.requests', 4)
    metrics.gauge('a.peers', 7)
    metrics.gauge('a.peers', 3)
    expect(Object.entries(metrics.snapshot())).toEqual([['a.peers', 3], ['b.requests', 5]])
    expect(metrics.get('never')).toBe(0)
  })

  it('refuse names that look like data, and more names than code can have', () => {
    const metrics = createMetrics()
    expect(() => metrics.count('peer 12D3KooW…')).toThrowError(expect.objectContaining({ code: 'METRIC_LIMIT' }))
    for (let i = 0; i < MAX_METRIC_NAMES; i++) metrics.count(`m${i}`)
    expect(() => metrics.count('one_more')).toThrowError(expect.objectContaining({ code: 'METRIC_LIMIT' }))
    metrics.count('m0')
    expect(metrics.get('m0')).toBe(2)
  })
})
