import { Encoder } from 'cbor-x/index-no-eval'
import { compareKeys } from '../encode.ts'
import { CodecError } from '../errors.ts'
import { BYTE_ORDER_MARK, DEFAULT_DECODE_LIMITS } from '../value.ts'
import type { Value, ValueMap } from '../value.ts'

const encoder = new Encoder({
  useRecords: false,
  mapsAsObjects: false,
  variableMapSize: true,
  useTag259ForMaps: false,
  tagUint8Array: false,
} as object)

/** `encodeCanonical` by another hand: values brought into canonical order, then written by cbor-x. What tests hold the encoder against. */
export function encodeByReference(value: Value): Uint8Array {
  // A copy: cbor-x hands out a view into a pool it shares, and in Node that view is a Buffer, whose `slice` copies nothing.
  return new Uint8Array(encoder.encode(normalise(value, 0)) as Uint8Array)
}

function unencodable(message: string): never {
  throw new CodecError('CBOR_UNENCODABLE', message)
}

/** The value as cbor-x must see it to write canonical bytes: maps as Maps in canonical key order, integers beyond 32 bits as bigint. */
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
      return Array.isArray(value) ? Array.from(value as readonly Value[], (item) => normalise(item, depth + 1)) : normaliseMap(value as ValueMap, depth)
    default:
      return unencodable(`A ${typeof value} cannot be encoded.`)
  }
}

function normaliseMap(map: ValueMap, depth: number): Map<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(map)
  if (prototype !== Object.prototype && prototype !== null) unencodable('Only plain objects can be encoded.')
  const keys = Object.keys(map).sort(compareKeys)
  for (const key of keys) if (!isEncodableText(key) || key === '__proto__') unencodable('A map key cannot be encoded.')
  return new Map(keys.map((key) => [key, normalise(map[key]!, depth + 1)]))
}

function isEncodableText(text: string): boolean {
  return text.isWellFormed() && text.charCodeAt(0) !== BYTE_ORDER_MARK
}
