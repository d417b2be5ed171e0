/** Text of strangers, made safe to read: what could hide, reorder or imitate is shown as its code (R5, R22). */

const MAX_SHOWN = 2000
/** Controls, invisible and direction-changing characters; line breaks are treated apart. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/u
const WORD = /[\p{L}\p{M}\p{N}_]+/gu
const LATIN = /\p{Script=Latin}/u
/** Scripts with letters that look like Latin ones. */
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Lisu}]/u

const escaped = (character: string): string => `\\u{${character.codePointAt(0)!.toString(16)}}`

/** At most `limit` characters, on one line or several; a word that mixes Latin letters with letters that imitate them shows the latter as codes. */
export function readableText(text: string, multiline = false, limit = MAX_SHOWN): string {
  const characters = [...text]
  const shown = characters.slice(0, limit).map((character) => {
    if (character === '\n' && multiline) return character
    return INVISIBLE.test(character) ? escaped(character) : character
  })
  const plain = shown.join('').replace(WORD, (word) => (LATIN.test(word) ? [...word].map((c) => (LOOKALIKE.test(c) ? escaped(c) : c)).join('') : word))
  return characters.length > limit ? `${plain} … (${characters.length - limit} more characters)` : plain
}

/** A value as people read it: JSON with bytes as hex, made safe, at most `limit` characters. */
export function readableValue(value: unknown, limit = MAX_SHOWN): string {
  if (value === undefined) return '(nothing)'
  return readableText(typeof value === 'string' ? value : JSON.stringify(value), false, limit)
}
