import { Item } from './cbor/item'

/** The action a rule is asked to judge, as the kernel presents it. */
export class ActionCall {
  /** `pre_action` or `post_action`. */
  stage: Item
  /** The logical time. */
  height: i64
  /** Whose action it is. */
  actor: Item
  /** The action itself: `kind` and its fields. */
  action: Item
  /** What the kernel computed about it; the caller has no say in these. */
  facts: Item

  constructor(stage: Item, height: i64, actor: Item, action: Item, facts: Item) {
    this.stage = stage
    this.height = height
    this.actor = actor
    this.action = action
    this.facts = facts
  }

  isKind(kind: string): bool {
    return this.action.field('kind').isText(kind)
  }
}

/** Decodes `ModuleCallInput` for an action: strict, and of interface `wasm-1`. Traps on anything else. */
export function decodeActionCall(ptr: usize, len: usize): ActionCall {
  const input = Item.decode(ptr, ptr + len)
  const ctx = input.field('ctx')
  if (!ctx.field('v').isText('wasm-1')) unreachable()
  const judged = input.field('action').embedded()
  return new ActionCall(ctx.field('stage'), ctx.field('time').int(), judged.field('actor'), judged.field('action'), judged.field('facts'))
}
