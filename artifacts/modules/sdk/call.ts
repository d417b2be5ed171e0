import { Item } from './cbor/item'

/** What every call is given, whatever it is about. */
@unmanaged
export class Call {
  private input: Item
  /** `ctx`: why and where the module is called. */
  readonly ctx: Item

  constructor(input: Item) {
    const ctx = input.field('ctx')
    if (!ctx.field('v').isText('wasm-1')) unreachable()
    this.input = input
    this.ctx = ctx
  }

  /** The logical time. */
  get height(): i64 {
    return this.ctx.field('time').int()
  }

  /** `pre_action`, `post_action`, `post_event` or `tick`. */
  get stage(): Item {
    return this.ctx.field('stage')
  }

  /** What a reducer last returned as its state; null before the first time, and always for a pure module. */
  get state(): Item | null {
    return subjectOf(this.input, 'state')
  }
}

/** `action`, `event` or `state`, which travel as canonical CBOR inside a byte string. */
export function subjectOf(input: Item, name: string): Item | null {
  const found = input.find(name)
  return found ? found.embedded() : null
}
