/** What the trust chip says, as a pure function of what the node reported and of the time. */
import type { NodeStatus } from '../../node/index.ts'
import type { Boot } from '../stores/node.ts'

export type TrustState =
  | { readonly kind: 'finalized' | 'demo' | 'head'; readonly height: number }
  | { readonly kind: 'catchingUp'; readonly height: number }
  | { readonly kind: 'verifying' }
  | { readonly kind: 'claimed'; readonly height: number }
  /** No new block for `forMs` milliseconds. */
  | { readonly kind: 'stale'; readonly height: number; readonly forMs: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'failed' }

/** Codes that mean two certified blocks contradict each other, or that the world behind the address changed. */
const CONFLICT_CODES: ReadonlySet<string> = new Set(['LIGHT_CONFLICT', 'CERTIFIED_FORK'])

/** Heights a claim may lead without counting as catching up: the block being decided and one on its way. */
const CLOSE = 2
/** Block intervals without a block after which the page says that the world stands still (issue 2). */
export const STALE_INTERVALS = 2
/** Block intervals after which it says so in the middle of the map, too: a single slow round passes without alarm. */
export const STANDSTILL_INTERVALS = 4

/** `now` in milliseconds since 1970 UTC. */
export function trustOf(boot: Boot, status: NodeStatus | null, now: number): TrustState {
  if (boot.stage === 'pin-changed' || boot.stage === 'declined') return { kind: 'conflict' }
  if (boot.stage === 'failed') return { kind: 'failed' }
  if (status === null) return { kind: 'verifying' }
  if (status.error !== null && CONFLICT_CODES.has(status.error.code)) return { kind: 'conflict' }
  if (status.refusals.some((refusal) => CONFLICT_CODES.has(refusal.code))) return { kind: 'conflict' }
  if (status.phase === 'failed') return { kind: 'failed' }
  const { head } = status
  if (head === null) return { kind: 'verifying' }
  if (!head.certificate_verified) return { kind: 'claimed', height: head.height }
  if (!head.executed) return { kind: 'head', height: head.height }
  if (status.phase === 'syncing') return { kind: 'catchingUp', height: head.height }
  // Right after a reload the head is the last one stored; how old it is says nothing about the world yet.
  if (status.phase === 'starting') return { kind: 'verifying' }
  const forMs = now - head.verified_at
  if (status.phase === 'stalled' || forMs > STALE_INTERVALS * status.block_interval_ms) return { kind: 'stale', height: head.height, forMs }
  if (status.phase !== 'following') return { kind: 'verifying' }
  if ((status.claimed_height ?? 0) > head.height + CLOSE) return { kind: 'catchingUp', height: head.height }
  return { kind: status.demo || status.role === 'solo' ? 'demo' : 'finalized', height: head.height }
}
