import type { ValueMap } from '../codec/index.ts'
import { governanceSignerKey, signerIdOf } from './governance/keys.ts'
import { readGovernanceSigner } from './governance/records.ts'
import { TREASURY_KEY } from './state/keys.ts'
import { readAgent, readTreasury, readValidator } from './state/read.ts'
import type { AgentRecord } from './state/records.ts'
import type { StagedState } from './state/state.ts'

/** Whole units. */
export type Amounts = { readonly electricity: number; readonly data: number }
export type Resource = keyof Amounts

export const NOTHING: Amounts = { data: 0, electricity: 0 }

/** What every event that settles an action carries: whose it was, the nonce it used up, and what it cost. */
export type Settlement = { readonly nonce: number; readonly cost: Amounts }

/** The acting agent after the change; the record must exist. */
export function updateAgent(state: StagedState, id: string, change: Partial<AgentRecord>): void {
  state.set(id, { ...readAgent(state, id)!, ...change })
}

/** Uses up the nonce and moves the cost to the treasury. Events without a nonce settle nothing. */
export function settle(state: StagedState, payload: ValueMap): void {
  const { nonce, cost = NOTHING } = payload as Partial<Settlement>
  if (nonce === undefined) return
  const actor = (payload['actor'] ?? payload['agent']) as string
  const validator = actor.startsWith('validator/') ? readValidator(state, actor) : null
  if (validator !== null) {
    state.set(actor, { ...validator, nonce })
    return
  }
  const signerId = signerIdOf(actor)
  if (signerId !== null) {
    state.set(governanceSignerKey(signerId), { ...readGovernanceSigner(state, signerId)!, nonce })
    return
  }
  const agent = readAgent(state, actor)!
  state.set(actor, { ...agent, nonce, electricity: agent.electricity - cost.electricity, data: agent.data - cost.data })
  if (cost.electricity !== 0 || cost.data !== 0) payTreasury(state, cost.electricity, cost.data)
}

/** Positive amounts go in, negative ones come out. */
export function payTreasury(state: StagedState, electricity: number, data: number): void {
  const treasury = readTreasury(state)
  state.set(TREASURY_KEY, { electricity: treasury.electricity + electricity, data: treasury.data + data })
}
