import { updateAgent } from '../ledger.ts'
import { readAgent } from '../state/read.ts'
import type { StagedState } from '../state/state.ts'

/** Nobody's name gets better than this; far below where additions could leave the safe integers. */
const MAX_REPUTATION = 1_000_000_000

/** It never falls below zero: whoever has nothing to lose begins anew. */
export function changeReputation(state: StagedState, agentId: string, by: number): void {
  if (by === 0) return
  const { reputation } = readAgent(state, agentId)!
  updateAgent(state, agentId, { reputation: Math.min(MAX_REPUTATION, Math.max(0, reputation + by)) })
}
