import { Decoder, Encoder } from 'cbor-x/index-no-eval'
import { compareBytes, utf8Bytes } from './bytes.ts'
import { CodecError } from './errors.ts'
import { scanCanonical } from './scan.ts'
import { DEFAULT_DECODE_LIMITS } from './value.ts'
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
  const shared = encoder.encode(normalise(value, 0)) as Uint8Array
  return shared.slice() // cbor-x hands out a view into a pool it reuses
}

/** Decodes exactly one canonical item. Throws `CodecError`; byte strings in the result are copies. */
export function decodeCanonical(bytes: Uint8Array, limits: DecodeLimits = DEFAULT_DECODE_LIMITS): Value {
  const { wideIntegers } = scanCanonical(bytes, limits)
  const decoded = decoder.decode(bytes) as Value
  return wideIntegers ? narrowIntegers(decoded) : decoded
}

function narrowIntegers(value: Value | bigint): Value {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(narrowIntegers)
  return Object.fromEntries(Object.entries(value as ValueMap).map(([key, entry]) => [key, narrowIntegers(entry)]))
}

function unencodable(message: string): never {
  throw new CodecError('CBOR_UNENCODABLE', message)
}

/** The value with map keys in canonical order and large integers as cbor-x wants them; the same object where nothing changes. */
function normalise(value: Value, depth: number): unknown {
  switch (typeof value) {
    case 'boolean':
      return value
    case 'string':
      if (!value.isWellFormed()) unencodable('A text has a lone surrogate.')
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

function normaliseArray(items: readonly Value[], depth: number): unknown[] {
  const result: unknown[] = new Array(items.length)
  for (let i = 0; i < items.length; i++) result[i] = normalise(items[i]!, depth + 1)
  return result
}

function normaliseMap(map: ValueMap, depth: number): Map<string, unknown> {
  const prototype = Object.getPrototypeOf(map)
  if (prototype !== Object.prototype && prototype !== null) unencodable('Only plain objects can be encoded.')
  const keys = Object.keys(map)
  for (const key of keys) {
    if (key === '__proto__' || !key.isWellFormed()) unencodable('A map key is not allowed.')
  }
  if (keys.length > 1) keys.sort(compareKeys)
  const sorted = new Map<string, unknown>()
  for (const key of keys) sorted.set(key, normalise(map[key]!, depth + 1))
  return sorted
}

/** Canonical order of text keys: shorter encoding first, then bytewise. */
export function compareKeys(a: string, b: string): number {
  if (isAscii(a) && isAscii(b)) return a.length !== b.length ? a.length - b.length : a < b ? -1 : a > b ? 1 : 0
  const left = utf8Bytes(a)
  const right = utf8Bytes(b)
  return left.length !== right.length ? left.length - right.length : compareBytes(left, right)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
