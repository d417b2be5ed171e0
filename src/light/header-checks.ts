import type { BlockHeader } from '../codec/index.ts'
import { LightError } from './errors.ts'
import type { TrustedState, VerificationOptions } from './types.ts'

/** Refuses to build on trust older than the trusting period (CometBFT `HeaderExpired`). */
export function assertNotExpired(trusted: Pick<TrustedState, 'height' | 'time'>, { trustingPeriodMs, now }: VerificationOptions): void {
  if (trusted.time + trustingPeriodMs > now) return
  throw new LightError(
    'CHECKPOINT_EXPIRED',
    'What is trusted is too old to vouch for anything new: its validators may have left and can lie unpunished. Get a recent checkpoint ' +
      '(height and block hash) from at least three independent places that agree, none of them the server you connect to, and start with it. Check your clock too.',
    { height: trusted.height, expired_at: trusted.time + trustingPeriodMs, now },
  )
}

/**
 * What every later header must satisfy against a trusted one, before any signature (CometBFT `verifyNewHeaderAndVals`).
 * Times may be equal, unlike there: ours are milliseconds of proposers' clocks.
 */
export function checkNewHeader(trusted: TrustedState, header: BlockHeader, { now, clockDriftMs }: VerificationOptions): void {
  const { height, time } = header
  if (header.world_id !== trusted.world_id) {
    throw new LightError('WRONG_WORLD', 'The header belongs to another world. Check the world id and ask another source.', { height })
  }
  if (height <= trusted.height) {
    throw new LightError('NOT_NEWER', 'The header is not newer than what is trusted.', { height, trusted: trusted.height })
  }
  if (time < trusted.time) {
    throw new LightError('TIME_NOT_MONOTONE', 'The header claims a time before the trusted one. Ask another source.', { height, time, trusted: trusted.time })
  }
  if (time > now + clockDriftMs) {
    throw new LightError('HEADER_FROM_FUTURE', 'The header claims a time in the future. Check your clock, then ask another source.', { height, time, now })
  }
}
