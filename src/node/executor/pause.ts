/** A wait that can be ended early, for good: after `end` every wait is over at once. */
export class Pause {
  private ended = false
  private readonly wakes = new Set<() => void>()

  async wait(ms: number): Promise<void> {
    if (this.ended || ms <= 0) return
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.wakes.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.wakes.add(wake)
    })
  }

  end(): void {
    this.ended = true
    for (const wake of this.wakes) wake()
  }
}
