import { schema } from '../../codec/index.ts'
import type { Schema } from '../../codec/index.ts'

/** Printable on one line: no control, invisible or direction-changing characters, for the same reason as in names of agents. */
const PRINTABLE = /^[\u0020-\u007e\u00a0-\u00ac\u00ae-\u061b\u061d-\u180d\u180f-\u200a\u2010-\u2027\u202f-\u205f\u2070-\ufefe\uff00-\uffef]*$/

/** A line people read, of at most `maxLength` characters; it may be empty. */
export function line(maxLength: number): Schema<string> {
  return schema.text(maxLength, PRINTABLE)
}
