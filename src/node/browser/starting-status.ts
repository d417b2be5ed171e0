import type { ErrorInfo } from '../../codec/index.ts'
import type { HeadStatus, NodeConfig, NodeStatus } from '../api.ts'

/** What a page is told while there is no node yet, or when there never was one. */
export function startingStatus(config: NodeConfig | null, head: HeadStatus | null, error: ErrorInfo | null): NodeStatus {
  const solo = config !== null && config.genesis === null
  return {
    role: solo ? 'solo' : 'full', world_id: config?.world_id ?? '', demo: solo,
    phase: error === null ? 'starting' : 'failed', error,
    block_interval_ms: config?.block_interval_ms ?? 1_000,
    head, claimed_height: null, sync: null, round: null, peers: [], validators: [], votes_height: null, refusals: [], metrics: {},
    executor: { interrupts: 0, restarts: 0, spare_ready: false, last_block_ms: null },
    storage: { earliest_height: null, blocks: 0, persistent: false },
  }
}
