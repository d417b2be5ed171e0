import type { ValidatorSet, Value, ValueMap } from '../codec/index.ts'
import { settle } from './ledger.ts'
import { applier } from './part.ts'
import type { Applier } from './part.ts'
import { PARTS } from './parts.ts'
import { CURRENT_VALIDATORS_KEY, moduleKey, moduleStateKey } from './state/keys.ts'
import { readModule } from './state/read.ts'
import type { StagedState } from './state/state.ts'

/** What each kind of event does to the state, besides settling the action that caused it. Kinds not listed do nothing else. */
const APPLIERS: ReadonlyMap<string, Applier> = new Map([
  ...PARTS.flatMap(({ appliers }) => appliers),
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
