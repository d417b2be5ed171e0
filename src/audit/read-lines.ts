import { AuditError } from './errors.ts'
import { MAX_LINE_CHARACTERS } from './lines.ts'

/** Lines of a file from its bytes, one in memory at a time. Throws `LINE_TOO_LONG`, and `LINE_MALFORMED` for bytes that are not UTF-8. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let open: string[] = [] // pieces of the line under way
  let length = 0
  for await (const chunk of chunks) {
    const [first = '', ...others] = decode(decoder, chunk).split('\n')
    open.push(first)
    length += first.length
    if (length > MAX_LINE_CHARACTERS) throw new AuditError('LINE_TOO_LONG', 'A line is longer than any line of an audit file. This is another kind of file.')
    const last = others.pop()
    if (last === undefined) continue
    yield open.join('')
    yield* others
    open = [last]
    length = last.length
  }
  const rest = open.join('') + decode(decoder, undefined)
  if (rest !== '') yield rest
}

function decode(decoder: TextDecoder, chunk: Uint8Array | undefined): string {
  try {
    return decoder.decode(chunk, { stream: chunk !== undefined })
  } catch (error) {
    throw new AuditError('LINE_MALFORMED', 'The file is not text in UTF-8, as audit files are.', {}, { cause: error })
  }
}
