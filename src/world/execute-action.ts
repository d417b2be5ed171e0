import { encodeCanonical } from '../codec/index.ts'
import type { NodeConsensusAction, Value, ValueMap } from '../codec/index.ts'
import { kernelFuel } from './actions/action-rule.ts'
import type { ActionContext } from './actions/action-rule.ts'
import { insufficient } from './actions/transfer-resource.ts'
import { admit } from './admission.ts'
import type { AdmissionContext, AdmittedAction } from './admission.ts'
import type { EventLog } from './event-log.ts'
import type { EventCause } from './events.ts'
import { governs } from './governance/reserve.ts'
import { NOTHING } from './ledger.ts'
import type { Amounts } from './ledger.ts'
import type { Receipt } from './receipts.ts'
import { hintOf, isRejection, reject } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { judge } from './rules/judge.ts'
import type { ModuleCalls } from './rules/module-calls.ts'
import type { ModuleHost } from './rules/module-host.ts'
import { topicOfAction } from './rules/subscriptions.ts'
import type { HostedInstance, Topic } from './rules/subscriptions.ts'
import { readAgent } from './state/read.ts'
import type { AgentRecord } from './state/records.ts'
import type { StagedState } from './state/state.ts'

/** What all actions of one block share. */
export interface BlockScope extends AdmissionContext {
  readonly state: StagedState
  readonly log: EventLog
  readonly host: ModuleHost
  readonly modules: ModuleCalls
  readonly kernelContext: Omit<ActionContext, 'actor' | 'agent'>
  /** New agents this block still takes. */
  registrationsLeft: number
}

/** Runs one action of a block: rule modules, kernel checks, events, then the modules told about it (DESIGN §5). Never throws for any action. */
export function executeAction(scope: BlockScope, action: NodeConsensusAction, verdict: boolean | undefined): Receipt {
  const first = scope.log.length
  const fuelBefore = scope.host.fuelUsed
  const receipt = (result: Rejection | { readonly cost: Amounts }): Receipt => {
    const rejected = isRejection(result)
    // In canonical order, so that it is encoded without sorting.
    return {
      code: rejected ? result.code : null,
      fees: rejected ? NOTHING : result.cost,
      fuel: scope.host.fuelUsed - fuelBefore,
      hint: rejected ? hintOf(result.code) : null,
      detail: rejected ? result.detail : {},
      events: { count: scope.log.length - first, first },
      status: rejected ? 'rejected' : 'applied',
      action_id: action.action_id,
    }
  }
  const admitted = admit(scope, action, verdict)
  // Nobody can be held to account for it: it leaves a receipt, and no trace in the state.
  if (isRejection(admitted)) return receipt(admitted)
  if (admitted.rule.actors === 'newcomers' && scope.registrationsLeft === 0) return receipt(reject('REGISTRATION_LIMIT', {}))
  const { rule } = admitted
  const governing = rule.unjudged === true && governs(scope.state, admitted.envelope.actor)
  if (!scope.host.canAfford(kernelFuel(rule, admitted.action), governing)) return receipt(reject('BLOCK_FUEL_EXHAUSTED', {}))
  const question = ask(scope, action.action_id, admitted)
  if (!isRejection(question) && !scope.host.canAfford(question.rulesFuel, governing)) return receipt(reject('BLOCK_FUEL_EXHAUSTED', {}))

  const savepoint = scope.state.savepoint()
  const result = isRejection(question) ? question : carryOut(scope, admitted, question)
  const cause: EventCause = `action:${action.action_id}`
  if (isRejection(result)) {
    scope.state.rollbackTo(savepoint)
    for (const { caused_by, kind, payload } of scope.log.truncate(first)) scope.log.emitLasting(caused_by, kind, payload)
    recordRejection(scope, cause, action.action_id, admitted, result)
  } else {
    if (rule.actors === 'newcomers') scope.registrationsLeft--
    scope.modules.afterAction(rule.kind, action.action_id, result.topic, result.encoded)
  }
  scope.modules.tellEvents()
  return receipt(result)
}

/** An action with the facts, ready to be judged. */
interface Question {
  readonly actionId: string
  readonly context: ActionContext
  readonly facts: ValueMap
  readonly judges: readonly HostedInstance[]
  /** The most the world's own rules can use, so that the block's limit never cuts into them. */
  readonly rulesFuel: number
  readonly topic: () => Topic
  /** The action with its facts as modules see it. */
  readonly encoded: () => Uint8Array
}

