import { equalBytes, utf8Bytes } from './bytes.ts'
import { CodecError } from './errors.ts'
import type { CodecErrorCode } from './errors.ts'
import { BYTE_ORDER_MARK, DEFAULT_DECODE_LIMITS } from './value.ts'
import type { DecodeLimits } from './value.ts'

const UNSIGNED = 0
const NEGATIVE = 1
const BYTE_STRING = 2
const TEXT_STRING = 3
const ARRAY = 4
const MAP = 5
const TAG = 6
const MAX_SAFE_HIGH_WORD = 0x1fffff // high 32 bits of 2^53 − 1

const PROTO_KEY = utf8Bytes('__proto__')
/** Keys of an unsorted map that are compared one with each other; a map with more keeps the rest by their text. */
const FEW_KEYS = 16
/** Reads keys; `ignoreBOM` keeps every character, so equal texts mean equal bytes. */
const keyDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
const BYTE_ORDER_MARK_BYTES = utf8Bytes(String.fromCharCode(BYTE_ORDER_MARK))

export interface ScanResult {
  readonly items: number
  /** Some integer lies beyond 32 bits: cbor-x decodes those as bigint. */
  readonly wideIntegers: boolean
}

/**
 * One bounded pass over untrusted bytes before any decoder sees them: exactly one item of canonical CBOR
 * (RFC 8949 §4.2.1) in the data model of `Value`. Throws `CodecError`.
 */
export function scanCanonical(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_DECODE_LIMITS): ScanResult {
  if (bytes.length === 0) throw new CodecError('CBOR_EMPTY', 'The message is empty.')
  if (bytes.length > limits.maxBytes) {
    throw new CodecError('CBOR_TOO_LARGE', `The message has ${bytes.length} bytes; at most ${limits.maxBytes} are accepted.`)
  }
  const scanner = new Scanner(bytes, limits)
  scanner.item(0)
  if (scanner.position !== bytes.length) scanner.fail('CBOR_TRAILING_BYTES', 'Bytes follow the end of the message.')
  return { items: scanner.items, wideIntegers: scanner.wideIntegers }
}

