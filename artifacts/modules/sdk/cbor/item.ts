import { checkCanonical } from './check'
import {
  ARRAY, BYTE_STRING, MAP, NEGATIVE, NO_END, NULL, SIMPLE, TEXT_STRING, TRUE, UNSIGNED, headArgument, headEnd, headMajor, readHead,
} from './head'

/**
 * One item of checked canonical CBOR: the reference is the address of its first byte, where the host wrote it, so reading allocates
 * nothing. Asking for a type it has not, or for a field that is missing, traps.
 */
@unmanaged
export class Item {
  /** Checks [start, end) strictly. Every other item comes from one made here. */
  static decode(start: usize, end: usize): Item {
    checkCanonical(start, end)
    return changetype<Item>(start)
  }

  get start(): usize {
    return changetype<usize>(this)
  }

  /** Address after its last byte. */
  get end(): usize {
    return skip(this.start)
  }

  isNull(): bool {
    readHead(this.start, NO_END)
    return headMajor == SIMPLE && headArgument == NULL
  }

  /** An integer within ±(2^53 − 1). */
  int(): i64 {
    readHead(this.start, NO_END)
    if (headMajor == UNSIGNED) return headArgument as i64
    if (headMajor != NEGATIVE) unreachable()
    return -1 - (headArgument as i64)
  }

  bool(): bool {
    readHead(this.start, NO_END)
    if (headMajor != SIMPLE || headArgument == NULL) unreachable()
    return headArgument == TRUE
  }

  /** True when `other` is the same value: canonical items are equal when their bytes are. */
  equals(other: Item): bool {
    const length = this.end - this.start
    return other.end - other.start == length && memory.compare(this.start, other.start, length) == 0
  }

  /** True when this is the given text. `expected` is ASCII: names and codes are. */
  isText(expected: string): bool {
    readHead(this.start, NO_END)
    if (headMajor != TEXT_STRING) unreachable()
    return isTextAtHead(expected)
  }

  /** The canonical CBOR inside a byte string. */
  embedded(): Item {
    readHead(this.start, NO_END)
    if (headMajor != BYTE_STRING) unreachable()
    return Item.decode(headEnd, headEnd + (headArgument as usize))
  }

  /** The value of a map's field, or null when the map has none of that name. `name` is ASCII. */
  find(name: string): Item | null {
    readHead(this.start, NO_END)
    if (headMajor != MAP) unreachable()
    let at = headEnd
    for (let left = headArgument; left > 0; left--) {
      readHead(at, NO_END)
      const value = headEnd + (headArgument as usize)
      if (isTextAtHead(name)) return changetype<Item>(value)
      at = skip(value)
    }
    return null
  }

  /** The value of a field that must be there. */
  field(name: string): Item {
    return present(this.find(name))
  }

  /** The integer of a field; `otherwise` when the map has none of that name. */
  intOr(name: string, otherwise: i64): i64 {
    const found = this.find(name)
    return found ? found.int() : otherwise
  }

  /** The value under a key that is itself a text of the input, such as the id of an agent; null when there is none. */
  findAt(key: Item): Item | null {
    const entries = this.entries()
    while (entries.next()) if (entries.key.equals(key)) return entries.value
    return null
  }

  /** The fields of a map, in canonical order of their names. */
  entries(): MapCursor {
    readHead(this.start, NO_END)
    if (headMajor != MAP) unreachable()
    return new MapCursor(headEnd, headArgument)
  }

  /** The elements of a list, in order. */
  list(): ListCursor {
    readHead(this.start, NO_END)
    if (headMajor != ARRAY) unreachable()
    return new ListCursor(headEnd, headArgument)
  }
}

/** What must be there: traps on null. */
export function present(item: Item | null): Item {
  if (item) return item
  return unreachable()
}

/** `while (fields.next()) use(fields.key, fields.value)` */
@unmanaged
export class MapCursor {
  key: Item
  value: Item
  private at: usize
  private left: u64

  constructor(at: usize, left: u64) {
    this.key = changetype<Item>(at)
    this.value = changetype<Item>(at)
    this.at = at
    this.left = left
  }

  /** Goes to the next field; false when there is none. */
  next(): bool {
    if (this.left == 0) return false
    this.left--
    const value = skip(this.at)
    this.key = changetype<Item>(this.at)
    this.value = changetype<Item>(value)
    this.at = skip(value)
    return true
  }
}

@unmanaged
export class ListCursor {
  private at: usize
  private left: u64

  constructor(at: usize, left: u64) {
    this.at = at
    this.left = left
  }

  hasNext(): bool {
    return this.left > 0
  }

  next(): Item {
    if (this.left == 0) unreachable()
    this.left--
    const start = this.at
    this.at = skip(start)
    return changetype<Item>(start)
  }
}

/** Address after the checked item at `at`: a walk over heads, without recursion. */
export function skip(at: usize): usize {
  for (let left: u64 = 1; left > 0; left--) {
    readHead(at, NO_END)
    at = headEnd
    if (headMajor == BYTE_STRING || headMajor == TEXT_STRING) at += headArgument as usize
    else if (headMajor == ARRAY) left += headArgument
    else if (headMajor == MAP) left += headArgument * 2
  }
  return at
}

/** Whether the text whose head was just read is `expected`. */
function isTextAtHead(expected: string): bool {
  const length = expected.length
  if (headArgument != (length as u64)) return false
  const characters = changetype<usize>(expected)
  for (let i: usize = 0; i < (length as usize); i++) if (load<u8>(headEnd + i) as u16 != load<u16>(characters + (i << 1))) return false
  return true
}