function ask(scope: BlockScope, actionId: string, { rule, envelope: { actor }, agent, action }: AdmittedAction): Rejection | Question {
  scope.host.charge(kernelFuel(rule, action))
  const context: ActionContext = { ...scope.kernelContext, actor, agent }
  const examined = rule.examine(context, action)
  if (isRejection(examined)) return examined
  const { facts } = examined
  const subject = { actor, facts, action: action as Value, action_id: actionId }
  let about: Topic | null = null
  const topic = (): Topic => (about ??= topicOfAction(subject, agent?.location ?? null))
  let bytes: Uint8Array | null = null
  const encoded = (): Uint8Array => (bytes ??= encodeCanonical(subject))
  const judges = rule.unjudged ? [] : scope.modules.judges(rule.kind, topic)
  const rulesFuel = judges.reduce((fuel, { owner, manifest }) => (owner === null ? fuel + manifest.limits.max_gas : fuel), 0)
  return { actionId, context, facts, judges, rulesFuel, topic, encoded }
}

interface CarriedOut extends Pick<Question, 'topic' | 'encoded'> {
  readonly cost: Amounts
}

function carryOut(scope: BlockScope, { rule, envelope, action }: AdmittedAction, { actionId, context, facts, judges, rulesFuel, topic, encoded }: Question): Rejection | CarriedOut {
  const cause: EventCause = `action:${actionId}`
  const { electricity_capacity, industry } = context.params
  const judgement = judge(rule, judges, { storage: electricity_capacity, cargo: industry.cargo_capacity }, {
    // An agent's instance is not called when that could leave the world's rules without fuel.
    call: (instance) => scope.modules.call(cause, instance, 'pre_action', { kind: 'action', id: actionId }, { action: encoded() }, instance.owner === null ? 0 : rulesFuel),
    failed: (instance, traceId, failure) => scope.modules.failed(cause, instance, traceId, failure),
    answered: (instance, answer, { others }) => scope.modules.keep(cause, instance, answer, others),
  })
  if (isRejection(judgement)) return judgement
  // Its own instances may have cost the actor something by now.
  const agent = context.agent === null ? null : readAgent(scope.state, context.actor)
  const outcome = rule.conclude(agent === context.agent ? context : { ...context, agent }, action, facts, judgement.ruling)
  if (isRejection(outcome)) return outcome
  const cost = add(judgement.cost, outcome.cost)
  const unpaid = whyUnpaid(agent, cost, outcome.spends ?? NOTHING)
  if (unpaid !== null) return unpaid
  const { id } = scope.log.emit(cause, outcome.event, { ...outcome.payload, nonce: envelope.nonce, cost })
  for (const { event, payload } of outcome.sequel ?? []) scope.log.emit(`event:${id}`, event, payload)
  return { cost, topic, encoded }
}

function add(a: Amounts, b: Partial<Amounts> | undefined): Amounts {
  return b === undefined ? a : { data: a.data + (b.data ?? 0), electricity: a.electricity + (b.electricity ?? 0) }
}

/** Costs and what the action itself takes must be covered together. Who has no ledger pays nothing, so no rule may charge them. */
function whyUnpaid(agent: AgentRecord | null, cost: Amounts, spends: Partial<Amounts>): Rejection | null {
  for (const resource of ['electricity', 'data'] as const) {
    const required = cost[resource] + (spends[resource] ?? 0)
    if (required === 0) continue
    if (agent === null) return reject('NOT_ALLOWED', { reason: 'the actor has no ledger to pay from', [resource]: required })
    if (agent[resource] < required) return insufficient(resource, agent, required)
  }
  return null
}

/** An authentic action that failed uses up its nonce, so that it cannot be tried on its actor's behalf again later. */
function recordRejection(scope: BlockScope, cause: EventCause, actionId: string, { envelope, rule }: AdmittedAction, { code, detail }: Rejection): void {
  if (rule.actors === 'newcomers') return // no record that could hold a nonce
  const payload: ValueMap = { actor: envelope.actor, nonce: envelope.nonce, action_id: actionId, action_kind: rule.kind, code, detail }
  scope.log.emit(cause, 'action.rejected', payload)
}
