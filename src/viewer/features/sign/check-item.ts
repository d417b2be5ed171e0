/** What is known about an intent before it is signed, one thing each (R3). */
import type { Intent } from '../../../vault/index.ts'

export type CheckState = 'pass' | 'fail' | 'inconclusive' | 'not-run'

export interface CheckItem {
  readonly id: string
  readonly state: CheckState
  /** What was compared, or why there is no answer. */
  readonly detail: string
  /** What was checked, in the reader's language; without it the sheet names those ids it knows. */
  readonly label?: string
}

/** Characters of a reason that somebody could still understand a year later. */
export const MIN_REASON = 12
export const MAX_REASON = 400

export interface Verdict {
  readonly failed: number
  readonly inconclusive: number
  readonly notRun: number
  readonly passed: number
}

export function verdictOf(checks: readonly { readonly state: CheckState }[]): Verdict {
  const count = (wanted: CheckState): number => checks.filter(({ state }) => state === wanted).length
  return { failed: count('fail'), inconclusive: count('inconclusive'), notRun: count('not-run'), passed: count('pass') }
}

/** What counts as inconclusive for the verdict until it was run: nobody approves on a simulation that was only stated, unless they say why (R8). */
export function wantedFor(kind: Intent['kind'], item: CheckItem): CheckItem {
  return kind === 'approve_proposal' && item.id === 'shadow_rerun' && item.state === 'not-run' ? { ...item, state: 'inconclusive' } : item
}

export type Obstacle = 'failed' | 'reason' | 'key' | 'checking'

/**
 * Why signing may not go on; null when it may. A failed check stops it for good, an inconclusive one until the signer says in writing why they go on.
 */
export function obstacleOf({ failed, inconclusive }: Verdict, reason: string): 'failed' | 'reason' | null {
  if (failed > 0) return 'failed'
  return inconclusive > 0 && [...reason.trim()].length < MIN_REASON ? 'reason' : null
}
