import { decodeCanonical } from './decode.ts'
import { CodecError } from './errors.ts'
import type { DecodeLimits, Value, ValueMap } from './value.ts'

/**
 * Says which values a field may hold and gives them a type. `parse` throws `SCHEMA_MISMATCH` naming the path of the first
 * field that does not fit; unknown fields are refused, so nothing unhashed or unsigned rides along.
 */
export interface Schema<T> {
  readonly parse: (value: Value | undefined, path: string) => T
}

export type Infer<S> = S extends Schema<infer T> ? T : never

function mismatch(path: string, expected: string): never {
  throw new CodecError('SCHEMA_MISMATCH', `${path || 'The message'} must be ${expected}.`, { path })
}

/** An integer within [min, max]; both default to what state may hold, min to 0. */
export function int(min = 0, max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return {
    parse: (value, path) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : mismatch(path, `an integer from ${min} to ${max}`),
  }
}

/** A text of at most `maxLength` UTF-16 units, optionally matching a pattern. */
export function text(maxLength: number, pattern?: RegExp): Schema<string> {
  return {
    parse: (value, path) =>
      typeof value === 'string' && value.length <= maxLength && (pattern === undefined || pattern.test(value))
        ? value
        : mismatch(path, `a text of at most ${maxLength} characters${pattern === undefined ? '' : ` matching ${pattern.source}`}`),
  }
}

/** A byte string of exactly `length` bytes. */
export function fixedBytes(length: number): Schema<Uint8Array> {
  return {
    parse: (value, path) => (value instanceof Uint8Array && value.length === length ? value : mismatch(path, `${length} bytes`)),
  }
}

/** A byte string of at most `maxLength` bytes. */
export function bytes(maxLength: number): Schema<Uint8Array> {
  return {
    parse: (value, path) =>
      value instanceof Uint8Array && value.length <= maxLength ? value : mismatch(path, `at most ${maxLength} bytes`),
  }
}

export function bool(): Schema<boolean> {
  return { parse: (value, path) => (typeof value === 'boolean' ? value : mismatch(path, 'true or false')) }
}

export function literal<const T extends string | number | boolean | null>(...allowed: readonly T[]): Schema<T> {
  return {
    parse: (value, path) => (allowed.includes(value as T) ? (value as T) : mismatch(path, `one of ${allowed.join(', ')}`)),
  }
}

export function nullable<T>(inner: Schema<T>): Schema<T | null> {
  return { parse: (value, path) => (value === null ? null : inner.parse(value, path)) }
}

/** A field that may be absent from its map (never present as null). */
export function optional<T>(inner: Schema<T>): Schema<T | undefined> {
  return { parse: (value, path) => (value === undefined ? undefined : inner.parse(value, path)) }
}

export function array<T>(item: Schema<T>, maxLength: number): Schema<readonly T[]> {
  return {
    parse: (value, path) => {
      if (!Array.isArray(value) || value.length > maxLength) mismatch(path, `a list of at most ${maxLength} entries`)
      return value.map((entry, index) => item.parse(entry, `${path}[${index}]`))
    },
  }
}

/** A map from text keys to one kind of value. */
export function record<T>(item: Schema<T>, maxEntries: number, maxKeyLength: number): Schema<Readonly<Record<string, T>>> {
  return {
    parse: (value, path) => {
      const map = asMap(value, path)
      const keys = Object.keys(map)
      if (keys.length > maxEntries) mismatch(path, `a map of at most ${maxEntries} entries`)
      const result: Record<string, T> = {}
      for (const key of keys) {
        if (key.length > maxKeyLength) mismatch(path, `a map with keys of at most ${maxKeyLength} characters`)
        if (key === '__proto__') mismatch(path, 'a map without a key "__proto__"') // assigned below, it would replace the prototype
        result[key] = item.parse(map[key], `${path}.${key}`)
      }
      return result
    },
  }
}

type Fields = Readonly<Record<string, Schema<unknown>>>
type OptionalKeys<F extends Fields> = { [K in keyof F]: undefined extends Infer<F[K]> ? K : never }[keyof F]
type ObjectOf<F extends Fields> = { readonly [K in Exclude<keyof F, OptionalKeys<F>>]: Infer<F[K]> } & {
  readonly [K in OptionalKeys<F>]?: Exclude<Infer<F[K]>, undefined>
}

/** A map with exactly these fields. */
export function object<const F extends Fields>(fields: F): Schema<ObjectOf<F>> {
  const names = Object.keys(fields)
  return {
    parse: (value, path) => {
      const map = asMap(value, path)
      let present = 0
      const result: Record<string, unknown> = {}
      for (const name of names) {
        const at = path === '' ? name : `${path}.${name}`
        const raw = Object.hasOwn(map, name) ? map[name] : undefined
        const parsed = fields[name]!.parse(raw, at)
        if (raw === undefined) continue
        present++
        result[name] = parsed
      }
      if (present !== Object.keys(map).length) {
        const unknown = Object.keys(map).find((key) => !Object.hasOwn(fields, key))
        mismatch(path, `free of unknown fields (found "${unknown}")`)
      }
      return result as ObjectOf<F>
    },
  }
}

/** One of several maps, told apart by the text in field `tag`. */
export function union<const V extends Readonly<Record<string, Schema<unknown>>>>(tag: string, variants: V): Schema<Infer<V[keyof V]>> {
  return {
    parse: (value, path) => {
      const map = asMap(value, path)
      const name = Object.hasOwn(map, tag) ? map[tag] : undefined
      if (typeof name !== 'string' || !Object.hasOwn(variants, name)) {
        mismatch(path === '' ? tag : `${path}.${tag}`, `one of ${Object.keys(variants).join(', ')}`)
      }
      return variants[name]!.parse(value, path) as Infer<V[keyof V]>
    },
  }
}

/** Anything in the data model, unchanged. */
export function anyValue(): Schema<Value> {
  return { parse: (value, path) => (value === undefined ? mismatch(path, 'present') : value) }
}

function asMap(value: Value | undefined, path: string): ValueMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) mismatch(path, 'a map')
  return value as ValueMap
}

/** Strict decode and shape check in one step. */
export function decodeWith<T>(schema: Schema<T>, encoded: Uint8Array, limits?: DecodeLimits): T {
  return schema.parse(decodeCanonical(encoded, limits), '')
}
