import { CodecError, encodeCanonical } from '../../codec/index.ts'
import type { Value } from '../../codec/index.ts'
import type { ModuleEmit, ModuleOutput } from '../../wasm/index.ts'
import type { EventDraft, EventLog } from '../event-log.ts'
import type { EventCause } from '../events.ts'
import type { WorldParams } from '../params.ts'
import type { PartContext, TickFacts } from '../part.ts'
import { PARTS } from '../parts.ts'
import { readModule, readModuleState } from '../state/read.ts'
import type { StateReader } from '../state/state.ts'
import type { CallFailure, CallOrigin, CallReply, CallSubject, ModuleHost } from './module-host.ts'
import type { HostedModule, Subscriptions } from './subscriptions.ts'
import type { GameplayKind, ModuleStage } from '../module-manifest.ts'
import { carryOutDirectives, DIRECTIVES_EMIT } from './directives.ts'

const TICK_FACTS: ReadonlyMap<GameplayKind, TickFacts> = new Map(PARTS.flatMap(({ tickFacts }) => tickFacts))

/** Module calls outside of judging: their states, emits and failures become events. */
export class ModuleCalls {
  private readonly host: ModuleHost
  private readonly subscriptions: Subscriptions
  private readonly state: StateReader
  private readonly log: EventLog
  private readonly context: PartContext

  constructor(host: ModuleHost, subscriptions: Subscriptions, state: StateReader, log: EventLog, params: WorldParams) {
    this.host = host
    this.subscriptions = subscriptions
    this.state = state
    this.log = log
    this.context = { state, height: log.height, params }
  }

  at(stage: ModuleStage, kind: string): readonly HostedModule[] {
    return this.subscriptions.at(stage, kind)
  }

  call(module: HostedModule, stage: ModuleStage, origin: CallOrigin, subject: CallSubject): CallReply {
    const own = module.manifest.kind === 'reducer' ? readModuleState(this.state, module.manifest.module_id) : null
    return this.host.call(module, stage, origin, own === null ? subject : { ...subject, state: own })
  }

  failed(cause: EventCause, { manifest }: HostedModule, trace_id: string, { code, detail }: CallFailure): void {
    this.log.emit(cause, 'module.call_failed', { module_id: manifest.module_id, trace_id, code, detail })
  }

  record(cause: EventCause, { manifest }: HostedModule, trace_id: string, newState: Uint8Array | undefined, emits: readonly ModuleEmit[]): void {
    const { module_id } = manifest
    if (newState !== undefined) this.log.emit(cause, 'module.state_updated', { module_id, trace_id, state: newState })
    for (const { kind, payload } of emits) this.log.emit(cause, 'module.emitted', { module_id, trace_id, kind, payload })
  }

  /** Tells subscribers about an action that was carried out. */
  afterAction(kind: string, actionId: string, encodedAction: () => Uint8Array): void {
    const cause: EventCause = `action:${actionId}`
    for (const module of this.at('post_action', kind)) this.tell(cause, module, 'post_action', { kind: 'action', id: actionId }, { action: encodedAction() })
  }

  /** Tells subscribers about events. What modules emit is not routed again, so no module can keep a block busy for ever. */
  afterEvents(events: readonly EventDraft[]): void {
    for (const event of events) {
      if (event.kind.startsWith('module.')) continue
      const subscribers = this.at('post_event', event.kind)
      if (subscribers.length === 0) continue
      const { id, height, caused_by, kind, payload } = event
      const encoded = encodeCanonical({ id, height, caused_by, kind, payload } satisfies Record<string, Value>)
      for (const module of subscribers) this.tell(`event:${id}`, module, 'post_event', { kind: 'event', id }, { event: encoded })
    }
  }

  /** Wakes the tick modules that are due; they say themselves when they want to be called next. */
  tick(height: number): void {
    for (const module of this.at('tick', '')) {
      const { wake_height } = readModule(this.state, module.manifest.module_id)!
      if (wake_height === null || wake_height > height) continue
      const output = this.tell('block', module, 'tick', { kind: 'tick', id: String(height) }, this.tickSubject(module, height))
      if (output?.tick_lifecycle === undefined) continue
      const { tick_lifecycle: wish } = output
      const next = wish.mode === 'suspend' ? null : Math.min(height + Math.max(1, wish.ticks), Number.MAX_SAFE_INTEGER)
      this.log.emit('block', 'module.tick_scheduled', { module_id: module.manifest.module_id, wake_height: next })
    }
  }

  /** Gameplay modules are told how things stand; others get nothing but the height. */
  private tickSubject({ manifest }: HostedModule, height: number): CallSubject {
    const kind = manifest.abi_contract?.gameplay?.kind
    const facts = kind === undefined ? undefined : TICK_FACTS.get(kind)?.(this.context)
    return facts === undefined ? {} : { event: encodeCanonical({ kind: 'tick', facts, height }) }
  }

  private tell(cause: EventCause, module: HostedModule, stage: ModuleStage, origin: CallOrigin, subject: CallSubject): ModuleOutput | null {
    const reply = this.call(module, stage, origin, subject)
    if (!reply.ok) {
      this.failed(cause, module, reply.traceId, reply.failure)
      return null
    }
    const { new_state, emits } = reply.output
    const directed = module.manifest.role === 'gameplay' ? emits.filter(({ kind }) => kind === DIRECTIVES_EMIT) : []
    this.record(cause, module, reply.traceId, new_state, emits.filter((emit) => !directed.includes(emit)))
    try {
      for (const { payload } of directed) carryOutDirectives(this.log, cause, module.manifest, payload, this.context)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      this.failed(cause, module, reply.traceId, { code: 'INVALID_OUTPUT', detail: 'the directives are no list of directives' })
    }
    return reply.output
  }
}
