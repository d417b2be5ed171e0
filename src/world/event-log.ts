import { HASH_BYTES } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import { applyEvent } from './apply-event.ts'
import type { EventCause, WorldEvent } from './events.ts'
import { leafHash } from './merkle-list.ts'
import type { StagedState } from './state/state.ts'

export type EventDraft = Omit<WorldEvent, 'prev_hash'>

/** An event that stays on record when the action it belongs to is taken back. */
export type LastingEvent = Pick<EventDraft, 'index' | 'kind' | 'payload' | 'caused_by'>

/** The events of one block. Each is applied to the state as it is recorded; the hash chain is closed when the block is complete. */
export class EventLog {
  readonly height: number
  private readonly state: StagedState
  private readonly drafts: EventDraft[] = []
  private readonly lasting: LastingEvent[] = []

  constructor(height: number, state: StagedState) {
    this.height = height
    this.state = state
  }

  get length(): number {
    return this.drafts.length
  }

  /** Records an event and changes the state by it. */
  emit(caused_by: EventCause, kind: string, payload: ValueMap): EventDraft {
    const index = this.drafts.length
    // In canonical order, so that it is encoded without sorting; `prev_hash` comes last.
    const event: EventDraft = { id: `${this.height}-${index}`, kind, index, height: this.height, payload, caused_by }
    this.drafts.push(event)
    applyEvent(this.state, event)
    return event
  }

  /** Records an event that outlives the rejection of what caused it: what a module call cost, and that it failed. */
  emitLasting(caused_by: EventCause, kind: string, payload: ValueMap): void {
    this.lasting.push(this.emit(caused_by, kind, payload))
  }

  /** Forgets events from `length` on and gives those that are to last: the caller takes back what they all did to the state, then records these anew. */
  truncate(length: number): readonly LastingEvent[] {
    this.drafts.length = length
    let kept = this.lasting.length
    while (kept > 0 && this.lasting[kept - 1]!.index >= length) kept--
    return this.lasting.splice(kept)
  }

  /** Those recorded so far, as they are now. */
  recorded(): readonly EventDraft[] {
    return this.drafts.slice()
  }

  at(index: number): EventDraft {
    return this.drafts[index]!
  }

  /** The events chained to `prevHash`, and their hashes: those of the leaves of the events tree, so that nothing is hashed twice. */
  close(prevHash: Uint8Array): { readonly events: WorldEvent[]; readonly hashes: Uint8Array[] } {
    const events: WorldEvent[] = []
    const hashes: Uint8Array[] = []
    let prev_hash = prevHash
    for (const draft of this.drafts) {
      const event: WorldEvent = { ...draft, prev_hash }
      prev_hash = eventHash(event)
      events.push(event)
      hashes.push(prev_hash)
    }
    return { events, hashes }
  }
}

/** Hash of an event in the chain and in the events tree: that of an RFC 6962 leaf over its canonical bytes. */
export function eventHash(event: WorldEvent): Uint8Array {
  return leafHash(event as unknown as Value)
}

/** `prev_hash` of the first event of a world. */
export const NO_EVENT_HASH = new Uint8Array(HASH_BYTES)

/** True when each event names the hash of the one before it, beginning with `prevHash`. */
export function isEventChain(events: readonly WorldEvent[], prevHash: Uint8Array): boolean {
  let expected = prevHash
  for (const event of events) {
    if (event.prev_hash.length !== HASH_BYTES || event.prev_hash.some((byte, index) => byte !== expected[index])) return false
    expected = eventHash(event)
  }
  return true
}
