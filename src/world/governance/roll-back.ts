import type { Value } from '../../codec/index.ts'
import { firstAsteroid, newAgent } from '../actions/register-agent.ts'
import { dockingPoint } from '../geometry.ts'
import type { EventInit } from '../part.ts'
import { AGENT_PREFIX, OVERDUE_KEY } from '../state/keys.ts'
import { readAgent, readAsteroid, readConfig, readHead, readOverdue } from '../state/read.ts'
import type { AgentRecord } from '../state/records.ts'
import type { CommittedState, StagedState, StateReader } from '../state/state.ts'
import type { GovernanceRolledBack } from './events.ts'
import { heldByAgents } from './record-checkpoint.ts'
import { readCheckpointSummary } from './records.ts'
import type { ProposalRecord, ShadowIssue, ShadowReplay } from './records.ts'
import { NO_REPLAY } from './shadow.ts'

/**
 * What stays as it is when the world goes back: how it is governed and who decides, nonces with it, what may be asked of the outside, and
 * what blocks note about themselves. Everything else is as it was.
 */
export const STAYS = /^(manifest|checkpoints|effects\/policies)$|^(capability|checkpoint|effect_executor|governance|governance_signer|module_latest|module_version|proposal|shadow_report|shadow_run|signer|validator|validators|world)\//

export function rollbackEvents(proposal_id: string, height: number, { rollback }: Pick<ProposalRecord, 'rollback'>): EventInit[] {
  if (rollback === null) return []
  const { height: to_height, state_root } = rollback
  return [{ event: 'governance.rolled_back', payload: { proposal_id, to_height, state_root, height } satisfies GovernanceRolledBack }]
}

/** Some four seconds of work, within what every node waits for a block and stores with one: a block that none of them could take would be the last. */
export const MAX_ROLLED_BACK = 100_000

/** Whether so few records changed since the checkpoint a proposal goes back to that one block can write them. Throws `CHECKPOINT_MISSING`. */
export function fitsBlock(state: StagedState, { rollback }: Pick<ProposalRecord, 'rollback'>): boolean {
  return rollback === null || state.since(rollback.height).keys.length <= MAX_ROLLED_BACK
}

/**
 * The world as it was after the block of `to_height`, as if nobody had done anything and nothing had fallen due since. In one block, since
 * half of it would be no world: the work is that of writing every record that changed since, at most `MAX_ROLLED_BACK`.
 * Throws `CHECKPOINT_MISSING`.
 */
export function applyRolledBack(state: StagedState, { to_height, height }: GovernanceRolledBack): void {
  const { past, keys } = state.since(to_height)
  for (const key of keys) {
    if (STAYS.test(key)) continue
    const isKnown = key.startsWith(AGENT_PREFIX) && state.get(key) !== null
    state.set(key, isKnown ? agentThen(state, key, readAgent(past, key)) as unknown as Value : past.get(key))
  }
  // Work of the heights in between is still there; with what had not been taken up by then it falls due from the next block on.
  state.set(OVERDUE_KEY, { from: readOverdue(past)?.from ?? to_height + 1, to: height })
}

/** Nonces never go back, so that no action is ever carried out twice. Who has come since stays, with nothing, where it first stood. */
function agentThen(state: StateReader, id: string, then: AgentRecord | null): AgentRecord {
  const { nonce, public_key, name, registered_at } = readAgent(state, id)!
  if (then !== null) return { ...then, nonce }
  const asteroid = firstAsteroid(id, readConfig(state).asteroids)
  const position = dockingPoint(readAsteroid(state, asteroid)!, id)
  return { ...newAgent({ public_key, name, asteroid, position, electricity: 0, data: 0, height: registered_at }), nonce }
}

/** In place of a second run: what all agents would hold, less what they held after the block before. */
export function rollbackReplay({ base, state }: { readonly base: CommittedState; readonly state: StateReader }, { rollback }: ProposalRecord): ShadowReplay {
  const summary = rollback === null ? null : readCheckpointSummary(state, rollback.height)
  if (rollback === null || summary === null) return NO_REPLAY
  const now = heldByAgents(base)
  const balances = { electricity: summary.electricity - now.electricity, data: summary.data - now.data }
  return { ...NO_REPLAY, from_height: rollback.height, to_height: base.height, balances }
}

export function rollbackWarnings({ state, height }: { readonly state: StateReader; readonly height: number }, { rollback }: ProposalRecord): ShadowIssue[] {
  const summary = rollback === null ? null : readCheckpointSummary(state, rollback.height)
  if (rollback === null || summary === null) return []
  const newcomers = readHead(state).agent_count - summary.agents
  const detail = `Everything since height ${rollback.height} is undone, ${height - rollback.height} blocks so far. Agents registered since keep their names and keys and nothing else: ${newcomers} so far.`
  return [{ code: 'WORLD_GOES_BACK', module_id: '', detail }]
}
