import { EventCall, Item, ListCursor, ListWriter, Output, Writer, decodeEventCall } from '../../sdk'
export { alloc } from '../../sdk'

/** Events remembered; the oldest is forgotten first. */
const CAPACITY: i32 = 128

/**
 * Remembers what happened: a list of {kind, agent, height}, oldest first; `agent` is null where no one agent did it. Which events are
 * worth remembering is for the manifest to say.
 */
export function reduce(ptr: usize, len: usize): u64 {
  const call = decodeEventCall(ptr, len)
  const memories = new ListWriter()
  const known = call.state
  if (known) {
    const surplus = countOf(known.list()) - (CAPACITY - 1)
    const cursor = known.list()
    for (let i: i32 = 0; i < surplus; i++) cursor.next()
    while (cursor.hasNext()) memories.item(cursor.next())
  }
  return new Output().keep(memories.put(remembered(call)).done()).pack()
}

function countOf(cursor: ListCursor): i32 {
  let count: i32 = 0
  while (cursor.hasNext()) {
    cursor.next()
    count++
  }
  return count
}

function remembered(call: EventCall): Writer {
  const writer = new Writer().map(3).text('kind').item(call.kind).text('agent')
  const agent = whoseDoing(call.payload)
  if (agent) writer.item(agent)
  else writer.null()
  return writer.text('height').int(call.height)
}

function whoseDoing(payload: Item): Item | null {
  const agent = payload.find('agent')
  return agent ? agent : payload.find('buyer')
}
