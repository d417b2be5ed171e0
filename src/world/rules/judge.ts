import { CodecError, encodeCanonical, equalBytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import type { AnyActionRule, Ruling } from '../actions/action-rule.ts'
import type { Amounts } from '../ledger.ts'
import { isRejectionCode, reject } from '../rejections.ts'
import type { Rejection } from '../rejections.ts'
import { lower, readDecision } from './decision.ts'
import type { RuleDecision } from './decision.ts'
import type { CallFailure, CallReply } from './module-host.ts'
import type { HostedModule } from './subscriptions.ts'

/** Notes of a denial that go into its receipt. */
const MAX_NOTES_LENGTH = 400

export interface Judgement {
  readonly ruling: Ruling<unknown>
  readonly cost: Amounts
}

export interface JudgeHooks {
  readonly call: (module: HostedModule) => CallReply
  /** A call that failed, or answered nonsense. */
  readonly failed: (module: HostedModule, traceId: string, failure: CallFailure) => void
  /** A usable answer: its state and other emits go on record if the action succeeds. */
  readonly answered: (module: HostedModule, traceId: string, newState: Uint8Array | undefined, decision: RuleDecision<unknown>) => void
}

/**
 * Asks the rule modules about an action, in order of their ids, and merges what they say (DESIGN §5): any deny wins and ends the asking;
 * costs add up; at most one distinct override. A rule that fails denies: the world fails closed.
 */
export function judge(rule: AnyActionRule, modules: readonly HostedModule[], hooks: JudgeHooks): Rejection | Judgement {
  let override: unknown = null
  let overrideBytes: Uint8Array | null = null
  let overrideBy = ''
  let storageLimit: number | null = null
  let cargoLimit: number | null = null
  let electricity = 0
  let data = 0
  for (const module of modules) {
    const { module_id } = module.manifest
    const reply = hooks.call(module)
    if (!reply.ok) {
      hooks.failed(module, reply.traceId, reply.failure)
      return reject('RULE_FAILED', { module_id, failure: reply.failure.code })
    }
    let decision: RuleDecision<unknown>
    try {
      decision = readDecision(reply.output, rule.override, rule.plan)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      hooks.failed(module, reply.traceId, { code: 'INVALID_OUTPUT', detail: error.message.slice(0, MAX_NOTES_LENGTH) })
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
    if (decision.storageLimit !== null) storageLimit = lower(decision.storageLimit, storageLimit)
    if (decision.cargoLimit !== null) cargoLimit = lower(decision.cargoLimit, cargoLimit)
    electricity += decision.cost.electricity
    data += decision.cost.data
    hooks.answered(module, reply.traceId, reply.output.new_state, decision)
  }
  return { ruling: { override, storageLimit, cargoLimit }, cost: { data, electricity } }
}

/** The first note that is one of the kernel's own codes becomes the code of the rejection. */
function denial(module_id: string, notes: readonly string[]): Rejection {
  const code = notes.find(isRejectionCode)
  const detail = { module_id, notes: notes.join('; ').slice(0, MAX_NOTES_LENGTH) }
  return code === undefined || !isRejectionCode(code) ? reject('RULE_DENIED', detail) : reject(code, detail)
}
