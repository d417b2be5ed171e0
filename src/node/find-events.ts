import { AppError, encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { WorldEvent } from '../world/index.ts'
import type { EventPage, EventQuery } from './api.ts'
import { decodeList } from './stored-blocks.ts'

/** Blocks looked at in one call: some hundredths of a second, so that nothing else waits long. */
const BLOCKS_PER_PAGE = 256
/** Events that fill a page: the block that reaches it is the last one looked at. */
const EVENTS_PER_PAGE = 1_000
const MAX_TEXT = 128

/** One page of the events asked for. Throws `BAD_REQUEST`. */
export async function findEvents(storage: Pick<NodeStorage, 'readEvents' | 'head'>, query: EventQuery): Promise<EventPage> {
  const { from, to } = assertQuery(query)
  const newest = (await storage.head())?.height ?? 0
  const last = Math.min(to, newest)
  const events: WorldEvent[] = []
  let missing = 0
  let at = from
  for (; at <= last && at < from + BLOCKS_PER_PAGE && events.length < EVENTS_PER_PAGE; at++) {
    const encoded = await storage.readEvents(at)
    if (encoded === null) missing++
    else events.push(...eventsIn(encoded, query))
  }
  return { events, next: at <= last ? at : null, missing }
}

function eventsIn(encoded: Uint8Array, { mentions, kind }: EventQuery): WorldEvent[] {
  // Most blocks hold nothing that is wanted, and looking for a text costs far less than decoding.
  if (mentions !== null && !holds(encoded, mentions)) return []
  return decodeList<WorldEvent>(encoded).filter((event) => (
    (kind === null || event.kind.startsWith(kind)) && (mentions === null || holds(encodeCanonical(event as unknown as Value), mentions))
  ))
}

/** One character per byte, so that texts are compared as bytes. */
const BYTES = new TextDecoder('latin1')

/** True when the canonical bytes hold the text: texts stand in them in one piece, as UTF-8. */
function holds(encoded: Uint8Array, text: string): boolean {
  return BYTES.decode(encoded).includes(text)
}

function assertQuery(query: EventQuery): EventQuery {
  const { mentions, kind, from, to } = query
  const isText = (text: string | null): boolean => text === null || (typeof text === 'string' && /^[\x20-\x7e]+$/.test(text) && text.length <= MAX_TEXT)
  if (!isText(mentions) || !isText(kind) || !Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 1 || to < from) {
    throw new AppError('BAD_REQUEST', `Ask for heights from 1 on, and for texts of 1 to ${MAX_TEXT} plain characters.`)
  }
  return query
}
