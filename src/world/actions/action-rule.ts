import type { Schema, ValueMap } from '../../codec/index.ts'
import type { Amounts } from '../ledger.ts'
import type { WorldParams } from '../params.ts'
import type { EventInit } from '../part.ts'
import type { Rejection } from '../rejections.ts'
import type { AgentRecord, Vector } from '../state/records.ts'
import type { StateReader } from '../state/state.ts'

/** Another agent as an observer sees it. */
export type Candidate = { readonly agent_id: string; readonly position: Vector; readonly distance_cm: number }

/** What a kernel check may look at. */
export interface ActionContext {
  readonly state: StateReader
  readonly worldId: string
  /** Of the block the action is part of. */
  readonly height: number
  readonly params: WorldParams
  /** Number of asteroids. */
  readonly asteroids: number
  readonly actor: string
  /** The acting agent; null for validators, signers and for agents that are only about to be. */
  readonly agent: AgentRecord | null
  /** Other agents around a position, nearest first, within range and number given by the params. */
  readonly observe: (from: Vector, except: string) => readonly Candidate[]
}

/** What the rule modules made of an action. */
export interface Ruling<O> {
  /** What happens instead of the action as requested; null when no module said. */
  readonly override: O | null
  /** Electricity the actor can hold: the lowest `power.storage_limit` a module stated; null when none did. */
  readonly storageLimit: number | null
  /** The same for others the action is about: what agents' own modules say does not count. */
  readonly commonStorageLimit: number | null
  /** Lowest `cargo.capacity_limit` a module stated; null when none did. */
  readonly cargoLimit: number | null
}

export interface Outcome {
  /** Kind of the event that carries the action out; the kernel adds the settlement to its payload. */
  readonly event: string
  readonly payload: ValueMap
  /** What the event takes from the actor besides the cost; its applier takes it. */
  readonly spends?: Partial<Amounts>
  /** What carrying it out costs the actor besides what the rules charge; settled with their costs, to the treasury. */
  readonly cost?: Partial<Amounts>
  /** What follows at once, caused by the event. No settlement is added. */
  readonly sequel?: readonly EventInit[]
}

/**
 * One kind of action: its shape, the facts the kernel computes about it (a caller never declares them), its checks and the event that
 * carries it out. `A` is the action, `F` its facts, `O` what rule modules may put in its place.
 */
export interface ActionRule<A, F extends ValueMap, O> {
  readonly kind: string
  /** Who may request it. */
  readonly actors: 'agents' | 'everyone' | 'newcomers' | 'signers'
  readonly shape: Schema<A>
  /** Set when no module is asked: else a rule that denies everything could never be removed. */
  readonly unjudged?: true
  /** Shape of the override; null when rules may only allow or deny. */
  readonly override: Schema<O> | null
  /** Kind of the emit that carries the override, where it is a plan for the action rather than another action in its place. */
  readonly plan?: string
  /** Fuel the kernel's own work costs, besides modules, by the action where it depends on it; 0 where it is small. */
  readonly fuel: number | ((action: A) => number)
  /** First half of the checks, before any module is asked. */
  readonly examine: (context: ActionContext, action: A) => Rejection | { readonly facts: F }
  /** Second half: what happens, given what the modules said. */
  readonly conclude: (context: ActionContext, action: A, facts: F, ruling: Ruling<O>) => Rejection | Outcome
}

/** A rule with its types forgotten, for the table; values reach it only through its own `shape`. */
export type AnyActionRule = ActionRule<unknown, ValueMap, unknown>

export function defineAction<A, F extends ValueMap, O>(rule: ActionRule<A, F, O>): AnyActionRule {
  return rule as unknown as AnyActionRule
}

/** Fuel the kernel's own work on one action costs. */
export function kernelFuel({ fuel }: Pick<AnyActionRule, 'fuel'>, action: unknown): number {
  return typeof fuel === 'number' ? fuel : fuel(action)
}
