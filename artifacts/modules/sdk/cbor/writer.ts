import { packed } from '../memory'
import { ARRAY, BYTE_STRING, FALSE, MAP, NEGATIVE, NULL, SIMPLE, TEXT_STRING, TRUE, UNSIGNED } from './head'
import { Item } from './item'

const INITIAL_BYTES: usize = 256

/**
 * Writes canonical CBOR, one item after the other. Counts of lists and maps come first, as in the encoding; the caller writes that many
 * children, and a map's keys in canonical order. `MapWriter` and `ListWriter` see to both.
 */
@unmanaged
export class Writer {
  /** Address of the first byte; moves when the writer grows. */
  start: usize
  /** Bytes written so far. */
  length: usize
  private capacity: usize

  constructor() {
    this.start = heap.alloc(INITIAL_BYTES)
    this.length = 0
    this.capacity = INITIAL_BYTES
  }

  int(value: i64): Writer {
    if (value >= 0) this.head(UNSIGNED, value as u64)
    else this.head(NEGATIVE, (-1 - value) as u64)
    return this
  }

  bool(value: bool): Writer {
    this.head(SIMPLE, value ? TRUE : FALSE)
    return this
  }

  null(): Writer {
    this.head(SIMPLE, NULL)
    return this
  }

  /** An ASCII text; anything else traps. */
  text(value: string): Writer {
    const length = value.length as usize
    this.head(TEXT_STRING, length as u64)
    this.reserve(length)
    const from = changetype<usize>(value)
    const to = this.start + this.length
    let seen: u16 = 0
    for (let i: usize = 0; i < length; i++) {
      const character = load<u16>(from + (i << 1))
      seen |= character
      store<u8>(to + i, character as u8)
    }
    if (seen > 127) unreachable()
    this.length += length
    return this
  }

  list(count: u64): Writer {
    this.head(ARRAY, count)
    return this
  }

  map(count: u64): Writer {
    this.head(MAP, count)
    return this
  }

  /** A piece of the input, unchanged. */
  item(value: Item): Writer {
    this.copy(value.start, value.end - value.start)
    return this
  }

  /** All that another writer wrote. */
  append(other: Writer): Writer {
    this.copy(other.start, other.length)
    return this
  }

  /** All that another writer wrote, inside a byte string. */
  embed(other: Writer): Writer {
    this.head(BYTE_STRING, other.length as u64)
    return this.append(other)
  }

  pack(): u64 {
    return packed(this.start, this.length)
  }

  private head(major: u32, argument: u64): void {
    this.reserve(9)
    const initial = (major << 5) as u8
    if (argument < 24) return this.byte(initial | (argument as u8))
    const widthBits: u32 = argument < 0x100 ? 0 : argument < 0x10000 ? 1 : argument < 0x100000000 ? 2 : 3
    this.byte(initial | ((24 + widthBits) as u8))
    for (let shift: i32 = (8 << widthBits) - 8; shift >= 0; shift -= 8) this.byte((argument >> (shift as u64)) as u8)
  }

  private byte(value: u8): void {
    store<u8>(this.start + this.length, value)
    this.length++
  }

  private copy(from: usize, length: usize): void {
    this.reserve(length)
    memory.copy(this.start + this.length, from, length)
    this.length += length
  }

  private reserve(more: usize): void {
    const needed = this.length + more
    if (needed <= this.capacity) return
    this.capacity = max(needed, this.capacity * 2)
    const grown = heap.alloc(this.capacity)
    memory.copy(grown, this.start, this.length)
    this.start = grown
  }
}
