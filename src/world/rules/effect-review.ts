import { encodeCanonical } from '../../codec/index.ts'
import type { ModuleEffect, ModuleOutput } from '../../wasm/index.ts'
import { authorizeEffect, refuseForRoom } from '../effects/authorize.ts'
import type { EffectIntent, EffectRefusal } from '../effects/authorize.ts'
import type { EffectDenied, EffectQueued } from '../effects/queue.ts'
import type { EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import type { PartContext } from '../part.ts'
import type { HostedInstance, Subscriptions } from './subscriptions.ts'

/** What a policy hook emits about an effect. */
const ALLOW = 'policy.allow'
const DENY = 'policy.deny'

export interface EffectReviewInit {
  readonly subscriptions: Subscriptions
  readonly log: EventLog
  readonly context: PartContext
  /** Asks a policy hook about an intent, canonical CBOR; null when it failed. */
  readonly ask: (cause: EventCause, hook: HostedInstance, intentId: string, intent: Uint8Array) => ModuleOutput | null
}

/** Decides which effects modules may have (DESIGN §5): capability, policy set, policy hooks, room in the queue. */
export class EffectReview {
  private readonly subscriptions: Subscriptions
  private readonly log: EventLog
  private readonly context: PartContext
  private readonly ask: EffectReviewInit['ask']

  constructor({ subscriptions, log, context, ask }: EffectReviewInit) {
    this.subscriptions = subscriptions
    this.log = log
    this.context = context
    this.ask = ask
  }

  /** The effects of one output as they may be queued, or why the whole output is dropped. What hooks were asked stays on record. */
  review(cause: EventCause, instance: HostedInstance, trace_id: string, originKind: string, effects: readonly ModuleEffect[]): readonly EffectIntent[] | EffectRefusal {
    const intents: EffectIntent[] = []
    for (const [index, effect] of effects.entries()) {
      const intent = this.authorize(cause, instance, effect, index, originKind, effects.length)
      if ('code' in intent) {
        const { code, detail } = intent
        const { kind, cap_ref } = effect
        const denied: EffectDenied = { module_id: instance.manifest.module_id, instance_id: instance.id, trace_id, kind, cap_ref, code, detail }
        this.log.emitLasting(cause, 'effect.denied', denied)
        return intent
      }
      intents.push(intent)
    }
    return intents
  }

  /** For intents of the latest review. */
  queue(cause: EventCause, { id: instance_id, manifest: { module_id } }: HostedInstance, intents: readonly EffectIntent[]): void {
    const { height, params } = this.context
    for (const intent of intents) {
      const queued: EffectQueued = { ...intent, module_id, instance_id, height, expires_height: height + params.effects.expires_blocks }
      this.log.emit(cause, 'effect.queued', queued)
    }
  }

  private authorize(cause: EventCause, instance: HostedInstance, effect: ModuleEffect, index: number, originKind: string, count: number): EffectIntent | EffectRefusal {
    const intent = authorizeEffect(this.context, instance.manifest, effect, index, originKind)
    if ('code' in intent) return intent
    return refuseForRoom(this.context, count, instance.owner !== null) ?? this.askHooks(cause, instance, intent, originKind) ?? intent
  }

  /** Any deny wins and ends the asking; a hook that fails denies, and so does one that does not say yes: default deny. */
  private askHooks(cause: EventCause, { id: actor, manifest }: HostedInstance, asked: EffectIntent, origin_kind: string): EffectRefusal | null {
    const { intent_id, kind, params, cap_ref } = asked
    const { module_id } = manifest
    const hooks = this.subscriptions.hooks(kind)
    if (hooks.length === 0) return null
    const intent = encodeCanonical({ action_id: intent_id, actor, action: { kind, params, cap_ref }, facts: { module_id, origin_kind } })
    for (const hook of hooks) {
      const denial = whyDenied(this.ask(cause, hook, intent_id, intent))
      if (denial !== null) return { code: 'POLICY_DENIED', detail: `${hook.manifest.module_id}: ${denial}` }
    }
    return null
  }
}

function whyDenied(answer: ModuleOutput | null): string | null {
  if (answer === null) return 'the policy hook failed'
  if (answer.emits.some(({ kind }) => kind === DENY)) return 'the policy hook denies it'
  return answer.emits.some(({ kind }) => kind === ALLOW) ? null : 'the policy hook does not allow it'
}
