import { Writer } from './cbor/writer'
import { Decision } from './decision'

/** `ModuleOutput` without state or effects: what a pure rule returns. */
export class Output {
  private emits: Writer
  private count: u64

  constructor() {
    this.emits = new Writer()
    this.count = 0
  }

  emit(kind: string, payload: Writer): Output {
    this.count++
    this.emits.map(2).text('kind').text(kind).text('payload').append(payload)
    return this
  }

  decide(decision: Decision): Output {
    return this.emit('rule.decision', decision.payload())
  }

  pack(): u64 {
    return new Writer().map(2).text('emits').list(this.count).append(this.emits).text('effects').list(0).pack()
  }
}
