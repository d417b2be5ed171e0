import { encodeCanonical } from '../codec/index.ts'
import type { NodeConsensusAction, Value, ValueMap } from '../codec/index.ts'
import type { ActionContext } from './actions/action-rule.ts'
import { insufficient } from './actions/transfer-resource.ts'
import { admit } from './admission.ts'
import type { AdmissionContext, AdmittedAction } from './admission.ts'
import type { EventLog } from './event-log.ts'
import type { EventCause } from './events.ts'
import { NOTHING } from './ledger.ts'
import type { Amounts } from './ledger.ts'
import type { Receipt } from './receipts.ts'
import { hintOf, isRejection, reject } from './rejections.ts'
import type { Rejection } from './rejections.ts'
import { judge } from './rules/judge.ts'
import type { ModuleCalls } from './rules/module-calls.ts'
import type { CallFailure, CallReply, ModuleHost } from './rules/module-host.ts'
import type { HostedModule } from './rules/subscriptions.ts'
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

interface Failure {
  readonly module: HostedModule
  readonly traceId: string
  readonly failure: CallFailure
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
  if (!scope.host.canAfford(fuelNeeded(scope, admitted))) return receipt(reject('BLOCK_FUEL_EXHAUSTED', {}))

  const savepoint = scope.state.savepoint()
  const failures: Failure[] = []
  const result = carryOut(scope, action.action_id, admitted, failures)
  const cause: EventCause = `action:${action.action_id}`
  if (isRejection(result)) {
    scope.state.rollbackTo(savepoint)
    scope.log.truncate(first)
    for (const { module, traceId, failure } of failures) scope.modules.failed(cause, module, traceId, failure)
    recordRejection(scope, cause, action.action_id, admitted, result)
    return receipt(result)
  }
  if (admitted.rule.actors === 'newcomers') scope.registrationsLeft--
  const { rule } = admitted
  scope.modules.afterAction(rule.kind, action.action_id, result.encoded)
  scope.modules.afterEvents(scope.log.from(first))
  return receipt(result)
}

/** The most the rule modules can use, so that the block's limit never cuts into a call. */
function fuelNeeded(scope: BlockScope, { rule }: AdmittedAction): number {
  let fuel = rule.fuel
  for (const { manifest } of scope.modules.at('pre_action', rule.kind)) fuel += manifest.limits.max_gas
  return fuel
}

interface CarriedOut {
  readonly cost: Amounts
  /** The action with its facts as modules see it. */
  readonly encoded: () => Uint8Array
}

function carryOut(scope: BlockScope, actionId: string, admitted: AdmittedAction, failures: Failure[]): Rejection | CarriedOut {
  const { rule, envelope, agent, action } = admitted
  scope.host.charge(rule.fuel)
  const context: ActionContext = { ...scope.kernelContext, actor: envelope.actor, agent }
  const examined = rule.examine(context, action)
  if (isRejection(examined)) return examined
  const { facts } = examined
  let bytes: Uint8Array | null = null
  const encoded = (): Uint8Array => (bytes ??= encodeCanonical({ actor: envelope.actor, facts, action: action as Value, action_id: actionId }))

  const cause: EventCause = `action:${actionId}`
  const judgement = judge(rule, scope.modules.at('pre_action', rule.kind), {
    call: (module): CallReply => scope.modules.call(module, 'pre_action', { kind: 'action', id: actionId }, { action: encoded() }),
    failed: (module, traceId, failure) => failures.push({ module, traceId, failure }),
    answered: (module, traceId, newState, { others }) => scope.modules.record(cause, module, traceId, newState, others),
  })
  if (isRejection(judgement)) return judgement
  const outcome = rule.conclude(context, action, facts, judgement.ruling)
  if (isRejection(outcome)) return outcome
  const cost = add(judgement.cost, outcome.cost)
  const unpaid = whyUnpaid(agent, cost, outcome.spends ?? NOTHING)
  if (unpaid !== null) return unpaid
  const { id } = scope.log.emit(cause, outcome.event, { ...outcome.payload, nonce: envelope.nonce, cost })
  for (const { event, payload } of outcome.then ?? []) scope.log.emit(`event:${id}`, event, payload)
  return { cost, encoded }
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
