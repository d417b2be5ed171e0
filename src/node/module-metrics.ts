import type { Metrics } from '../network/index.ts'
import type { WorldEvent } from '../world/index.ts'

/** Counts calls of modules, the fuel they used and how many failed, from what a block charged for. */
export function countModuleCalls(metrics: Metrics, events: readonly WorldEvent[]): void {
  for (const { kind, payload } of events) {
    if (kind !== 'module.runtime_charged') continue
    for (const name of ['calls', 'fuel', 'failures'] as const) {
      const amount = payload[name]
      if (typeof amount === 'number' && amount > 0) metrics.count(`modules.${name}`, amount)
    }
  }
}
