/** A rough word about a passphrase while it is typed. No promise: only the holder knows how it was chosen. */
import { MIN_PASSPHRASE_LENGTH } from '../../../vault/index.ts'

export type Strength = 'short' | 'weak' | 'fair' | 'strong'

/** Of a list of some thousand words. */
const BITS_PER_WORD = 11
const FAIR_BITS = 50
const STRONG_BITS = 65

export function strengthOf(passphrase: string): Strength {
  if ([...passphrase.normalize('NFKC')].length < MIN_PASSPHRASE_LENGTH) return 'short'
  const bits = Math.min(bitsByWords(passphrase), bitsByLetters(passphrase))
  return bits < FAIR_BITS ? 'weak' : bits < STRONG_BITS ? 'fair' : 'strong'
}

/** Words that differ count as words; a text without spaces is judged by its letters alone. */
function bitsByWords(passphrase: string): number {
  const words = passphrase.toLowerCase().trim().split(/\s+/)
  return words.length === 1 ? Infinity : new Set(words.filter((word) => word.length > 2)).size * BITS_PER_WORD
}

/** Letters that differ, weighed by how many kinds there are to choose from; what repeats or counts up adds little. */
function bitsByLetters(passphrase: string): number {
  const letters = [...passphrase]
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u, /\p{Lo}/u].reduce((size, kind, index) => size + (kind.test(passphrase) ? [26, 26, 10, 30, 2000][index]! : 0), 0)
  const surprises = letters.filter((letter, at) => at === 0 || Math.abs(letter.codePointAt(0)! - letters[at - 1]!.codePointAt(0)!) > 1).length
  return Math.min(surprises, 2 * new Set(letters).size) * Math.log2(Math.max(2, kinds))
}
