import { Call, subjectOf } from './call'
import { Item, present } from './cbor/item'

/** An event that happened: stage `post_event`. */
@unmanaged
export class EventCall extends Call {
  private event: Item
  /** What the event says; its shape depends on `kind`. */
  readonly payload: Item

  constructor(input: Item) {
    super(input)
    const event = present(subjectOf(input, 'event'))
    this.event = event
    this.payload = event.field('payload')
  }

  /** Its place in the history, a text. */
  get id(): Item {
    return this.event.field('id')
  }

  /** `agent.arrived` and the like. */
  get kind(): Item {
    return this.event.field('kind')
  }

  /** `action:<id>`, `event:<id>` or `block`. */
  get causedBy(): Item {
    return this.event.field('caused_by')
  }

  isKind(kind: string): bool {
    return this.kind.isText(kind)
  }
}

/** Decodes `ModuleCallInput` about an event: strict, and of interface `wasm-1`. Traps on anything else. */
export function decodeEventCall(ptr: usize, len: usize): EventCall {
  return new EventCall(Item.decode(ptr, ptr + len))
}
