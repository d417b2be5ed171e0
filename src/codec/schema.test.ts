import { describe, expect, it } from 'vitest'
import { CodecError, decodeWith, encodeCanonical, schema } from './index.ts'
import type { Schema, Value } from './index.ts'

const { anyValue, array, bool, bytes, fixedBytes, int, literal, nullable, object, optional, record, text, union } = schema

/** The path a mismatch names, or "accepted". */
function refusal<T>(shape: Schema<T>, value: unknown): string {
  try {
    shape.parse(value as Value, '')
    return 'accepted'
  } catch (error) {
    if (error instanceof CodecError && error.code === 'SCHEMA_MISMATCH') return `refused at "${String(error.detail['path'] ?? '')}"`
    throw error
  }
}
const ok = 'accepted'
const no = 'refused at ""'

describe('leaves', () => {
  it.each<[string, Schema<unknown>, unknown, string]>([
    ['int', int(), 0, ok],
    ['int, negative by default', int(), -1, no],
    ['int at its bounds', int(-5, 5), -5, ok],
    ['int at its bounds', int(-5, 5), 5, ok],
    ['int past its bounds', int(-5, 5), 6, no],
    ['int, fraction', int(), 1.5, no],
    ['int, unsafe', int(0, Number.POSITIVE_INFINITY), 2 ** 53, no],
    ['int, NaN', int(), Number.NaN, no],
    ['int, digits as text', int(), '1', no],
    ['int, bigint', int(), 1n, no],
    ['int, absent', int(), undefined, no],
    ['text', text(3), 'abc', ok],
    ['text too long', text(3), 'abcd', no],
    ['text that matches', text(9, /^[a-z]+$/), 'abc', ok],
    ['text with a newline after what matches', text(9, /^[a-z]+$/), 'abc\n', no],
    ['text, bytes', text(9), Uint8Array.of(97), no],
    ['fixedBytes', fixedBytes(2), Uint8Array.of(1, 2), ok],
    ['fixedBytes, short', fixedBytes(2), Uint8Array.of(1), no],
    ['fixedBytes, list of numbers', fixedBytes(2), [1, 2], no],
    ['bytes', bytes(2), new Uint8Array(0), ok],
    ['bytes, long', bytes(2), Uint8Array.of(1, 2, 3), no],
    ['bool', bool(), false, ok],
    ['bool, 0', bool(), 0, no],
    ['literal', literal<'a' | 1 | null>('a', 1, null), null, ok],
    ['literal, other', literal<'a' | 1 | null>('a', 1, null), 'b', no],
    ['literal, 1 as text', literal(1), '1', no],
    ['nullable, null', nullable(int()), null, ok],
    ['nullable, absent', nullable(int()), undefined, no],
    ['optional, absent', optional(int()), undefined, ok],
    ['optional, null', optional(int()), null, no],
    ['anyValue', anyValue(), { a: [1, null] }, ok],
    ['anyValue, absent', anyValue(), undefined, no],
  ])('%s', (_name, shape, value, expected) => {
    expect(refusal(shape, value)).toBe(expected)
  })
})

