/** Plain values for tests of the viewer. */
import type { BlockSummary, HeadStatus, NodeStatus } from '../../node/index.ts'
import type { Receipt, WorldEvent } from '../../world/index.ts'

const hash = (digit: string): string => digit.repeat(64)

export function headStatus(change: Partial<HeadStatus> = {}): HeadStatus {
  return {
    height: 100, block_hash: hash('a'), state_root: hash('b'), time: 1_799_999_999_000, round: 0, proposer: 'v0', actions: 3, verified_at: 1_800_000_000_000,
    signers: ['v0', 'v1', 'v2'], signed_stake: 30, total_stake: 40, certificate_verified: true, executed: true, ...change,
  }
}

export function nodeStatus(change: Partial<NodeStatus> = {}): NodeStatus {
  return {
    role: 'full', world_id: `belt.${hash('c')}`, demo: false, phase: 'following', error: null, block_interval_ms: 1000, head: headStatus(), claimed_height: 101,
    sync: null, round: null, peers: [], validators: [], votes_height: null, refusals: [], metrics: {},
    executor: { interrupts: 0, restarts: 0, spare_ready: true, last_block_ms: 4 }, storage: { earliest_height: 1, blocks: 100, persistent: true }, ...change,
  }
}

export function worldEvent(height: number, index: number, change: Partial<WorldEvent> = {}): WorldEvent {
  return {
    id: `${height}-${index}`, height, index, caused_by: 'block', kind: 'agent.departed', payload: {}, prev_hash: new Uint8Array(32), ...change,
  } as WorldEvent
}

export function receipt(change: Partial<Receipt> = {}): Receipt {
  return {
    action_id: hash('d'), status: 'applied', code: null, hint: null, detail: {}, events: { first: 0, count: 0 }, fees: { electricity: 0, data: 0 }, fuel: 0, ...change,
  } as Receipt
}

export function blockSummary(height: number, events: readonly WorldEvent[] = [], receipts: readonly Receipt[] = []): BlockSummary {
  return { head: headStatus({ height }), events, receipts }
}
