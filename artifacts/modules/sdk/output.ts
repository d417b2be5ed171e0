import { ListWriter } from './cbor/list-writer'
import { MapWriter } from './cbor/map-writer'
import { Writer } from './cbor/writer'
import { Decision } from './decision'

/** `ModuleOutput`: everything a call may ask for. Nothing of it has happened before the kernel agrees. */
@unmanaged
export class Output {
  private emits: Writer
  private emitCount: u64
  private effects: Writer
  private effectCount: u64
  private newState: Writer | null
  private lifecycle: Writer | null

  constructor() {
    this.emits = new Writer()
    this.emitCount = 0
    this.effects = new Writer()
    this.effectCount = 0
    this.newState = null
    this.lifecycle = null
  }

  emit(kind: string, payload: Writer): Output {
    this.emitCount++
    this.emits.map(2).text('kind').text(kind).text('payload').append(payload)
    return this
  }

  /** At most once a call. */
  decide(decision: Decision): Output {
    return this.emit('rule.decision', decision.payload())
  }

  /** What a gameplay module wants to happen: at most 64 maps, each with a `type`, in this order. */
  direct(directives: ListWriter): Output {
    return this.emit('gameplay.lifecycle.directives', new MapWriter().put('directives', directives.done()).done())
  }

  /** Asks the outside world under a capability the module was granted. */
  effect(kind: string, capRef: string, params: Writer): Output {
    this.effectCount++
    this.effects.map(3).text('kind').text(kind).text('params').append(params).text('cap_ref').text(capRef)
    return this
  }

  /** The state the next call is given, one canonical item; the last one counts. */
  keep(state: Writer): Output {
    this.newState = state
    return this
  }

  /** To be called again at the height `ticks` after this one, 1 or more. Without a wish a tick module is called every block. */
  wakeAfter(ticks: i64): Output {
    this.lifecycle = new Writer().map(2).text('mode').text('wake_after_ticks').text('ticks').int(ticks)
    return this
  }

  /** Not to be called by ticks again. */
  suspend(): Output {
    this.lifecycle = new Writer().map(1).text('mode').text('suspend')
    return this
  }

  pack(): u64 {
    const newState = this.newState
    const lifecycle = this.lifecycle
    const writer = new Writer().map(2 + u64(newState != null) + u64(lifecycle != null))
      .text('emits').list(this.emitCount).append(this.emits)
      .text('effects').list(this.effectCount).append(this.effects)
    if (newState) writer.text('new_state').embed(newState)
    if (lifecycle) writer.text('tick_lifecycle').append(lifecycle)
    return writer.pack()
  }
}

/** The output of a rule that allows an action and says how it goes. A cost comes with `.decide(allow().costElectricity(…))`. */
export function plan(kind: string, payload: Writer): Output {
  return new Output().emit(kind, payload)
}
