import { encodeLine } from './lines.ts'
import type { AuditLine } from './lines.ts'

/** Lines of a JSON Lines file, each with its line break. */
export async function* jsonLines(lines: AsyncIterable<AuditLine>): AsyncGenerator<string> {
  for await (const line of lines) yield `${encodeLine(line)}\n`
}
