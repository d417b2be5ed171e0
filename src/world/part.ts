import type { Schema, ValueMap } from '../codec/index.ts'
import type { AnyActionRule } from './actions/action-rule.ts'
import type { GameplayKind } from './module-manifest.ts'
import type { WorldParams } from './params.ts'
import type { Rejection } from './rejections.ts'
import type { ScheduleEntry } from './state/records.ts'
import type { StagedState, StateReader } from './state/state.ts'

/** An event that is about to be recorded. */
export interface EventInit {
  readonly event: string
  readonly payload: ValueMap
}

/** What scheduled work and directives may look at. */
export interface PartContext {
  readonly state: StateReader
  /** Of the block being executed. */
  readonly height: number
  readonly params: WorldParams
}

/** What an event does to the state. Its payload is what the kernel itself wrote. */
export type Applier = (state: StagedState, payload: ValueMap, eventId: string) => void

/**
 * What happens when something scheduled falls due, or later, after the world went back; none when it was overtaken by events. Never throws.
 */
export type DueHandler = (context: PartContext, entry: ScheduleEntry) => readonly EventInit[]

/** Something a gameplay module may bring about, and the kernel's own checks of it. */
export interface DirectiveRule<D> {
  readonly type: string
  /** Kinds of gameplay modules that may direct it. */
  readonly from: readonly GameplayKind[]
  readonly shape: Schema<D>
  readonly carryOut: (context: PartContext, directive: D) => Rejection | readonly EventInit[]
}
export type AnyDirectiveRule = DirectiveRule<unknown>

/** What gameplay modules of one kind are told at a tick; null when there is nothing for them to do. */
export type TickFacts = (context: PartContext) => ValueMap | null

/** One area of the world's rules: everything the kernel needs to know to run it. */
export interface KernelPart {
  readonly actions: readonly AnyActionRule[]
  readonly appliers: readonly (readonly [kind: string, apply: Applier])[]
  readonly due: readonly (readonly [kind: string, handle: DueHandler])[]
  readonly directives: readonly AnyDirectiveRule[]
  readonly tickFacts: readonly (readonly [kind: GameplayKind, facts: TickFacts])[]
  /** Shapes of the records under keys that match. */
  readonly records: readonly (readonly [key: RegExp, shape: Schema<unknown>])[]
}

/** The type of a payload follows from the kind of its event. */
export function applier<P>(apply: (state: StagedState, payload: P, eventId: string) => void): Applier {
  return (state, payload, eventId) => apply(state, payload as P, eventId)
}

/** A rule with its type forgotten, for the table; directives reach it only through its own `shape`. */
export function defineDirective<D>(rule: DirectiveRule<D>): AnyDirectiveRule {
  return rule as unknown as AnyDirectiveRule
}
