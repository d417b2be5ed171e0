import type { Value } from '../../codec/index.ts'
import type { ModuleEffect } from '../../wasm/index.ts'
import { cutText } from '../cut-text.ts'
import { matchesKind } from '../module-manifest.ts'
import type { ModuleManifest } from '../module-manifest.ts'
import type { PartContext } from '../part.ts'
import { whyBadParams } from './http-fetch.ts'
import { intentIdOf } from './keys.ts'
import { readCapability, readEffectQueue, readPolicies } from './records.ts'
import type { PolicyRule } from './records.ts'

/** An effect that may be queued, or at least may be asked the policy hooks about. */
export interface EffectIntent {
  readonly intent_id: string
  readonly kind: string
  readonly params: Value
  readonly cap_ref: string
}

export interface EffectRefusal {
  readonly code: 'CAPS_DENIED' | 'POLICY_DENIED' | 'EFFECT_QUEUE_FULL' | 'INVALID_OUTPUT'
  readonly detail: string
}

const MAX_DETAIL_LENGTH = 200

/** As names of capabilities are written. */
const EFFECT_KIND = /^[a-z][a-z0-9_.-]{0,63}$/

/** Why so many more effects find no room; null when they do. Those of an agent's module find it in the first half only: the rest is for the world's own. */
export function refuseForRoom({ state, height, params }: PartContext, count: number, owned: boolean): EffectRefusal | null {
  const { queued, height: last, in_block } = readEffectQueue(state)
  const room = (limit: number): number => (owned ? Math.floor(limit / 2) : limit)
  const most = room(params.effects.max_queued)
  if (queued + count > most) return { code: 'EFFECT_QUEUE_FULL', detail: `${queued} of at most ${most} effects wait` }
  if ((last === height ? in_block : 0) + count > room(params.effects.max_per_block)) return { code: 'EFFECT_QUEUE_FULL', detail: 'no more effects in this block' }
  return null
}

/**
 * The `index`th effect of one output, if the module may ask for it (DESIGN §5): it names a capability the module requires, by name or by
 * its slot; that capability is granted to the module, holds at this height and covers the kind; the policy set allows it; and its
 * parameters have the form of its kind.
 */
export function authorizeEffect(context: PartContext, manifest: ModuleManifest, effect: ModuleEffect, index: number, originKind: string): EffectIntent | EffectRefusal {
  const { state, height } = context
  const { module_id, required_caps } = manifest
  const { kind } = effect
  if (!EFFECT_KIND.test(kind)) return denied('the kind of the effect is no name')
  const cap_ref = capabilityOf(manifest, effect)
  if (cap_ref === null) return denied('the slot does not stand for this capability')
  if (!required_caps.includes(cap_ref)) return denied('the manifest does not require this capability')
  const grant = readCapability(state, module_id, cap_ref)
  if (grant === null) return denied('the capability is not granted')
  if (grant.expires_height !== null && grant.expires_height < height) return denied('the capability has expired')
  if (!grant.effect_kinds.some((pattern) => matchesKind(pattern, kind))) return denied('the capability does not cover this kind of effect')
  const question = { effect_kind: kind, origin_kind: originKind, cap_name: cap_ref, module_id }
  const rule = readPolicies(state).find(({ when }) => applies(when, question))
  if (rule?.decision !== 'allow') return { code: 'POLICY_DENIED', detail: rule === undefined ? 'no policy allows it' : 'a policy denies it' }
  const problem = whyBadParams(kind, effect.params)
  if (problem !== null) return { code: 'INVALID_OUTPUT', detail: cutText(problem, MAX_DETAIL_LENGTH) }
  const { height: last, in_block } = readEffectQueue(state)
  return { intent_id: intentIdOf(height, (last === height ? in_block : 0) + index), kind, params: effect.params, cap_ref }
}

function denied(detail: string): EffectRefusal {
  return { code: 'CAPS_DENIED', detail }
}

/** What the slot stands for; a name given besides must agree. */
function capabilityOf({ abi_contract }: ModuleManifest, { cap_ref, cap_slot }: ModuleEffect): string | null {
  if (cap_slot === undefined) return cap_ref
  const slots = abi_contract?.cap_slots ?? {}
  const name = Object.hasOwn(slots, cap_slot) ? slots[cap_slot]! : null
  return cap_ref === '' || cap_ref === name ? name : null
}

function applies({ effect_kind, origin_kind, cap_name, module_id }: PolicyRule['when'], question: Readonly<Record<keyof PolicyRule['when'], string>>): boolean {
  return (effect_kind === undefined || matchesKind(effect_kind, question.effect_kind))
    && (origin_kind === undefined || origin_kind === question.origin_kind)
    && (cap_name === undefined || cap_name === question.cap_name)
    && (module_id === undefined || module_id === question.module_id)
}
