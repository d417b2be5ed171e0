import { CodecError, schema } from '../../codec/index.ts'
import type { Infer, Schema } from '../../codec/index.ts'
import type { ModuleEmit, ModuleOutput } from '../../wasm/index.ts'
import type { Amounts } from '../ledger.ts'

const { anyValue, array, int, literal, object, optional, text } = schema

/** Far above any sensible price, and small enough to add up without care. */
const MAX_COST = 1_000_000_000
const MAX_NOTES = 8
const MAX_NOTE_LENGTH = 120
/** What an agent may hold; keeps the sum of all ledgers a safe integer. */
const MAX_LIMIT = 1_000_000_000

const decisionSchema = object({
  verdict: literal('allow', 'deny', 'modify'),
  /** A map instead of the action for `modify`, else null. */
  override_action: anyValue(),
  cost: object({ electricity: optional(int(0, MAX_COST)), data: optional(int(0, MAX_COST)) }),
  notes: array(text(MAX_NOTE_LENGTH), MAX_NOTES),
})
const limitSchema = object({ capacity: int(0, MAX_LIMIT) })

export type RuleVerdict = Infer<typeof decisionSchema>['verdict']

/** What one rule module said about an action. A module that says nothing allows it. */
export interface RuleDecision<O> {
  readonly verdict: RuleVerdict
  readonly override: O | null
  readonly cost: Amounts
  readonly notes: readonly string[]
  readonly storageLimit: number | null
  readonly cargoLimit: number | null
  /** Emits the kernel gives no meaning to; they go on record if the action succeeds. */
  readonly others: readonly ModuleEmit[]
}

/**
 * Reads the emits of a rule. `override` is the shape the action's override must have, null when it can have none; `plan` the kind of the
 * emit that carries it, when it does not come with the decision.
 * Throws `CodecError` for a decision that does not fit: the module's own fault.
 */
export function readDecision<O>(output: ModuleOutput, override: Schema<O> | null, plan: string | undefined): RuleDecision<O> {
  let decision: RuleDecision<O> = { verdict: 'allow', override: null, cost: { electricity: 0, data: 0 }, notes: [], storageLimit: null, cargoLimit: null, others: [] }
  let decided = false
  const others: ModuleEmit[] = []
  for (const emit of output.emits) {
    if (emit.kind === 'rule.decision') {
      if (decided) misfit('a rule decides once per call')
      decided = true
      const { verdict, override_action, cost, notes } = decisionSchema.parse(emit.payload, 'rule.decision')
      if (verdict === 'modify' && (override === null || plan !== undefined)) misfit('this action cannot be modified')
      if ((verdict === 'modify') !== (override_action !== null)) misfit('override_action goes with the verdict modify, and only with it')
      decision = {
        ...decision,
        verdict,
        override: verdict === 'modify' ? override!.parse(override_action, 'override_action') : decision.override,
        cost: { electricity: cost.electricity ?? 0, data: cost.data ?? 0 },
        notes,
      }
    } else if (emit.kind === 'power.storage_limit') {
      const { capacity } = limitSchema.parse(emit.payload, emit.kind)
      decision = { ...decision, storageLimit: lower(capacity, decision.storageLimit) }
    } else if (emit.kind === 'cargo.capacity_limit') {
      const { capacity } = limitSchema.parse(emit.payload, emit.kind)
      decision = { ...decision, cargoLimit: lower(capacity, decision.cargoLimit) }
    } else if (emit.kind === plan) {
      if (decision.override !== null) misfit('a rule makes one plan per call')
      decision = { ...decision, override: override!.parse(emit.payload, emit.kind) }
    } else {
      others.push(emit)
    }
  }
  return { ...decision, others }
}

/** The lowest that was stated. */
export function lower(limit: number, known: number | null): number {
  return known === null ? limit : Math.min(limit, known)
}

function misfit(reason: string): never {
  throw new CodecError('SCHEMA_MISMATCH', reason)
}
