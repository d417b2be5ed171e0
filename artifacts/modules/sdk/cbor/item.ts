import { checkCanonical } from './check'
import {
  ARRAY, BYTE_STRING, FALSE, MAP, NEGATIVE, NULL, SIMPLE, TEXT_STRING, TRUE, UNSIGNED, headArgument, headEnd, headMajor, readHead,
} from './head'

/**
 * One item of checked canonical CBOR, still where the host wrote it. Asking for a type it has not, or for a field that is
 * missing, traps.
 */
export class Item {
  /** First byte of the encoding. */
  start: usize
  /** Address after its last byte. */
  end: usize

  constructor(start: usize, end: usize) {
    this.start = start
    this.end = end
  }

  /** Checks [start, end) strictly. Every other item comes from one made here. */
  static decode(start: usize, end: usize): Item {
    checkCanonical(start, end)
    return new Item(start, end)
  }

  isNull(): bool {
    readHead(this.start, this.end)
    return headMajor == SIMPLE && headArgument == NULL
  }

  /** An integer within ±(2^53 − 1). */
  int(): i64 {
    readHead(this.start, this.end)
    if (headMajor == UNSIGNED) return headArgument as i64
    if (headMajor != NEGATIVE) unreachable()
    return -1 - (headArgument as i64)
  }

  bool(): bool {
    readHead(this.start, this.end)
    if (headMajor != SIMPLE || (headArgument != FALSE && headArgument != TRUE)) unreachable()
    return headArgument == TRUE
  }

  /** True when this is the given text. `expected` is ASCII: names and codes are. */
  isText(expected: string): bool {
    readHead(this.start, this.end)
    if (headMajor != TEXT_STRING) unreachable()
    return sameText(headEnd, this.end, expected)
  }

  /** The canonical CBOR inside a byte string. */
  embedded(): Item {
    readHead(this.start, this.end)
    if (headMajor != BYTE_STRING) unreachable()
    return Item.decode(headEnd, this.end)
  }

  /** The value of a map's field, or null when the map has none of that name. `name` is ASCII. */
  find(name: string): Item | null {
    readHead(this.start, this.end)
    if (headMajor != MAP) unreachable()
    let at = headEnd
    for (let left = headArgument; left > 0; left--) {
      const value = skip(at, this.end)
      readHead(at, this.end)
      const found = sameText(headEnd, value, name)
      at = skip(value, this.end)
      if (found) return new Item(value, at)
    }
    return null
  }

  /** The value of a field that must be there. */
  field(name: string): Item {
    return this.find(name)!
  }

  /** The elements of a list, in order. */
  list(): ListCursor {
    readHead(this.start, this.end)
    if (headMajor != ARRAY) unreachable()
    return new ListCursor(headEnd, this.end, headArgument)
  }
}

export class ListCursor {
  private at: usize
  private end: usize
  private left: u64

  constructor(at: usize, end: usize, left: u64) {
    this.at = at
    this.end = end
    this.left = left
  }

  hasNext(): bool {
    return this.left > 0
  }

  next(): Item {
    if (this.left == 0) unreachable()
    this.left--
    const start = this.at
    this.at = skip(start, this.end)
    return new Item(start, this.at)
  }
}

/** Address after the checked item at `at`: a walk over heads, without recursion. */
function skip(at: usize, end: usize): usize {
  for (let left: u64 = 1; left > 0; left--) {
    readHead(at, end)
    at = headEnd
    if (headMajor == BYTE_STRING || headMajor == TEXT_STRING) at += headArgument as usize
    else if (headMajor == ARRAY) left += headArgument
    else if (headMajor == MAP) left += headArgument * 2
  }
  return at
}

function sameText(at: usize, end: usize, expected: string): bool {
  const length = expected.length
  if (end - at != (length as usize)) return false
  for (let i = 0; i < length; i++) if ((load<u8>(at + (i as usize)) as i32) != expected.charCodeAt(i)) return false
  return true
}
