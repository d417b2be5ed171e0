import { describe, expect, it } from 'vitest'
import { KeyCache } from './key-cache.ts'

const key = (n: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => (n >> (8 * (i & 1))) & 0xff)

describe('the key cache', () => {
  it('never holds more than its bound', () => {
    const cache = new KeyCache<number>(10)
    for (let n = 0; n < 1000; n++) {
      cache.set(key(n), n)
      expect(cache.size).toBeLessThanOrEqual(10)
    }
  })

  it('keeps a key in use through a flood of keys seen once', () => {
    const cache = new KeyCache<string>(8)
    cache.set(key(0), 'validator')
    for (let n = 1; n < 1000; n++) {
      cache.set(key(n), 'passing')
      expect(cache.get(key(0))).toBe('validator')
    }
  })

  it('forgets a key that is not used', () => {
    const cache = new KeyCache<number>(8)
    for (let n = 0; n < 20; n++) cache.set(key(n), n)
    expect(cache.get(key(0))).toBeUndefined()
  })

  it('replaces an entry', () => {
    const cache = new KeyCache<number>(8)
    cache.set(key(1), 1)
    cache.set(key(1), 2)
    expect([cache.get(key(1)), cache.size]).toEqual([2, 1])
  })

  it('keys by all bytes: a longer or shorter key finds nothing and is not kept', () => {
    const cache = new KeyCache<number>(8)
    cache.set(key(1), 1)
    expect(cache.get(new Uint8Array([...key(1), 0]))).toBeUndefined()
    expect(cache.get(key(1).subarray(0, 31))).toBeUndefined()
    cache.set(key(1).subarray(0, 31), 2)
    expect(cache.size).toBe(1)
  })
})
