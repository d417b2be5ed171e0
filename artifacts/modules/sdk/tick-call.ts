import { Call, subjectOf } from './call'
import { Item } from './cbor/item'

/** A wake-up: stage `tick`. */
@unmanaged
export class TickCall extends Call {
  /** How things stand, for gameplay modules; others are given null. */
  readonly facts: Item | null

  constructor(input: Item) {
    super(input)
    const event = subjectOf(input, 'event')
    this.facts = event ? event.find('facts') : null
  }
}

/** Decodes `ModuleCallInput` of a tick: strict, and of interface `wasm-1`. Traps on anything else. */
export function decodeTickCall(ptr: usize, len: usize): TickCall {
  return new TickCall(Item.decode(ptr, ptr + len))
}
