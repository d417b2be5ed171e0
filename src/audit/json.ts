import { fromHex, toHex } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'

/** Stands for bytes: `{"$hex": "00ff"}`. Keys of maps that begin with "$" get another one, so that nothing else looks like it. */
const BYTES = '$hex'

/** A value as JSON can hold it; `fromJson` gives exactly the value again. */
export function toJson(value: Value): unknown {
  if (value instanceof Uint8Array) return { [BYTES]: toHex(value) }
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key.startsWith('$') ? `$${key}` : key, toJson(entry as Value)]))
}

/** Throws `CodecError` for hex that is none; other than that takes whatever `JSON.parse` gives, to be checked by a schema. */
export function fromJson(json: unknown): Value {
  if (Array.isArray(json)) return json.map(fromJson)
  if (typeof json !== 'object' || json === null) return json as Value
  const entries = Object.entries(json)
  if (entries.length === 1 && entries[0]![0] === BYTES) return fromHex(entries[0]![1] as string)
  return Object.fromEntries(entries.map(([key, entry]) => [key.startsWith('$') ? key.slice(1) : key, fromJson(entry)]))
}
