import { blockHash, toHex } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import { toJson } from './json.ts'
import type { AuditLine, BlockLine, EventLine } from './lines.ts'

const COLUMNS = ['height', 'index', 'id', 'time', 'kind', 'caused_by', 'proposal_id', 'module_id', 'agent', 'payload', 'prev_hash', 'block_hash'] as const
/** Spreadsheets run a cell that begins with one of these as a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/

/** Rows of a CSV file (RFC 4180, header first, CRLF) for the events of an export: for reading, without the proofs. */
export async function* csvRows(lines: AsyncIterable<AuditLine>): AsyncGenerator<string> {
  yield row(COLUMNS)
  let block: BlockLine | null = null
  for await (const line of lines) {
    if (line.type === 'block') block = line
    if (line.type === 'event') yield row(cells(line, block!))
  }
}

function cells({ height, index, id, kind, caused_by, payload, prev_hash }: EventLine, { header }: BlockLine): readonly (string | number)[] {
  const map = payload as ValueMap
  return [
    height, index, id, new Date(header.time).toISOString(), kind, caused_by, textOf(map, 'proposal_id'), textOf(map, 'module_id'), textOf(map, 'agent') || textOf(map, 'agent_id') || textOf(map, 'actor'),
    JSON.stringify(toJson(payload)), toHex(prev_hash), toHex(blockHash(header)),
  ]
}

function textOf(payload: ValueMap, name: string): string {
  const value: Value | undefined = Object.hasOwn(payload, name) ? payload[name] : undefined
  return typeof value === 'string' ? value : ''
}

function row(values: readonly (string | number)[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
