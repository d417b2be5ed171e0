import { decodeWith, encodeCanonical, equalBytes, schema, sha256, utf8Bytes } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { AuditError } from './errors.ts'
import type { AuditFilter } from './filter.ts'

const CHECK_BYTES = 4
const cursorSchema = schema.array(schema.int(0), 3)

/** A place in an export: the next record stands at `height` and `index` or after. `to` stays that of the first page, so that all pages are one export. */
export interface AuditPosition {
  readonly height: number
  readonly index: number
  readonly to: number
}

/** Opaque text that works only with the world and filter it was made for. */
export function encodeCursor(worldId: string, filter: AuditFilter, { height, index, to }: AuditPosition): string {
  const place = encodeCanonical([height, index, to])
  return base64url(new Uint8Array([...check(worldId, filter, place), ...place]))
}

/** `smallest` is the first place that can be read now; the refusal names it as `detail.min_valid_cursor`. Throws `CURSOR_INVALID`. */
export function decodeCursor(worldId: string, filter: AuditFilter, cursor: string, smallest: AuditPosition): AuditPosition {
  const refuse = (why: string): never => {
    const min_valid_cursor = encodeCursor(worldId, filter, smallest)
    throw new AuditError('CURSOR_INVALID', `${why} Begin again without a cursor, or go on with ${min_valid_cursor}.`, { min_valid_cursor })
  }
  const position = read(worldId, filter, cursor)
  if (position === null) return refuse('The cursor belongs to another world or another filter, or is damaged.')
  if (position.height < smallest.height) return refuse('Blocks from this cursor on are no longer stored here.')
  if (position.to > smallest.to) return refuse('The cursor is of a node that had more blocks than this one.')
  return position
}

function read(worldId: string, filter: AuditFilter, cursor: string): AuditPosition | null {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const place = bytes.slice(CHECK_BYTES)
    const [height, index, to] = decodeWith(cursorSchema, place)
    if (height === undefined || index === undefined || to === undefined || height > to) return null
    return equalBytes(bytes.slice(0, CHECK_BYTES), check(worldId, filter, place)) ? { height, index, to } : null
  } catch {
    return null
  }
}

function check(worldId: string, filter: AuditFilter, place: Uint8Array): Uint8Array {
  return sha256(new Uint8Array([...utf8Bytes('agent-world/audit-cursor/v1'), ...encodeCanonical([worldId, filter as unknown as Value]), ...place])).slice(0, CHECK_BYTES)
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
