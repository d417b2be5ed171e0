import type { RenderStats } from './contract.ts'

/** Gathers frame times and reports about once a second. */
export class FrameStats {
  private times: number[] = []
  private since: number | null = null

  /** `workMs`: what drawing the frame took. Returns the figures of the last second when it is over. */
  add(now: number, workMs: number): Pick<RenderStats, 'fps' | 'p95Ms'> | null {
    this.since ??= now
    this.times.push(workMs)
    const elapsed = now - this.since
    if (elapsed < 1_000) return null
    const sorted = this.times.toSorted((a, b) => a - b)
    const figures = { fps: ((this.times.length - 1) * 1_000) / elapsed, p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0 }
    this.times = []
    this.since = null
    return figures
  }

  reset(): void {
    this.times = []
    this.since = null
  }
}
