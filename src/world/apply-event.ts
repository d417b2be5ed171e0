import type { ValidatorSet, Value, ValueMap } from '../codec/index.ts'
import { applyHarvested, applyHarvestStarted } from './actions/harvest-radiation.ts'
import { applyArrived, applyDeparted } from './actions/move-agent.ts'
import { applyRegistered } from './actions/register-agent.ts'
import { applySlashed } from './actions/report-duplicate-vote.ts'
import { applyTransferred } from './actions/transfer-resource.ts'
import { settle } from './ledger.ts'
import { CURRENT_VALIDATORS_KEY, moduleKey, moduleStateKey } from './state/keys.ts'
import { readModule } from './state/read.ts'
import type { StagedState } from './state/state.ts'

type Applier = (state: StagedState, payload: ValueMap, eventId: string) => void

/** The type of a payload follows from the kind of its event. */
function applier<P>(apply: (state: StagedState, payload: P, eventId: string) => void): Applier {
  return (state, payload, eventId) => apply(state, payload as P, eventId)
}

/** What each kind of event does to the state, besides settling the action that caused it. Kinds not listed do nothing else. */
const APPLIERS: ReadonlyMap<string, Applier> = new Map([
  ['agent.registered', applier(applyRegistered)],
  ['agent.departed', applier(applyDeparted)],
  ['agent.arrived', applier(applyArrived)],
  ['harvest.started', applier(applyHarvestStarted)],
  ['agent.harvested', applier(applyHarvested)],
  ['resource.transferred', applier(applyTransferred)],
  ['validator.slashed', applier(applySlashed)],
  ['validator_set.changed', applier(applyValidatorSet)],
  ['module.state_updated', applier(applyModuleState)],
  ['module.tick_scheduled', applier(applyTickScheduled)],
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

export type ModuleStateUpdated = { readonly module_id: string; readonly trace_id: string; readonly state: Uint8Array }
function applyModuleState(state: StagedState, { module_id, state: own }: ModuleStateUpdated): void {
  state.set(moduleStateKey(module_id), own)
}

export type ModuleTickScheduled = { readonly module_id: string; readonly wake_height: number | null }
function applyTickScheduled(state: StagedState, { module_id, wake_height }: ModuleTickScheduled): void {
  state.set(moduleKey(module_id), { ...readModule(state, module_id)!, wake_height } as unknown as Value)
}
