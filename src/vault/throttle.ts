/** How failed attempts slow down further ones. The count lies with the key, so neither a reload nor another tab starts afresh. */
import { VaultError } from './errors.ts'
import type { KeyRecord } from './key-record.ts'

/** Typing errors cost nothing. */
export const FREE_ATTEMPTS = 3
const FIRST_DELAY_MS = 5_000
export const MAX_DELAY_MS = 15 * 60_000

/** Pause after that many failures in a row, in ms: doubles from 5 s to 15 min. */
export function delayAfter(failures: number): number {
  if (failures < FREE_ATTEMPTS) return 0
  return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures - FREE_ATTEMPTS, 16))
}

/**
 * The record with this attempt counted as failed; `afterSuccess` takes it back. Counting first keeps parallel attempts from slipping through.
 * Throws `TOO_MANY_ATTEMPTS` with `retry_ms`.
 */
export function countAttempt(record: KeyRecord, now: number): KeyRecord {
  const wait = record.blocked_until - now
  // A clock that was set back must not lock anyone out for years.
  if (wait > 0 && wait <= MAX_DELAY_MS) throw new VaultError('TOO_MANY_ATTEMPTS', { retry_ms: wait, failures: record.failures })
  const failures = record.failures + 1
  return { ...record, failures, blocked_until: now + delayAfter(failures) }
}

export function afterSuccess(record: KeyRecord): KeyRecord {
  return { ...record, failures: 0, blocked_until: 0 }
}
