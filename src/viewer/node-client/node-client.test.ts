import { describe, expect, it, vi } from 'vitest'
import { nodeStatus } from '../test-support/fixtures.ts'
import { createBatch } from './batch.ts'
import { PageError, errorInfoOf } from './errors.ts'
import { newRefusals } from './notices.ts'
import { comparePin } from './pin.ts'

describe('the pin', () => {
  it('takes the first world on trust and notices another one later', () => {
    expect(comparePin(null, 'a')).toEqual({ kind: 'first' })
    expect(comparePin('a', 'a')).toEqual({ kind: 'same' })
    expect(comparePin('a', 'b')).toEqual({ kind: 'changed', pinned: 'a' })
  })
})

describe('updates', () => {
  it('arrive together, at most once per interval, in order', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const seen: (readonly number[])[] = []
    const batch = createBatch<number>(100, (items) => seen.push(items))
    for (let n = 0; n < 50; n++) {
      batch.push(n)
      vi.advanceTimersByTime(10)
    }
    vi.advanceTimersByTime(100)
    vi.useRealTimers()
    expect(seen.length).toBeLessThanOrEqual(7)
    expect(seen.flat()).toEqual(Array.from({ length: 50 }, (_, n) => n))
  })
})

describe('refusals', () => {
  it('are noticed once each, and not those from before the page looked', () => {
    const lie = { at: 5, code: 'BAD_CERTIFICATE', peer_id: 'p', height: 9, message: '' }
    const before = nodeStatus({ refusals: [lie] })
    expect(newRefusals(null, before)).toEqual([])
    expect(newRefusals(before, before)).toEqual([])
    const second = { ...lie, at: 6 }
    expect(newRefusals(before, nodeStatus({ refusals: [lie, second] }))).toEqual([second])
  })
})

describe('errors', () => {
  it('keep their code whoever threw them', () => {
    expect(errorInfoOf(new PageError('GENESIS_UNREACHABLE', 'm', { a: 1 }))).toEqual({ code: 'GENESIS_UNREACHABLE', message: 'm', detail: { a: 1 } })
    expect(errorInfoOf(new TypeError('x')).code).toBe('INTERNAL')
    expect(errorInfoOf('text')).toEqual({ code: 'INTERNAL', message: 'text', detail: {} })
    expect(errorInfoOf(null).code).toBe('INTERNAL')
    expect(errorInfoOf(new DOMException('full', 'QuotaExceededError')).code).toBe('STORAGE_FULL')
  })
})
