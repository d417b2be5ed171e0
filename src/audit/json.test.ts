import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Value } from '../codec/index.ts'
import { fromJson, toJson } from './json.ts'

const key = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('$hex', '$$hex', '$', '', '1', '__proto__'))
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.string({ maxLength: 8 }), fc.uint8Array({ maxLength: 6 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
  ),
}))

describe('values as JSON', () => {
  it('come back as they were, bytes and strange keys included', () => {
    fc.assert(fc.property(value, (item) => {
      const text = JSON.stringify(toJson(item))
      const back = fromJson(JSON.parse(text))
      expect(back).toEqual(item)
      expect(JSON.stringify(toJson(back))).toBe(text)
    }))
  })

  it('refuse bytes that are no hex', () => {
    for (const json of [{ $hex: 'zz' }, { $hex: 'a' }, { $hex: 1 }, { $hex: null }]) expect(() => fromJson(json)).toThrow(expect.objectContaining({ code: 'HEX_INVALID' }))
  })
})
