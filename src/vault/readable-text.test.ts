import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readableText, readableValue } from './readable-text.ts'

describe('text of strangers', () => {
  it.each([
    ['reordering', 'safe\u202Eefas', 'safe\\u{202e}efas'],
    ['isolates', 'a\u2066b\u2069', 'a\\u{2066}b\\u{2069}'],
    ['nothing wide', 'a\u200Bb\uFEFF', 'a\\u{200b}b\\u{feff}'],
    ['terminal commands', '\u001b]0;x\u0007', '\\u{1b}]0;x\\u{7}'],
    ['line breaks on one line', 'a\nb', 'a\\u{a}b'],
    ['imitated letters', 'аpple', '\\u{430}pple'],
    ['invisible letters', 'a\u3164b', 'a\\u{3164}b'],
    ['lone surrogates', 'a\ud800', 'a\\u{d800}'],
  ])('shows %s as codes', (_, text, shown) => {
    expect(readableText(text)).toBe(shown)
  })

  it.each(['移动的价格翻倍', 'Цена движения', 'Größe, naïve', 'ok 👍', 'Τιμή'])('leaves %s as it is', (text) => {
    expect(readableText(text)).toBe(text)
  })

  it('keeps line breaks where there may be several lines, and says what it cuts', () => {
    expect(readableText('a\nb', true)).toBe('a\nb')
    expect(readableText('x'.repeat(2005))).toBe(`${'x'.repeat(2000)} … (5 more characters)`)
  })

  it('never lets a control or direction character through', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(readableText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }))
  })

  it('shows values as JSON', () => {
    expect([readableValue(undefined), readableValue({ a: 1 }), readableValue('x\u202e')]).toEqual(['(nothing)', '{"a":1}', 'x\\u{202e}'])
  })
})
