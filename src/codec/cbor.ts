import { Decoder, Encoder } from 'cbor-x/index-no-eval'
import { compareBytes, utf8Bytes } from './bytes.ts'
import { CodecError } from './errors.ts'
import { scanCanonical } from './scan.ts'
import { BYTE_ORDER_MARK, DEFAULT_DECODE_LIMITS } from './value.ts'
import type { DecodeLimits, Value, ValueMap } from './value.ts'

// cbor-x alone is neither deterministic nor safe (DESIGN §4); these options plus `scanCanonical` before it and
// `normalise` before encoding are what makes it both. `index-no-eval` keeps it quiet under a strict page policy.
const encoder = new Encoder({
  useRecords: false,
  mapsAsObjects: false,
  variableMapSize: true,
  useTag259ForMaps: false,
  tagUint8Array: false,
} as object)
// `int64AsNumber` decodes wide negative integers wrongly, so wide integers come as bigint and are narrowed after.
const decoder = new Decoder({ useRecords: false, mapsAsObjects: true, copyBuffers: true } as object)

/**
 * Canonical CBOR (RFC 8949 §4.2.1) of a value: equal values give equal bytes on every engine.
 * Throws `CBOR_UNENCODABLE` for anything outside the data model (floats, undefined, lone surrogates, class instances).
 */
export function encodeCanonical(value: Value): Uint8Array {
  // A copy: cbor-x hands out a view into a pool it shares, and in Node that view is a Buffer, whose `slice` copies nothing.
  return new Uint8Array(encoder.encode(normalise(value, 0)) as Uint8Array)
}

/** Decodes exactly one canonical item. Throws `CodecError`; byte strings in the result are copies. */
export function decodeCanonical(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_DECODE_LIMITS): Value {
  const { wideIntegers } = scanCanonical(bytes, limits)
  // A view of its own: cbor-x hangs a property on what it reads, and would answer in Buffers when given one.
  const decoded = decoder.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as Wide
  return wideIntegers ? narrow(decoded) : (decoded as Value)
}

/** What cbor-x decodes: integers beyond 32 bits are bigint. */
type Wide = Value | bigint

/** The value with its bigints as numbers, changed in place: the decoder has just made it and nobody else holds it. */
function narrow(value: Wide): Value {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = narrow(value[i] as Wide)
    return value
  }
  const map = value as Record<string, Value>
  for (const key of Object.keys(map)) map[key] = narrow(map[key] as Wide)
  return map
}

function unencodable(message: string): never {
  throw new CodecError('CBOR_UNENCODABLE', message)
}

/**
 * The value as cbor-x must see it to write canonical bytes: maps in canonical key order, integers beyond 32 bits as bigint.
 * What is in order already comes back as it is, without a copy.
 */
function normalise(value: Value, depth: number): unknown {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      if (!isEncodableText(value)) unencodable('A text has a lone surrogate or begins with a byte order mark.')
      return value
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) unencodable(`${value} is not an integer within ±(2^53 − 1).`)
      return value <= 0xffffffff && value >= -0x100000000 ? value : BigInt(value) // cbor-x writes larger numbers as floats
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      if (depth >= DEFAULT_DECODE_LIMITS.maxDepth) unencodable('The value is nested too deeply.')
      return Array.isArray(value) ? normaliseArray(value, depth) : normaliseMap(value as ValueMap, depth)
    default:
      return unencodable(`A ${typeof value} cannot be encoded.`)
  }
}

function isEncodableText(text: string): boolean {
  return text.isWellFormed() && text.charCodeAt(0) !== BYTE_ORDER_MARK
}

function normaliseArray(items: readonly Value[], depth: number): readonly unknown[] {
  // cbor-x looks at `constructor`; anything but a plain array takes the copy.
  let result: unknown[] | undefined = items.constructor === Array ? undefined : []
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!
    const normal = normalise(item, depth + 1)
    if (result === undefined && normal !== item) result = items.slice(0, i)
    if (result !== undefined) result[i] = normal
  }
  return result ?? items
}

function normaliseMap(map: ValueMap, depth: number): unknown {
  const prototype = Object.getPrototypeOf(map)
  if (prototype !== Object.prototype && prototype !== null) unencodable('Only plain objects can be encoded.')
  const keys = Object.keys(map)
  const inOrder = sortKeys(keys)
  // cbor-x tells plain objects by `constructor`, which a key of that name hides: such a map goes by way of Map.
  let result: Map<string, unknown> | undefined = inOrder && map.constructor === Object ? undefined : new Map()
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const value = map[key]!
    const normal = normalise(value, depth + 1)
    if (result === undefined && normal !== value) {
      result = new Map()
      for (let before = 0; before < i; before++) result.set(keys[before]!, map[keys[before]!])
    }
    result?.set(key, normal)
  }
  return result ?? map
}

/** Above this many keys the engine's sort beats insertion; below it, nearly all maps are, and many are in order already. */
const INSERTION_SORT_KEYS = 24

/** Puts keys in canonical order, in place, after refusing those that cannot be encoded; true when they were in order already. */
function sortKeys(keys: string[]): boolean {
  const compare = checkKeys(keys) ? compareAscii : compareKeys
  if (keys.length > INSERTION_SORT_KEYS) {
    const inOrder = keys.every((key, i) => i === 0 || compare(keys[i - 1]!, key) < 0)
    if (!inOrder) keys.sort(compare)
    return inOrder
  }
  let inOrder = true
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!
    let at = i
    while (at > 0 && compare(keys[at - 1]!, key) > 0) {
      keys[at] = keys[at - 1]!
      at--
    }
    if (at < i) {
      keys[at] = key
      inOrder = false
    }
  }
  return inOrder
}

/** Refuses keys that cannot be encoded; true when all are ASCII, whose canonical order needs no UTF-8. */
function checkKeys(keys: readonly string[]): boolean {
  let ascii = true
  for (const key of keys) {
    if (isAscii(key)) {
      if (key === '__proto__') unencodable('The map key "__proto__" is not allowed.')
    } else {
      if (!isEncodableText(key)) unencodable('A map key has a lone surrogate or begins with a byte order mark.')
      ascii = false
    }
  }
  return ascii
}

/** Canonical order of text keys: shorter encoding first, then bytewise. */
export function compareKeys(a: string, b: string): number {
  if (isAscii(a) && isAscii(b)) return compareAscii(a, b)
  const left = utf8Bytes(a)
  const right = utf8Bytes(b)
  return left.length !== right.length ? left.length - right.length : compareBytes(left, right)
}

function compareAscii(a: string, b: string): number {
  return a.length !== b.length ? a.length - b.length : a < b ? -1 : a > b ? 1 : 0
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
