import { readFileSync, statSync } from 'node:fs'
import { AppError, fromHex, toHex } from '../../codec/index.ts'
import type { Value, ValueMap } from '../../codec/index.ts'

/** More than any action or manifest needs. */
const MAX_JSON_BYTES = 1 << 20
const BYTES = '$hex'

/** A value as JSON; byte strings as `{"$hex": "…"}`, so that it can be read back. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return { [BYTES]: toHex(value) }
  if (Array.isArray(value)) return value.map(toJson)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined).map(([name, field]) => [name, toJson(field)]))
  return value
}

export const jsonText = (value: unknown): string => JSON.stringify(toJson(value), null, 2)

/** A value out of parsed JSON; `{"$hex": "…"}` becomes bytes. Throws `JSON_INVALID` naming the place. */
export function fromJson(json: unknown, path = ''): Value {
  if (typeof json === 'number' && !Number.isSafeInteger(json)) throw invalid(path, `${json} is no whole number`)
  if (Array.isArray(json)) return json.map((item, index) => fromJson(item, `${path}[${index}]`))
  if (typeof json !== 'object' || json === null) return json as Value
  const entries = Object.entries(json)
  if (entries.length === 1 && entries[0]![0] === BYTES) return bytesOf(entries[0]![1], path)
  return Object.fromEntries(entries.map(([name, field]) => [name, fromJson(field, path === '' ? name : `${path}.${name}`)])) as ValueMap
}

function bytesOf(text: unknown, path: string): Uint8Array {
  if (typeof text !== 'string' || !/^([0-9a-f]{2})*$/.test(text)) throw invalid(path, `"${BYTES}" takes lowercase hex digits, two a byte`)
  return fromHex(text)
}

function invalid(path: string, why: string): AppError {
  return new AppError('JSON_INVALID', `${path === '' ? 'The JSON' : `"${path}"`} cannot be used: ${why}. Bytes are written {"${BYTES}": "<hex>"}.`, { path })
}

/** Throws `FILE_UNREADABLE`, `FILE_TOO_LARGE`, `JSON_INVALID`. */
export function readJson(file: string): Value {
  return fromJson(readRawJson(file))
}

/** The same without looking for bytes in it. */
export function readRawJson(file: string): unknown {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > MAX_JSON_BYTES) throw new AppError('FILE_TOO_LARGE', `${file} has ${size} bytes; at most ${MAX_JSON_BYTES} are read. Choose another file.`, { file, size })
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('FILE_UNREADABLE', `${file} cannot be read. Check the name.`, { file }, { cause })
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('JSON_INVALID', `${file} is not JSON (${cause instanceof Error ? cause.message : String(cause)}). Mend it.`, { file }, { cause })
  }
}
