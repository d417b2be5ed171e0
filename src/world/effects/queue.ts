import type { Value } from '../../codec/index.ts'
import type { DueHandler } from '../part.ts'
import { scheduleAt } from '../schedule.ts'
import type { StagedState } from '../state/state.ts'
import { EFFECT_QUEUE_KEY, effectKey } from './keys.ts'
import { readEffect, readEffectQueue } from './records.ts'
import type { EffectRecord } from './records.ts'

export type EffectQueued = Omit<EffectRecord, 'event_id' | 'state'>
/** `code` is that by which the call failed as well. */
export type EffectDenied = {
  readonly module_id: string
  readonly instance_id: string
  readonly trace_id: string
  readonly kind: string
  readonly cap_ref: string
  readonly code: string
  readonly detail: string
}
export type EffectExpired = { readonly intent_id: string; readonly module_id: string; readonly instance_id: string; readonly kind: string }
export type EffectRemoved = { readonly intent_id: string }

export function applyQueued(state: StagedState, event: EffectQueued, event_id: string): void {
  const { intent_id, height, expires_height } = event
  const key = effectKey(intent_id)
  state.set(key, { ...event, event_id, state: 'queued' } satisfies EffectRecord as unknown as Value)
  const queue = readEffectQueue(state)
  state.set(EFFECT_QUEUE_KEY, { queued: queue.queued + 1, height, in_block: (queue.height === height ? queue.in_block : 0) + 1 })
  scheduleAt(state, expires_height, { kind: 'effect_expiry', subject: key, cause: event_id })
}

/** No receipt came in time. */
export const effectExpiry: DueHandler = ({ state }, { subject }) => {
  const effect = readEffect(state, intentOf(subject))
  if (effect?.state !== 'queued') return []
  const { intent_id, module_id, instance_id, kind } = effect
  return [{ event: 'effect.expired', payload: { intent_id, module_id, instance_id, kind } satisfies EffectExpired }]
}

/** It makes room at once, and stays readable for as long as it waited. */
export function applyExpired(state: StagedState, { intent_id }: EffectExpired, eventId: string): void {
  const key = effectKey(intent_id)
  const effect = readEffect(state, intent_id)!
  state.set(key, { ...effect, state: 'expired' } satisfies EffectRecord as unknown as Value)
  const queue = readEffectQueue(state)
  state.set(EFFECT_QUEUE_KEY, { ...queue, queued: queue.queued - 1 })
  scheduleAt(state, 2 * effect.expires_height - effect.height, { kind: 'effect_removal', subject: key, cause: eventId })
}

export const effectRemoval: DueHandler = (_context, { subject }) => [{ event: 'effect.removed', payload: { intent_id: intentOf(subject) } satisfies EffectRemoved }]

export function applyRemoved(state: StagedState, { intent_id }: EffectRemoved): void {
  state.set(effectKey(intent_id), null)
}

function intentOf(key: string): string {
  return key.slice(effectKey('').length)
}
