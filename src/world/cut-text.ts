/**
 * The beginning of a text, of at most `maxLength` UTF-16 units, and never half a character: a lone surrogate is no text and could not be
 * encoded, so that one in an event or receipt would stop the block.
 */
export function cutText(text: string, maxLength: number): string {
  const cut = text.slice(0, maxLength)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}
