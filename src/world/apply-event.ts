import type { ValidatorSet, Value, ValueMap } from '../codec/index.ts'
import { payTreasury, settle, updateAgent } from './ledger.ts'
import { applier } from './part.ts'
import type { Applier } from './part.ts'
import { PARTS } from './parts.ts'
import type { ModuleRuntimeCharged } from './rules/metering.ts'
import { CURRENT_VALIDATORS_KEY, moduleInstanceKey, moduleStateKey, TREASURY_KEY } from './state/keys.ts'
import { readAgent, readModuleInstance } from './state/read.ts'
import type { StagedState } from './state/state.ts'

/** What each kind of event does to the state, besides settling the action that caused it. Kinds not listed do nothing else. */
const APPLIERS: ReadonlyMap<string, Applier> = new Map([
  ...PARTS.flatMap(({ appliers }) => appliers),
  ['validator_set.changed', applier(applyValidatorSet)],
  ['module.state_updated', applier(applyModuleState)],
  ['module.tick_scheduled', applier(applyTickScheduled)],
  ['module.runtime_charged', applier(applyRuntimeCharged)],
])

/** Changes the state by an event: the only way it changes, apart from the bookkeeping of the block itself (DESIGN §3.1). */
export function applyEvent(state: StagedState, event: { readonly id: string; readonly kind: string; readonly payload: ValueMap }): void {
  APPLIERS.get(event.kind)?.(state, event.payload, event.id)
  settle(state, event.payload)
}

export type ValidatorSetChanged = { readonly validators: ValidatorSet }
function applyValidatorSet(state: StagedState, { validators }: ValidatorSetChanged): void {
  state.set(CURRENT_VALIDATORS_KEY, validators as unknown as Value)
}

/** What an instance keeps after a block in which its state changed. */
export type ModuleStateUpdated = { readonly module_id: string; readonly instance_id: string; readonly state: Uint8Array }
function applyModuleState(state: StagedState, { instance_id, state: own }: ModuleStateUpdated): void {
  state.set(moduleStateKey(instance_id), own)
}

export type ModuleTickScheduled = { readonly module_id: string; readonly instance_id: string; readonly wake_height: number | null }
function applyTickScheduled(state: StagedState, { instance_id, wake_height }: ModuleTickScheduled): void {
  state.set(moduleInstanceKey(instance_id), { ...readModuleInstance(state, instance_id)!, wake_height } as unknown as Value)
}

function applyRuntimeCharged(state: StagedState, { payer, compute_fee_amount: data, electricity_fee_amount: electricity }: ModuleRuntimeCharged): void {
  if (payer === TREASURY_KEY) return
  const agent = readAgent(state, payer)!
  updateAgent(state, payer, { data: agent.data - data, electricity: agent.electricity - electricity })
  payTreasury(state, electricity, data)
}
