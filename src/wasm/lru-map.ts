/** A map of at most `capacity` entries that drops the least recently used. A cache only: what is in it never changes a result. */
export class LruMap<K, V> {
  private readonly entries = new Map<K, V>()
  private readonly capacity: number
  /** The key used last: asking for it again moves nothing. */
  private newest: K | undefined
  private readonly onEvict: (value: V) => void

  constructor(capacity: number, onEvict: (value: V) => void = () => {}) {
    this.capacity = capacity
    this.onEvict = onEvict
  }

  get size(): number {
    return this.entries.size
  }

  get(key: K): V | undefined {
    const value = this.entries.get(key)
    if (value === undefined) return undefined
    if (key !== this.newest) this.touch(key, value)
    return value
  }

  set(key: K, value: V): void {
    this.touch(key, value)
    if (this.entries.size <= this.capacity) return
    const [oldestKey, oldest] = this.entries.entries().next().value!
    this.entries.delete(oldestKey)
    this.onEvict(oldest)
  }

  delete(key: K): void {
    this.entries.delete(key)
    if (key === this.newest) this.newest = undefined
  }

  clear(): void {
    this.entries.clear()
    this.newest = undefined
  }

  /** A map keeps the order of insertion, so the entry used last goes to the end. */
  private touch(key: K, value: V): void {
    this.entries.delete(key)
    this.entries.set(key, value)
    this.newest = key
  }
}
