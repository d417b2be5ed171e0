import type { ValueMap } from '../codec/index.ts'

/** Why an event happened: an action, an earlier event, something scheduled by an earlier event, or the block itself. */
export type EventCause = `action:${string}` | `event:${string}` | `schedule:${string}` | 'block' | 'genesis'

/**
 * One thing that happened. Events are the only way the state changes (DESIGN §3.1). `prev_hash` is the hash of the event before it,
 * across blocks, so the whole history is one chain; the first has zero bytes.
 */
export interface WorldEvent {
  /** `<height>-<index>`. */
  readonly id: string
  readonly height: number
  readonly index: number
  readonly caused_by: EventCause
  readonly kind: string
  readonly payload: ValueMap
  readonly prev_hash: Uint8Array
}
