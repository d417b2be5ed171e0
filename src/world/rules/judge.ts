import { CodecError, encodeCanonical, equalBytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import type { AnyActionRule, Ruling } from '../actions/action-rule.ts'
import { cutText } from '../cut-text.ts'
import type { Amounts } from '../ledger.ts'
import { isRejectionCode, reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { lower, readDecision } from './decision.ts'
import type { RuleDecision } from './decision.ts'
import type { Answer, ModuleReply } from './module-calls.ts'
import type { CallFailure } from './module-host.ts'
import type { HostedInstance } from './subscriptions.ts'

/** Notes of a denial that go into its receipt. */
const MAX_NOTES_LENGTH = 400

export interface Judgement {
  readonly ruling: Ruling<unknown>
  readonly cost: Amounts
}

/** Lowest limits that were stated. */
interface Limits {
  storage: number | null
  cargo: number | null
}

export interface UsualLimits {
  readonly storage: number
  readonly cargo: number
}

export interface JudgeHooks {
  readonly call: (instance: HostedInstance) => ModuleReply
  /** A call that failed, or answered nonsense. */
  readonly failed: (instance: HostedInstance, traceId: string, failure: CallFailure) => void
  /** A usable answer: its state, effects and other emits stand if the action succeeds. */
  readonly answered: (instance: HostedInstance, answer: Answer, decision: RuleDecision<unknown>) => void
}

/**
 * Asks the rule modules about an action, in order of their ids, and merges what they say (DESIGN §5): any deny wins and ends the asking;
 * costs add up; at most one distinct override.
 * A rule of the world that fails denies: the world fails closed. An agent's instance that fails, or is not paid for, is passed over, so that
 * nobody's module holds others up; and it may allow, deny, charge and narrow limits, but not put another outcome in the action's place: what
 * an action yields is for the world's rules to say. `usual` are the limits that hold when no rule of the world states one.
 */
export function judge(rule: AnyActionRule, instances: readonly HostedInstance[], usual: UsualLimits, hooks: JudgeHooks): Rejection | Judgement {
  let override: unknown = null
  let overrideBytes: Uint8Array | null = null
  let overrideBy = ''
  const common: Limits = { storage: null, cargo: null }
  const narrowed: Limits = { storage: null, cargo: null }
  let electricity = 0
  let data = 0
  for (const instance of instances) {
    const { owner, manifest: { module_id } } = instance
    const reply = hooks.call(instance)
    if (!reply.ok) {
      hooks.failed(instance, reply.traceId, reply.failure)
      if (owner !== null) continue
      return reject('RULE_FAILED', { module_id, failure: reply.failure.code })
    }
    let decision: RuleDecision<unknown>
    try {
      decision = owner === null ? readDecision(reply.output, rule.override, rule.plan) : readDecision(reply.output, null, undefined)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      hooks.failed(instance, reply.traceId, { code: 'INVALID_OUTPUT', detail: cutText(error.message, MAX_NOTES_LENGTH) })
      if (owner !== null) continue
      return reject('RULE_FAILED', { module_id, failure: 'INVALID_OUTPUT' })
    }
    if (decision.verdict === 'deny') return denial(module_id, decision.notes)
    if (decision.override !== null) {
      if (override === null) {
        override = decision.override
        overrideBy = module_id
      } else {
        overrideBytes ??= encodeCanonical(override as Value)
        if (!equalBytes(overrideBytes, encodeCanonical(decision.override as Value))) return reject('RULE_CONFLICT', { module_id, other_module_id: overrideBy })
      }
    }
    const limits = owner === null ? common : narrowed
    if (decision.storageLimit !== null) limits.storage = lower(decision.storageLimit, limits.storage)
    if (decision.cargoLimit !== null) limits.cargo = lower(decision.cargoLimit, limits.cargo)
    electricity += decision.cost.electricity
    data += decision.cost.data
    hooks.answered(instance, reply, decision)
  }
  const limit = (kind: keyof Limits): number | null => (narrowed[kind] === null ? common[kind] : Math.min(narrowed[kind], common[kind] ?? usual[kind]))
  return { ruling: { override, storageLimit: limit('storage'), commonStorageLimit: common.storage, cargoLimit: limit('cargo') }, cost: { data, electricity } }
}

/** The first note that is one of the kernel's own codes becomes the code of the rejection. */
function denial(module_id: string, notes: readonly string[]): Rejection {
  const code = notes.find(isRejectionCode)
  const detail = { module_id, notes: cutText(notes.join('; '), MAX_NOTES_LENGTH) }
  return code === undefined || !isRejectionCode(code) ? reject('RULE_DENIED', detail) : reject(code, detail)
}
