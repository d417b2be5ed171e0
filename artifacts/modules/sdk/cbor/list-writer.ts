import { Item } from './item'
import { Writer } from './writer'

/** A list whose length need not be known beforehand. */
@unmanaged
export class ListWriter {
  private elements: Writer
  private count: u64

  constructor() {
    this.elements = new Writer()
    this.count = 0
  }

  get length(): u64 {
    return this.count
  }

  int(value: i64): ListWriter {
    this.count++
    this.elements.int(value)
    return this
  }

  /** An ASCII text. */
  text(value: string): ListWriter {
    this.count++
    this.elements.text(value)
    return this
  }

  /** A piece of the input, unchanged. */
  item(value: Item): ListWriter {
    this.count++
    this.elements.item(value)
    return this
  }

  /** One item another writer wrote. */
  put(value: Writer): ListWriter {
    this.count++
    this.elements.append(value)
    return this
  }

  done(): Writer {
    return new Writer().list(this.count).append(this.elements)
  }
}
