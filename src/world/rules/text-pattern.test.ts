import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileTextPattern, MAX_MATCHED_LENGTH } from './text-pattern.ts'

const units = fc.constantFrom('a', 'b', 'c', '-', '.')
const texts = fc.string({ unit: units, maxLength: 12 })
/** Patterns of the subset that mean the same to `RegExp`. */
const patterns: fc.Arbitrary<string> = fc.letrec<{ either: string; sequence: string; item: string }>((tie) => ({
  either: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((options) => options.join('|')),
  sequence: fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
  item: fc.oneof({ maxDepth: 3, depthIdentifier: 'group' },
    fc.tuple(fc.constantFrom('a', 'b', 'c', '.', '\\.', '[ab]', '[^ab]', '[a-c.]', '[b-]'), fc.constantFrom('', '', '*', '+', '?')).map(([atom, mark]) => atom + mark),
    fc.constantFrom('^', '$'),
    fc.tuple(tie('either'), fc.constantFrom('', '*', '+', '?')).map(([inner, mark]) => `(${inner})${mark}`)),
})).either

const accepts = (pattern: string): boolean => {
  try {
    compileTextPattern(pattern)
    return true
  } catch {
    return false
  }
}

describe('text patterns', () => {
  it('match what a regular expression of the engine matches', () => {
    fc.assert(fc.property(patterns.filter((pattern) => pattern.length < 60 && accepts(pattern)), texts, (pattern, text) => {
      expect(compileTextPattern(pattern)(text)).toBe(new RegExp(pattern, 's').test(text))
    }), { numRuns: 2_000 })
  })

  it('look anywhere unless anchored', () => {
    expect(compileTextPattern('ron')('iron_ore')).toBe(true)
    expect(compileTextPattern('^ron')('iron_ore')).toBe(false)
    expect(compileTextPattern('^smelter\\.(iron|copper)_[a-z]+$')('smelter.copper_wire')).toBe(true)
    expect(compileTextPattern('')('')).toBe(true)
  })

  it('take the same number of steps whatever the text: none can make them backtrack', () => {
    const matches = compileTextPattern('^(a*)*(a|a)*(a+)+b$')
    expect(matches('a'.repeat(MAX_MATCHED_LENGTH))).toBe(false)
    expect(matches(`${'a'.repeat(MAX_MATCHED_LENGTH - 1)}b`)).toBe(true)
  })

  it('match no text that is too long', () => {
    expect(compileTextPattern('a')('a'.repeat(MAX_MATCHED_LENGTH))).toBe(true)
    expect(compileTextPattern('a')('a'.repeat(MAX_MATCHED_LENGTH + 1))).toBe(false)
  })

  it('are refused with a code when they are more than the subset', () => {
    for (const pattern of ['a{2}', '\\d', '\\bx', '(?:a)', '(?=a)', '(a)\\1', 'a**', 'a+?', '*a', '^*', '[', '[]', '[z-a]', '(a', 'a)', 'a\\', ']', 'x'.repeat(129)]) {
      expect(() => compileTextPattern(pattern), pattern).toThrow(expect.objectContaining({ code: 'FILTER_BAD_PATTERN' }))
    }
  })
})
