import { describe, expect, it } from 'vitest'
import { afterSuccess, countAttempt, delayAfter, FREE_ATTEMPTS, MAX_DELAY_MS } from './throttle.ts'
import type { KeyRecord } from './key-record.ts'

const record: KeyRecord = {
  key_id: '0'.repeat(64), label: 'k', world_id: null, public_key: new Uint8Array(32), nonce: new Uint8Array(12), ciphertext: new Uint8Array(64),
  protection: { kdf: 'argon2id', salt: new Uint8Array(16), params: { memory_kib: 1024, iterations: 1, parallelism: 1 } },
  created_at: 0, backup_verified_at: null, failures: 0, blocked_until: 0,
}

describe('throttling of attempts', () => {
  it('lets typing errors pass, then doubles the pause up to a quarter of an hour', () => {
    expect([0, 1, 2].map(delayAfter)).toEqual([0, 0, 0])
    expect([3, 4, 5].map(delayAfter)).toEqual([5_000, 10_000, 20_000])
    expect(delayAfter(11)).toBe(MAX_DELAY_MS)
    expect(delayAfter(Number.MAX_SAFE_INTEGER)).toBe(MAX_DELAY_MS)
  })

  it('refuses an attempt within the pause and admits one at its end', () => {
    let current = record
    for (let i = 0; i < FREE_ATTEMPTS; i++) current = countAttempt(current, 1000)
    expect(() => countAttempt(current, 5999)).toThrowError(expect.objectContaining({ code: 'TOO_MANY_ATTEMPTS', detail: { retry_ms: 1, failures: 3 } }))
    expect(countAttempt(current, 6000).failures).toBe(4)
  })

  it('starts afresh after a success', () => {
    expect(afterSuccess({ ...record, failures: 9, blocked_until: 99 })).toEqual(record)
  })

  it('does not lock anyone out because the clock was set back', () => {
    const blocked = { ...record, failures: 5, blocked_until: 10 ** 12 }
    expect(countAttempt(blocked, 10 ** 11).failures).toBe(6)
  })
})
