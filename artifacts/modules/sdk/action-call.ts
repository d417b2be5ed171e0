import { Item } from './cbor/item'

/** The action a rule is asked to judge, as the kernel presents it. */
export class ActionCall {
  private ctx: Item
  /** `action_id`, `actor`, `action`, `facts`. */
  private judged: Item

  constructor(ctx: Item, judged: Item) {
    this.ctx = ctx
    this.judged = judged
  }

  /** The logical time. */
  get height(): i64 {
    return this.ctx.field('time').int()
  }

  /** `pre_action` or `post_action`. */
  get stage(): Item {
    return this.ctx.field('stage')
  }

  /** Whose action it is. */
  get actor(): Item {
    return this.judged.field('actor')
  }

  /** The action itself: `kind` and its fields. */
  get action(): Item {
    return this.judged.field('action')
  }

  /** What the kernel computed about it; the caller has no say in these. */
  get facts(): Item {
    return this.judged.field('facts')
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
  return new ActionCall(ctx, input.field('action').embedded())
}
