/** Served entries are cut off the queue when there are so many: seldom enough to cost nothing. */
const COMPACT_ABOVE = 1024

/** Which agent is to be looked at next, by height: work per block follows the agents that are due, not all there are. */
export class Agenda {
  private readonly byHeight = new Map<number, number[]>()
  private overdue: number[] = []
  private served = 0
  private gatheredAt = -1

  add(agent: number, height: number): void {
    const due = this.byHeight.get(height)
    if (due === undefined) this.byHeight.set(height, [agent])
    else due.push(agent)
  }

  /** The agent that has been due longest at `height`, or null when none is. It is on the agenda again only when added again. */
  next(height: number): number | null {
    if (height > this.gatheredAt) this.gather(height)
    if (this.served === this.overdue.length) return null
    return this.overdue[this.served++]!
  }

  private gather(height: number): void {
    this.gatheredAt = height
    if (this.served > COMPACT_ABOVE) {
      this.overdue = this.overdue.slice(this.served)
      this.served = 0
    }
    const heights = [...this.byHeight.keys()].filter((due) => due <= height).sort((a, b) => a - b)
    for (const due of heights) {
      for (const agent of this.byHeight.get(due)!) this.overdue.push(agent)
      this.byHeight.delete(due)
    }
  }
}
