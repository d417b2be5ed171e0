interface Scheduled {
  readonly at: number
  readonly order: number
  readonly callback: () => void
  cancelled: boolean
}

/** Virtual time in milliseconds: nothing happens between events, and events at one instant happen in the order they were made. */
export class VirtualTime {
  #now = 0
  #order = 0
  readonly #heap: Scheduled[] = []

  get now(): number {
    return this.#now
  }

  after(ms: number, callback: () => void): () => void {
    const entry: Scheduled = { at: this.#now + Math.max(0, Math.floor(ms)), order: this.#order++, callback, cancelled: false }
    this.#push(entry)
    return () => {
      entry.cancelled = true
    }
  }

  /** Runs the next event; false when there is none. */
  advance(): boolean {
    for (let entry = this.#pop(); entry !== undefined; entry = this.#pop()) {
      if (entry.cancelled) continue
      this.#now = entry.at
      entry.callback()
      return true
    }
    return false
  }

  #push(entry: Scheduled): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(heap[at]!, heap[parent]!)) break
      ;[heap[at], heap[parent]] = [heap[parent]!, heap[at]!]
      at = parent
    }
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    heap[0] = last
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = left + 1
      let least = at
      if (left < heap.length && isBefore(heap[left]!, heap[least]!)) least = left
      if (right < heap.length && isBefore(heap[right]!, heap[least]!)) least = right
      if (least === at) return top
      ;[heap[at], heap[least]] = [heap[least]!, heap[at]!]
      at = least
    }
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.at !== b.at ? a.at < b.at : a.order < b.order
}

/** Timers of one run of one node. After `end`, its callbacks never come: that is what a crash is. */
export class Lifetime {
  readonly #time: VirtualTime
  #alive = true

  constructor(time: VirtualTime) {
    this.#time = time
  }

  get alive(): boolean {
    return this.#alive
  }

  end(): void {
    this.#alive = false
  }

  after(ms: number, callback: () => void): () => void {
    return this.#time.after(ms, () => {
      if (this.#alive) callback()
    })
  }

  /** Resolves after `ms`, or never if the node crashes before. */
  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }
}