describe('objects', () => {
  const shape = object({ id: int(1), name: optional(text(5)), parent: nullable(int()) })

  it('take exactly their fields', () => {
    expect(shape.parse({ id: 1, parent: null }, '')).toEqual({ id: 1, parent: null })
    expect(shape.parse({ name: 'x', parent: 2, id: 1 }, '')).toEqual({ id: 1, name: 'x', parent: 2 })
  })

  it.each([
    ['a missing field', { parent: null }, 'refused at "id"'],
    ['null where a field may only be absent', { id: 1, parent: null, name: null }, 'refused at "name"'],
    ['absent where a field may only be null', { id: 1 }, 'refused at "parent"'],
    ['an unknown field', { id: 1, parent: null, extra: 1 }, no],
    ['an unknown field named like a member of Object', { id: 1, parent: null, constructor: 1 }, no],
    ['an unknown field named toString', { id: 1, parent: null, toString: 1 }, no],
    ['null', null, no],
    ['an array', [], no],
    ['bytes', new Uint8Array(2), no],
    ['a text', 'id', no],
    ['a nested mismatch', { id: 0, parent: null }, 'refused at "id"'],
  ])('refuse %s', (_what, value, expected) => {
    expect(refusal(shape, value)).toBe(expected)
  })

  it('do not find fields on the prototype', () => {
    expect(refusal(object({ constructor: anyValue() }), {})).toBe('refused at "constructor"')
    expect(refusal(object({ toString: optional(int()) }), {})).toBe(ok)
    expect(refusal(object({ id: int() }), Object.create({ id: 1 }))).toBe('refused at "id"')
    expect(refusal(object({ id: int() }), JSON.parse('{"id":1,"__proto__":{}}'))).toBe(no)
  })

  it('name the full path of what does not fit', () => {
    const deep = object({ rows: array(object({ cells: record(int(), 3, 3) }), 5) })
    expect(refusal(deep, { rows: [{ cells: {} }, { cells: { a: 1, b: 'x' } }] })).toBe('refused at "rows[1].cells.b"')
  })
})

describe('arrays and records', () => {
  it('are bounded', () => {
    expect(refusal(array(int(), 2), [1, 2])).toBe(ok)
    expect(refusal(array(int(), 2), [1, 2, 3])).toBe(no)
    expect(refusal(array(int(), 2), [1, null])).toBe('refused at "[1]"')
    expect(refusal(array(int(), 2), { 0: 1, length: 1 })).toBe(no)
    expect(refusal(record(int(), 2, 3), { a: 1, b: 2 })).toBe(ok)
    expect(refusal(record(int(), 2, 3), { a: 1, b: 2, c: 3 })).toBe(no)
    expect(refusal(record(int(), 2, 3), { abcd: 1 })).toBe(no)
    expect(refusal(record(int(), 2, 3), [1])).toBe(no)
  })

  it('keep keys named like members of Object, and refuse the one that would replace the prototype', () => {
    const parsed = record(int(), 5, 20).parse({ constructor: 1, toString: 2, hasOwnProperty: 3 } as unknown as Value, '')
    expect(Object.entries(parsed)).toEqual([
      ['constructor', 1],
      ['toString', 2],
      ['hasOwnProperty', 3],
    ])
    expect(refusal(record(anyValue(), 5, 20), JSON.parse('{"__proto__":{"admin":true}}'))).toBe(no)
  })
})

describe('unions', () => {
  const shape = union('kind', { move: object({ kind: literal('move'), to: int() }), wait: object({ kind: literal('wait') }) })

  it('pick the variant by its tag', () => {
    expect(shape.parse({ kind: 'move', to: 1 }, '')).toEqual({ kind: 'move', to: 1 })
    expect(shape.parse({ kind: 'wait' }, '')).toEqual({ kind: 'wait' })
  })

  it.each([
    ['another tag', { kind: 'fly' }, 'refused at "kind"'],
    ['a tag named like a member of Object', { kind: 'constructor' }, 'refused at "kind"'],
    ['"__proto__" as tag', { kind: '__proto__' }, 'refused at "kind"'],
    ['no tag', { to: 1 }, 'refused at "kind"'],
    ['a tag that is no text', { kind: 1 }, 'refused at "kind"'],
    ['the fields of another variant', { kind: 'wait', to: 1 }, no],
    ['an inherited tag', Object.create({ kind: 'wait' }), 'refused at "kind"'],
  ])('refuse %s', (_what, value, expected) => {
    expect(refusal(shape, value)).toBe(expected)
  })
})

describe('decodeWith', () => {
  it('decodes and checks in one step, within the limits given', () => {
    const shape = object({ a: int() })
    const encoded = encodeCanonical({ a: 1 })
    expect(decodeWith(shape, encoded)).toEqual({ a: 1 })
    expect(() => decodeWith(shape, encodeCanonical([1]))).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }))
    expect(() => decodeWith(shape, encoded, { maxBytes: 3, maxDepth: 1, maxItems: 9 })).toThrow(expect.objectContaining({ code: 'CBOR_TOO_LARGE' }))
  })
})
