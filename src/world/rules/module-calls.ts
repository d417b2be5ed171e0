import { CodecError, encodeCanonical, equalBytes } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import type { ModuleEmit, ModuleOutput } from '../../wasm/index.ts'
import type { EffectIntent } from '../effects/authorize.ts'
import type { EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import type { GameplayKind } from '../module-manifest.ts'
import type { PartContext, TickFacts } from '../part.ts'
import { PARTS } from '../parts.ts'
import { compareStateKeys, moduleStateKey } from '../state/keys.ts'
import { readModuleInstance, readModuleState } from '../state/read.ts'
import type { StagedState, StateReader } from '../state/state.ts'
import { carryOutDirectives, DIRECTIVES_EMIT, readDirectives } from './directives.ts'
import { EffectReview } from './effect-review.ts'
import type { CallFailure, CallOrigin, CallReply, CallStage, CallSubject, ModuleHost } from './module-host.ts'
import { topicOfEvent } from './subscriptions.ts'
import type { HostedInstance, Subscriptions, TakeFuel, Topic } from './subscriptions.ts'

const TICK_FACTS: ReadonlyMap<GameplayKind, TickFacts> = new Map(PARTS.flatMap(({ tickFacts }) => tickFacts))

/** What modules bring about by directives is told to modules as well, who may direct more: so many times over, then nobody is told. */
const MAX_DIRECTED_ROUNDS = 8

/** Events about modules themselves; telling modules of them would never end. */
const UNTOLD = new Set(['effect.queued', 'effect.denied', 'directive.refused'])
/** Else hooks could ask hooks for ever. */
const HOOK_ASKED: CallFailure = { code: 'CAPS_DENIED', detail: 'a policy hook may ask for no effects' }
const isTold = (kind: string): boolean => !kind.startsWith('module.') && !UNTOLD.has(kind)

/** What an instance said, and which effects it may have of those it asked for. */
export interface Answer {
  readonly output: ModuleOutput
  /** Of the output as the module wrote it, without its state. */
  readonly outputBytes: number
  readonly traceId: string
  readonly intents?: readonly EffectIntent[]
  readonly failure?: undefined
}

/** `module.call_failed`: nothing but what it cost came of a call; caused by what the module was called about. */
export type ModuleCallFailed = { readonly module_id: string; readonly instance_id: string; readonly trace_id: string; readonly code: string; readonly detail: string }

export type ModuleReply = ({ readonly ok: true } & Answer) | Extract<CallReply, { readonly ok: false }>

export interface ModuleCallsInit {
  readonly host: ModuleHost
  readonly subscriptions: Subscriptions
  /** Of the block being executed, and before it. */
  readonly state: StagedState
  readonly before: StateReader
  readonly log: EventLog
  readonly context: PartContext
}

/** The calls of one block and what comes of them: states, emits, effects and failures. */
export class ModuleCalls {
  private readonly host: ModuleHost
  private readonly subscriptions: Subscriptions
  private readonly state: StagedState
  private readonly before: StateReader
  private readonly log: EventLog
  private readonly context: PartContext
  private readonly effects: EffectReview
  /** Events told so far. */
  private told = 0
  /** Instances that kept something, even if it was taken back. */
  private readonly kept = new Set<HostedInstance>()
  /** Instances and why they were not called: put on record once, so that nobody fills the log by being unable to pay. */
  private readonly notCalled = new Set<string>()
  private readonly takeFuel: TakeFuel

  constructor({ host, subscriptions, state, before, log, context }: ModuleCallsInit) {
    this.host = host
    this.subscriptions = subscriptions
    this.state = state
    this.before = before
    this.log = log
    this.context = context
    this.takeFuel = (fuel) => host.take(fuel)
    this.effects = new EffectReview({ subscriptions, log, context, ask: (cause, hook, intentId, intent) => this.askHook(cause, hook, intentId, intent) })
  }

  /** Those who judge an action, in order of their ids. */
  judges(kind: string, topic: () => Topic): readonly HostedInstance[] {
    return this.subscriptions.about('pre_action', kind, topic, this.takeFuel)
  }

  /** A call whose effects, if it asked for any, were all authorized. The caller `keep`s or drops what it said. `keepFree` as in `ModuleHost`. */
  call(cause: EventCause, instance: HostedInstance, stage: CallStage, origin: CallOrigin, subject: CallSubject, keepFree = 0): ModuleReply {
    const own = instance.manifest.kind === 'reducer' ? readModuleState(this.state, instance.id) : null
    const reply = this.host.call(cause, instance, stage, origin, own === null ? subject : { ...subject, state: own }, keepFree)
    if (!reply.ok || stage === 'policy' || reply.output.effects.length === 0) return reply
    const { output } = reply
    const intents = this.effects.review(cause, instance, reply.traceId, origin.kind, output.effects)
    return 'code' in intents ? { ok: false, traceId: reply.traceId, failure: intents } : { ...reply, intents }
  }

  failed(cause: EventCause, instance: HostedInstance, trace_id: string, { code, detail, notCalled }: CallFailure): void {
    const { id, manifest } = instance
    if (notCalled) {
      const known = `${id} ${code}`
      if (this.notCalled.has(known)) return
      this.notCalled.add(known)
    }
    this.host.note(instance, 2, 0) // with what may have been said about a denied effect
    this.log.emitLasting(cause, 'module.call_failed', { module_id: manifest.module_id, instance_id: id, trace_id, code, detail } satisfies ModuleCallFailed)
  }

  /** Takes over what an instance said: its state, its effects, and those of its emits that mean nothing to the kernel. */
  keep(cause: EventCause, instance: HostedInstance, { output, outputBytes, traceId: trace_id, intents }: Answer, emits: readonly ModuleEmit[]): void {
    const { id: instance_id, manifest: { module_id } } = instance
    if (output.new_state !== undefined) {
      this.state.set(moduleStateKey(instance_id), output.new_state)
      this.kept.add(instance)
    }
    const records = emits.length + (intents?.length ?? 0)
    if (records > 0) this.host.note(instance, records, outputBytes)
    for (const { kind, payload } of emits) this.log.emit(cause, 'module.emitted', { module_id, instance_id, trace_id, kind, payload })
    if (intents !== undefined) this.effects.queue(cause, instance, intents)
  }

  /** Tells subscribers about an action that was carried out. */
  afterAction(kind: string, actionId: string, topic: () => Topic, encodedAction: () => Uint8Array): void {
    const cause: EventCause = `action:${actionId}`
    for (const instance of this.subscriptions.about('post_action', kind, topic, this.takeFuel)) {
      this.tell(cause, instance, 'post_action', { kind: 'action', id: actionId }, { action: encodedAction() })
    }
  }

  /**
   * Tells subscribers about every event since the last time, each exactly once: what actions, the schedule and directives brought about.
   * What modules emit themselves is not told to modules.
   */
  tellEvents(): void {
    for (let round = 0; this.told < this.log.length; round++) {
      const end = this.log.length
      if (round <= MAX_DIRECTED_ROUNDS) for (let index = this.told; index < end; index++) this.tellEvent(index)
      this.told = end
    }
  }

  /** Wakes the tick modules that are due; they say themselves when they want to be called next. */
  tick(height: number): void {
    for (const instance of this.subscriptions.ticking()) {
      const { wake_height } = readModuleInstance(this.state, instance.id)!
      if (wake_height === null || wake_height > height) continue
      const subject = this.tickSubject(instance, height)
      if (subject === null) continue
      const output = this.tell('block', instance, 'tick', { kind: 'tick', id: String(height) }, subject)
      if (output?.tick_lifecycle === undefined) continue
      const { tick_lifecycle: wish } = output
      const next = wish.mode === 'suspend' ? null : Math.min(height + Math.max(1, wish.ticks), Number.MAX_SAFE_INTEGER)
      this.log.emit('block', 'module.tick_scheduled', { module_id: instance.manifest.module_id, instance_id: instance.id, wake_height: next })
    }
  }

  /** Puts on record what each instance keeps after the block: one event however often it was called. */
  close(): void {
    for (const { id, manifest } of [...this.kept].sort((a, b) => compareStateKeys(a.id, b.id))) {
      const own = readModuleState(this.state, id)
      const previous = readModuleState(this.before, id)
      if (own === null || (previous !== null && equalBytes(previous, own))) continue
      this.log.emit('block', 'module.state_updated', { module_id: manifest.module_id, instance_id: id, state: own })
    }
  }

  private tellEvent(index: number): void {
    const { id, height, caused_by, kind, payload } = this.log.at(index)
    if (!isTold(kind)) return
    const subject = { id, height, caused_by, kind, payload }
    const subscribers = this.subscriptions.about('post_event', kind, () => topicOfEvent(subject), this.takeFuel)
    if (subscribers.length === 0) return
    const event = encodeCanonical(subject satisfies Record<string, Value>)
    for (const instance of subscribers) this.tell(`event:${id}`, instance, 'post_event', { kind: 'event', id }, { event })
  }

  /** Gameplay modules are told how things stand, and left alone when there is nothing for them to do; others get nothing but the height. */
  private tickSubject({ manifest }: HostedInstance, height: number): CallSubject | null {
    const kind = manifest.abi_contract?.gameplay?.kind
    const facts = kind === undefined ? undefined : TICK_FACTS.get(kind)?.(this.context)
    if (facts === null) return null
    return facts === undefined ? {} : { event: encodeCanonical({ kind: 'tick', facts, height }) }
  }

  private tell(cause: EventCause, instance: HostedInstance, stage: CallStage, origin: CallOrigin, subject: CallSubject): ModuleOutput | null {
    const reply = this.call(cause, instance, stage, origin, subject)
    if (!reply.ok) {
      this.failed(cause, instance, reply.traceId, reply.failure)
      return null
    }
    const { output, traceId } = reply
    // Only the world directs the world: what an agent's module says is put on record and nothing more.
    const directs = instance.manifest.role === 'gameplay' && instance.owner === null
    const isDirective = ({ kind }: ModuleEmit): boolean => directs && kind === DIRECTIVES_EMIT
    this.keep(cause, instance, reply, output.emits.filter((emit) => !isDirective(emit)))
    let directives: readonly Value[]
    try {
      directives = readDirectives(output.emits.filter(isDirective).map(({ payload }) => payload))
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.failed(cause, instance, traceId, { code: 'INVALID_OUTPUT', detail: 'the directives are no list of directives' })
      return output
    }
    this.host.note(instance, directives.length, 0)
    carryOutDirectives(this.log, cause, instance.manifest, directives, this.context)
    return output
  }

  /** What a hook answered counts as said even when it denies: it may remember whom it turned away. */
  private askHook(cause: EventCause, hook: HostedInstance, intentId: string, intent: Uint8Array): ModuleOutput | null {
    const reply = this.call(cause, hook, 'policy', { kind: 'effect', id: intentId }, { action: intent })
    if (!reply.ok || reply.output.effects.length > 0) {
      this.failed(cause, hook, reply.traceId, reply.failure ?? HOOK_ASKED)
      return null
    }
    this.keep(cause, hook, reply, reply.output.emits)
    return reply.output
  }
}
