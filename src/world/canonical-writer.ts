import { compareBytes, compareKeys, DEFAULT_DECODE_LIMITS, encodeCanonical } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import { sha256 } from './sha256.ts'

/**
 * Codec's `encodeCanonical` for the records, events and receipts of a block: the same bytes in one pass, about three times as fast.
 * It writes plain values itself and leaves everything unusual (texts beyond ASCII, strange keys, values outside the data model) to codec,
 * which also throws for what cannot be encoded.
 */
export function encodeFast(value: Value): Uint8Array {
  at = 0
  whole = value
  write(value, 0)
  return buffer.slice(0, at)
}

/** SHA-256 of `prefix` and the canonical bytes, without a copy of them. */
export function hashFast(prefix: number, value: Value): Uint8Array {
  at = 0
  whole = value
  writeByte(prefix)
  write(value, 0)
  return sha256(buffer.subarray(0, at))
}

const UNSIGNED = 0x00
const NEGATIVE = 0x20
const BYTES = 0x40
const TEXT = 0x60
const LIST = 0x80
const MAP = 0xa0
const FALSE = 0xf4
const TRUE = 0xf5
const NULL = 0xf6
/** As deep as codec goes. */
const { maxDepth: MAX_DEPTH } = DEFAULT_DECODE_LIMITS
/** Texts longer than this are not worth looking at one by one. */
const MAX_SHORT_TEXT = 128
/** Keys kept encoded: the field names of records, events and receipts; a map with other keys costs a little more. */
const MAX_KEYS = 512

// Reused by every call: synchronous code that calls nothing but codec, which never comes back here.
let buffer = new Uint8Array(4096)
let at = 0
let whole: Value = null
const encodedKeys = new Map<string, Uint8Array>()

function write(value: Value, depth: number): void {
  switch (typeof value) {
    case 'number':
      return writeInteger(value)
    case 'string':
      return writeText(value)
    case 'boolean':
      return writeByte(value ? TRUE : FALSE)
    case 'object':
      if (value === null) return writeByte(NULL)
      if (value instanceof Uint8Array) {
        writeHead(BYTES, value.length)
        return writeAll(value)
      }
      if (depth >= MAX_DEPTH) return void encodeCanonical(whole) // which throws
      return Array.isArray(value) ? writeList(value, depth) : writeMap(value as ValueMap, depth)
    default:
      return delegate(value)
  }
}

function delegate(value: Value): void {
  writeAll(encodeCanonical(value))
}

function writeList(items: readonly Value[], depth: number): void {
  writeHead(LIST, items.length)
  for (let i = 0; i < items.length; i++) write(items[i]!, depth + 1)
}

function writeMap(map: ValueMap, depth: number): void {
  const prototype: unknown = Object.getPrototypeOf(map)
  if (prototype !== Object.prototype && prototype !== null) return delegate(map)
  const keys = Object.keys(map)
  if (!inOrder(keys)) keys.sort(compareKeys)
  writeHead(MAP, keys.length)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    writeAll(encodedKeys.get(key) ?? encodeKey(key))
    write(map[key]!, depth + 1)
  }
}

/** Whether keys are in canonical order already, which is that of their encodings; most maps here are written so. */
function inOrder(keys: readonly string[]): boolean {
  let previous: Uint8Array | null = null
  for (let i = 0; i < keys.length; i++) {
    const encoded: Uint8Array = encodedKeys.get(keys[i]!) ?? encodeKey(keys[i]!)
    if (previous !== null && compareBytes(previous, encoded) >= 0) return false
    previous = encoded
  }
  return true
}

function encodeKey(key: string): Uint8Array {
  // As the key of a map, so that codec refuses what may not be one.
  const encoded = encodeCanonical({ [key]: null }).slice(1, -1)
  if (encodedKeys.size < MAX_KEYS) encodedKeys.set(key, encoded)
  return encoded
}

function writeText(text: string): void {
  const { length } = text
  if (length > MAX_SHORT_TEXT) return delegate(text)
  const start = at
  writeHead(TEXT, length)
  reserve(length)
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) {
      at = start
      return delegate(text)
    }
    buffer[at++] = unit
  }
}

function writeInteger(value: number): void {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return delegate(value)
  if (value >= 0) writeHead(UNSIGNED, value)
  else writeHead(NEGATIVE, -1 - value)
}

/** Head of an item, shortest form (RFC 8949 §3). */
function writeHead(major: number, argument: number): void {
  reserve(9)
  if (argument < 24) {
    buffer[at++] = major + argument
  } else if (argument < 0x100) {
    buffer[at++] = major + 24
    buffer[at++] = argument
  } else if (argument < 0x10000) {
    buffer[at++] = major + 25
    buffer[at++] = argument >> 8
    buffer[at++] = argument & 255
  } else if (argument < 0x1_0000_0000) {
    buffer[at++] = major + 26
    writeWord(argument)
  } else {
    buffer[at++] = major + 27
    writeWord(Math.floor(argument / 0x1_0000_0000))
    writeWord(argument % 0x1_0000_0000)
  }
}

function writeWord(word: number): void {
  buffer[at++] = word >>> 24
  buffer[at++] = (word >>> 16) & 255
  buffer[at++] = (word >>> 8) & 255
  buffer[at++] = word & 255
}

function writeByte(byte: number): void {
  reserve(1)
  buffer[at++] = byte
}

function writeAll(bytes: Uint8Array): void {
  reserve(bytes.length)
  if (bytes.length < 24) for (let i = 0; i < bytes.length; i++) buffer[at++] = bytes[i]! // cheaper than a call for few bytes
  else {
    buffer.set(bytes, at)
    at += bytes.length
  }
}

function reserve(length: number): void {
  if (at + length <= buffer.length) return
  const larger = new Uint8Array(2 * (at + length))
  larger.set(buffer.subarray(0, at))
  buffer = larger
}
