import { isBefore } from './check'
import { Item, skip } from './item'
import { Writer } from './writer'

/**
 * A canonical map whose fields may be given in any order: each is moved to its place. In canonical order (shorter names first, then
 * bytewise; as `Item.entries` gives them) nothing moves. A name given twice traps.
 */
@unmanaged
export class MapWriter {
  private fields: Writer
  private count: u64
  /** Offset of the field with the greatest key: the last one. */
  private last: usize

  constructor() {
    this.fields = new Writer()
    this.count = 0
    this.last = 0
  }

  int(name: string, value: i64): MapWriter {
    const start = this.fields.length
    this.fields.text(name).int(value)
    return this.settle(start)
  }

  bool(name: string, value: bool): MapWriter {
    const start = this.fields.length
    this.fields.text(name).bool(value)
    return this.settle(start)
  }

  null(name: string): MapWriter {
    const start = this.fields.length
    this.fields.text(name).null()
    return this.settle(start)
  }

  /** An ASCII text. */
  text(name: string, value: string): MapWriter {
    const start = this.fields.length
    this.fields.text(name).text(value)
    return this.settle(start)
  }

  /** A piece of the input, unchanged. */
  item(name: string, value: Item): MapWriter {
    const start = this.fields.length
    this.fields.text(name).item(value)
    return this.settle(start)
  }

  /** One item another writer wrote. */
  put(name: string, value: Writer): MapWriter {
    const start = this.fields.length
    this.fields.text(name).append(value)
    return this.settle(start)
  }

  // The same under a key that is a text of the input, such as the id of an agent.

  intAt(key: Item, value: i64): MapWriter {
    const start = this.fields.length
    this.fields.item(key).int(value)
    return this.settle(start)
  }

  itemAt(key: Item, value: Item): MapWriter {
    const start = this.fields.length
    this.fields.item(key).item(value)
    return this.settle(start)
  }

  putAt(key: Item, value: Writer): MapWriter {
    const start = this.fields.length
    this.fields.item(key).append(value)
    return this.settle(start)
  }

  done(): Writer {
    return new Writer().map(this.count).append(this.fields)
  }

  /** Moves the field just written at offset `from` before the first one whose key is greater. */
  private settle(from: usize): MapWriter {
    const base = this.fields.start
    const added = base + from
    if (this.count++ == 0 || isBefore(base + this.last, added)) {
      this.last = from
      return this
    }
    let place = base
    while (isBefore(place, added)) place = skip(skip(place))
    if (!isBefore(added, place)) unreachable()
    const size = this.fields.length - from
    const moved = heap.alloc(size)
    memory.copy(moved, added, size)
    memory.copy(place + size, place, added - place)
    memory.copy(place, moved, size)
    this.last += size
    return this
  }
}
