import { NetworkError } from './errors.ts'
import { MAX_METRIC_NAMES } from './limits.ts'

/** Counters and gauges by name (`rpc.requests`, `gossip.votes.accepted`); plain numbers, read whole with `snapshot`. */
export interface Metrics {
  /** Adds to a counter. */
  readonly count: (name: string, by?: number) => void
  /** Sets a gauge. */
  readonly gauge: (name: string, value: number) => void
  readonly get: (name: string) => number
  /** All values, names in order. */
  readonly snapshot: () => Readonly<Record<string, number>>
}

const NAME = /^[a-z0-9_.]{1,64}$/i

export function createMetrics(): Metrics {
  const values = new Map<string, number>()

  function set(name: string, value: number): void {
    if (!values.has(name)) {
      if (!NAME.test(name)) throw new NetworkError('METRIC_LIMIT', `"${name}" is no metric name; use letters, digits, dots and underscores.`)
      if (values.size >= MAX_METRIC_NAMES) {
        throw new NetworkError('METRIC_LIMIT', 'Too many metric names; never build them from what a peer sends.', { limit: MAX_METRIC_NAMES })
      }
    }
    values.set(name, value)
  }

  return {
    count: (name, by = 1) => set(name, (values.get(name) ?? 0) + by),
    gauge: (name, value) => set(name, value),
    get: (name) => values.get(name) ?? 0,
    snapshot: () => Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}
