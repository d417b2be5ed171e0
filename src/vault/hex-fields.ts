import { fromHex, schema, toHex } from '../codec/index.ts'
import type { Schema } from '../codec/index.ts'

/** Bytes in a JSON file: exactly `length` bytes as lowercase hex. */
export function hexBytes(length: number): Schema<Uint8Array> {
  const digits = schema.text(2 * length, new RegExp(`^[0-9a-f]{${2 * length}}$`))
  return { parse: (value, path) => fromHex(digits.parse(value, path)) }
}

/** A value with every byte string replaced by its hex, for JSON and for people. */
export function withHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(withHex)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withHex(field)]))
  return value
}
