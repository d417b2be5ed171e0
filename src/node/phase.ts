import type { NodePhase } from './api.ts'

/** The world stands still when its head is older than this many block intervals. */
export const STALLED_AFTER_INTERVALS = 2
/** A node this close to the head follows it: one block is always under way. */
export const FOLLOWING_WITHIN_BLOCKS = 2

export interface PhaseInput {
  readonly now: number
  readonly startedAt: number
  readonly blockIntervalMs: number
  readonly failed: boolean
  /** When the newest block was verified here; null before the first since the start. */
  readonly lastBlockAt: number | null
  /** Blocks between the head and where catching up goes to; null while nothing is fetched. */
  readonly behind: number | null
  /** Depends on others and is connected to none. */
  readonly alone: boolean
}

export function phaseOf({ now, startedAt, blockIntervalMs, failed, lastBlockAt, behind, alone }: PhaseInput): NodePhase {
  if (failed) return 'failed'
  if (behind !== null && behind > FOLLOWING_WITHIN_BLOCKS) return 'syncing'
  const late = now - (lastBlockAt ?? startedAt) > STALLED_AFTER_INTERVALS * blockIntervalMs
  if (alone && (late || lastBlockAt === null)) return 'connecting'
  if (late) return 'stalled'
  return lastBlockAt === null ? 'starting' : 'following'
}

/** Calls back when the world has stood still for long enough to say so, since nothing else happens then. */
export class StallWatch {
  private readonly afterMs: number
  private readonly onStall: () => void
  private timer: ReturnType<typeof setTimeout> | null = null

  constructor(blockIntervalMs: number, onStall: () => void) {
    this.afterMs = STALLED_AFTER_INTERVALS * blockIntervalMs + 1
    this.onStall = onStall
  }

  /** A block came, or the node started. */
  reset(): void {
    this.stop()
    this.timer = setTimeout(this.onStall, this.afterMs)
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer)
  }
}
