import { schema } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import type { WorldEvent } from '../world/index.ts'
import { AuditError } from './errors.ts'

const TEXT = schema.nullable(schema.text(256))

/**
 * Which events an export holds; null takes all. `kind` and `cause` are exact or end in `*` for a prefix. `proposal`, `module` and `agent` are ids
 * that the payload mentions anywhere, as a value or as a key; also as the key of their record
 * (`proposal/…`, `agent/…`), a module also with its version (`id@version`).
 */
export const filterSchema = schema.object({ kind: TEXT, proposal: TEXT, module: TEXT, agent: TEXT, cause: TEXT })
export type AuditFilter = Infer<typeof filterSchema>

export const NO_FILTER: AuditFilter = { kind: null, proposal: null, module: null, agent: null, cause: null }

/** True when the export holds every event of its range. */
export function takesAll(filter: AuditFilter): boolean {
  return Object.values(filter).every((wanted) => wanted === null)
}

/** Throws `FILTER_INVALID` for what could match nothing. */
export function assertFilter(filter: AuditFilter): void {
  for (const [name, wanted] of Object.entries(filter)) {
    if (wanted === null) continue
    const star = wanted.indexOf('*')
    const isPattern = name === 'kind' || name === 'cause'
    if (wanted === '' || wanted.length > 256 || (isPattern && star >= 0 && star < wanted.length - 1)) {
      throw new AuditError('FILTER_INVALID', `The ${name} "${wanted}" can match nothing. Give 1 to 256 characters${isPattern ? ', with "*" only at the end' : ''}.`, { name })
    }
  }
}

export function matches({ kind, proposal, module, agent, cause }: AuditFilter, event: WorldEvent): boolean {
  return (
    (kind === null || matchesPattern(kind, event.kind)) &&
    (cause === null || matchesPattern(cause, event.caused_by)) &&
    (proposal === null || mentions(event.payload, (text) => text === proposal || text === `proposal/${proposal}`)) &&
    (agent === null || mentions(event.payload, (text) => text === agent || text === `agent/${agent}`)) &&
    (module === null || mentions(event.payload, (text) => text === module || text.startsWith(`${module}@`)))
  )
}

function matchesPattern(pattern: string, text: string): boolean {
  return pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : text === pattern
}

function mentions(value: Value, is: (text: string) => boolean): boolean {
  if (typeof value === 'string') return is(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false
  if (Array.isArray(value)) return value.some((entry) => mentions(entry as Value, is))
  return Object.entries(value).some(([key, entry]) => is(key) || mentions(entry as Value, is))
}