class Scanner {
  position = 0
  items = 0
  wideIntegers = false
  /** Where the last text read began, after its head. */
  private textStart = 0
  private readonly bytes: Uint8Array
  private readonly limits: DecodeLimits

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    this.bytes = bytes
    this.limits = limits
  }

  fail(code: CodecErrorCode, message: string): never {
    throw new CodecError(code, message, { offset: this.position })
  }

  item(depth: number): void {
    if (++this.items > this.limits.maxItems) this.fail('CBOR_TOO_MANY_ITEMS', 'The message holds too many items.')
    if (this.position >= this.bytes.length) this.fail('CBOR_TRUNCATED', 'The message ends early.')
    const initial = this.bytes[this.position++]!
    const major = initial >> 5
    const info = initial & 31
    if (major === 7) {
      if (info === 20 || info === 21 || info === 22) return // false, true, null
      this.fail('CBOR_FORBIDDEN_TYPE', 'Floats, undefined and other simple values are not allowed.')
    }
    if (major === TAG) this.fail('CBOR_FORBIDDEN_TYPE', 'Tags are not allowed.')
    const argument = this.argument(major, info)
    switch (major) {
      case UNSIGNED:
      case NEGATIVE:
        return
      case BYTE_STRING:
        this.skip(argument)
        return
      case TEXT_STRING:
        this.text(argument)
        return
      case ARRAY:
        this.enter(depth, argument)
        for (let i = 0; i < argument; i++) this.item(depth + 1)
        return
      case MAP:
        this.enter(depth, argument * 2)
        this.map(depth, argument)
    }
  }

  /** Reads the argument of an initial byte and refuses any that is longer than it need be, or out of range. */
  private argument(major: number, info: number): number {
    if (info < 24) return info
    if (info > 27) this.fail('CBOR_NOT_CANONICAL', 'Indefinite lengths and reserved values are not allowed.')
    const width = 1 << (info - 24)
    if (this.position + width > this.bytes.length) this.fail('CBOR_TRUNCATED', 'The message ends early.')
    const { bytes, position: at } = this
    this.position += width
    if (width === 1) {
      const value = bytes[at]!
      return value < 24 ? this.notMinimal() : value
    }
    if (width === 2) {
      const value = (bytes[at]! << 8) | bytes[at + 1]!
      return value < 0x100 ? this.notMinimal() : value
    }
    const high = word(bytes, at)
    if (width === 4) return high < 0x10000 ? this.notMinimal() : high
    if (high === 0) return this.notMinimal()
    if (major > NEGATIVE) this.fail('CBOR_TRUNCATED', 'The message ends early.') // a length no message has
    const low = word(bytes, at + 4)
    // |n| ≤ 2^53 − 1; a negative integer is −1 − argument, so its argument stops one earlier.
    if (high > MAX_SAFE_HIGH_WORD || (major === NEGATIVE && high === MAX_SAFE_HIGH_WORD && low === 0xffffffff)) {
      this.fail('CBOR_INTEGER_RANGE', 'Integers must lie within ±(2^53 − 1).')
    }
    this.wideIntegers = true
    return high * 0x100000000 + low
  }

  private notMinimal(): never {
    this.fail('CBOR_NOT_CANONICAL', 'An integer or length is encoded longer than necessary.')
  }

  private skip(length: number): void {
    if (length > this.bytes.length - this.position) this.fail('CBOR_TRUNCATED', 'The message ends early.')
    this.position += length
  }

  private enter(depth: number, children: number): void {
    if (depth >= this.limits.maxDepth) this.fail('CBOR_TOO_DEEP', `Nesting is limited to ${this.limits.maxDepth} levels.`)
    if (children > this.bytes.length - this.position) this.fail('CBOR_TRUNCATED', 'The message ends early.')
  }

  private map(depth: number, pairs: number): void {
    const seen = this.limits.unsortedKeys === true ? new SeenKeys(this.bytes) : undefined
    let previousStart = -1
    let previousEnd = -1
    for (let i = 0; i < pairs; i++) {
      const start = this.position
      this.key(depth)
      const { position: end, textStart } = this
      const order = previousStart < 0 ? -1 : compareRanges(this.bytes, previousStart, previousEnd, start, end)
      if (order === 0 || (seen !== undefined && !seen.add(start, textStart, end))) this.fail('CBOR_BAD_KEY', 'A map key occurs twice.')
      if (order > 0 && seen === undefined) this.fail('CBOR_NOT_CANONICAL', 'Map keys are not in canonical order.')
      previousStart = start
      previousEnd = end
      this.item(depth + 1)
    }
  }

  /** Reads a text key. */
  private key(depth: number): void {
    const start = this.position
    if (start < this.bytes.length && this.bytes[start]! >> 5 !== TEXT_STRING) this.fail('CBOR_BAD_KEY', 'Map keys must be text.')
    this.item(depth + 1)
    if (this.position - start === PROTO_KEY.length + 1 && equalBytes(this.bytes.subarray(start + 1, this.position), PROTO_KEY)) {
      this.fail('CBOR_BAD_KEY', 'The key "__proto__" is not allowed.')
    }
  }

  /** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
  private text(length: number): void {
    const { bytes, position: start } = this
    this.textStart = start
    this.skip(length)
    const end = this.position
    let at = start
    if (bytes[start] === BYTE_ORDER_MARK_BYTES[0] && equalBytes(bytes.subarray(start, Math.min(start + 3, end)), BYTE_ORDER_MARK_BYTES)) {
      this.fail('CBOR_BAD_UTF8', 'A text begins with a byte order mark.')
    }
    while (at < end) {
      const lead = bytes[at++]!
      if (lead < 0x80) continue
      const more = lead >= 0xc2 && lead <= 0xdf ? 1 : lead >= 0xe0 && lead <= 0xef ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0
      if (more === 0 || at + more > end) this.fail('CBOR_BAD_UTF8', 'A text is not valid UTF-8.')
      const first = bytes[at]!
      const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
      const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
      if (first < lowest || first > highest) this.fail('CBOR_BAD_UTF8', 'A text is not valid UTF-8.')
      for (let i = 1; i < more; i++) {
        if ((bytes[at + i]! & 0xc0) !== 0x80) this.fail('CBOR_BAD_UTF8', 'A text is not valid UTF-8.')
      }
      at += more
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** Lexicographic order of `bytes[from, to)` and `bytes[otherFrom, otherTo)`. */
function compareRanges(bytes: Uint8Array, from: number, to: number, otherFrom: number, otherTo: number): number {
  const shared = Math.min(to - from, otherTo - otherFrom)
  for (let i = 0; i < shared; i++) {
    const difference = bytes[from + i]! - bytes[otherFrom + i]!
    if (difference !== 0) return difference
  }
  return to - from - (otherTo - otherFrom)
}

/** The keys of one unsorted map so far. Encodings are of shortest form, so equal texts have equal encodings. */
class SeenKeys {
  private readonly bytes: Uint8Array
  private readonly ranges: number[] = []
  private texts: Set<string> | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** False when the key in `bytes[start, end)`, whose text begins at `textStart`, was there already. */
  add(start: number, textStart: number, end: number): boolean {
    const { bytes, ranges } = this
    for (let i = 0; i < ranges.length; i += 2) if (compareRanges(bytes, ranges[i]!, ranges[i + 1]!, start, end) === 0) return false
    if (ranges.length < 2 * FEW_KEYS) {
      ranges.push(start, end)
      return true
    }
    this.texts ??= new Set()
    const { size } = this.texts
    return this.texts.add(keyDecoder.decode(bytes.subarray(textStart, end))).size > size
  }
}
