import { EXECUTOR_ID, INTENT_ID, schema } from '../../codec/index.ts'
import type { Infer } from '../../codec/index.ts'
import { CAPABILITY_NAME, KIND_PATTERN, MODULE_ID } from '../module-manifest.ts'
import { EVENT_ID, INSTANCE_ID } from '../state/records.ts'
import type { StateReader } from '../state/state.ts'
import { capabilityKey, EFFECT_POLICIES_KEY, EFFECT_QUEUE_KEY, effectKey } from './keys.ts'

const { anyValue, array, fixedBytes, int, literal, nullable, object, optional, text } = schema

/** Where a call that asks for an effect came from. */
const ORIGIN_KINDS = ['action', 'event', 'tick'] as const

/** What one module may ask for under a name. */
export const CAPABILITY_FIELDS = {
  /** Kinds of effects, or prefixes followed by `*`. */
  effect_kinds: array(KIND_PATTERN, 16),
  /** Last height it holds at; null for ever. */
  expires_height: nullable(int(1)),
} as const
export const capabilitySchema = object(CAPABILITY_FIELDS)
export type Capability = Infer<typeof capabilitySchema>

/** A rule matches when everything it names does; one that names nothing matches every effect. */
export const policyRuleSchema = object({
  when: object({
    effect_kind: optional(KIND_PATTERN),
    origin_kind: optional(literal(...ORIGIN_KINDS)),
    cap_name: optional(CAPABILITY_NAME),
    module_id: optional(MODULE_ID),
  }),
  decision: literal('allow', 'deny'),
})
export type PolicyRule = Infer<typeof policyRuleSchema>

/** The first rule that matches decides; when none does, the effect is denied. */
export const policySetSchema = array(policyRuleSchema, 64)
export type PolicySet = Infer<typeof policySetSchema>

/** Something a module asked to have done outside. `queued` waits for a receipt; `done` got one; `expired` got none in time. */
export const effectRecordSchema = object({
  intent_id: INTENT_ID,
  module_id: MODULE_ID,
  instance_id: INSTANCE_ID,
  kind: CAPABILITY_NAME,
  params: anyValue(),
  /** Name of the capability it was asked for under. */
  cap_ref: CAPABILITY_NAME,
  /** Of the block it was asked for in. */
  height: int(1),
  /** It expires in this block. */
  expires_height: int(1),
  /** The event that queued it. */
  event_id: EVENT_ID,
  state: literal('queued', 'done', 'expired'),
  /** What came of it; absent unless it is done. The event has all of it. */
  receipt: optional(object({ status: text(32), receipt_hash: fixedBytes(32), signer: EXECUTOR_ID, event_id: EVENT_ID })),
})
export type EffectRecord = Infer<typeof effectRecordSchema>

export const effectQueueSchema = object({
  queued: int(0),
  /** Block in which an effect was last asked for, and how many were asked for in it. */
  height: int(0),
  in_block: int(0),
})
export type EffectQueue = Infer<typeof effectQueueSchema>

export const readCapability = (state: StateReader, moduleId: string, name: string): Capability | null => state.get(capabilityKey(moduleId, name)) as unknown as Capability | null
export const readPolicies = (state: StateReader): PolicySet => state.get(EFFECT_POLICIES_KEY) as unknown as PolicySet
export const readEffect = (state: StateReader, intentId: string): EffectRecord | null => state.get(effectKey(intentId)) as unknown as EffectRecord | null
export const readEffectQueue = (state: StateReader): EffectQueue => state.get(EFFECT_QUEUE_KEY) as unknown as EffectQueue
