import { Call, subjectOf } from './call'
import { Item, present } from './cbor/item'

/** An action a rule is asked to judge, or is told about afterwards. */
@unmanaged
export class ActionCall extends Call {
  /** `action_id`, `actor`, `action`, `facts`. */
  private judged: Item
  /** The action itself: `kind` and its fields. */
  readonly action: Item
  /** What the kernel computed about it; the actor has no say in these. */
  readonly facts: Item

  constructor(input: Item) {
    super(input)
    const judged = present(subjectOf(input, 'action'))
    this.judged = judged
    this.action = judged.field('action')
    this.facts = judged.field('facts')
  }

  /** Whose action it is. */
  get actor(): Item {
    return this.judged.field('actor')
  }

  isKind(kind: string): bool {
    return this.action.field('kind').isText(kind)
  }
}

/** Decodes `ModuleCallInput` about an action: strict, and of interface `wasm-1`. Traps on anything else. */
export function decodeActionCall(ptr: usize, len: usize): ActionCall {
  return new ActionCall(Item.decode(ptr, ptr + len))
}
