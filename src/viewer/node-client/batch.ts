/** Gathers items and hands them over together, at most once per interval: keeps the page at ten updates a second whatever the node sends. */
export function createBatch<T>(intervalMs: number, flush: (items: readonly T[]) => void): { push(item: T): void; stop(): void } {
  let waiting: T[] = []
  let timer: ReturnType<typeof setTimeout> | null = null
  let last = Number.NEGATIVE_INFINITY
  const deliver = (): void => {
    timer = null
    last = performance.now()
    const items = waiting
    waiting = []
    flush(items)
  }
  return {
    push(item) {
      waiting.push(item)
      timer ??= setTimeout(deliver, Math.max(0, intervalMs - (performance.now() - last)))
    },
    stop() {
      if (timer !== null) clearTimeout(timer)
      waiting = []
    },
  }
}
