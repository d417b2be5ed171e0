import { blockHash, toHex } from '../codec/index.ts'
import type { Value, ValueMap } from '../codec/index.ts'
import { toJson } from './json.ts'
import type { AuditLine, BlockLine, EventLine } from './lines.ts'

const COLUMNS = [
  'height', 'index', 'id', 'time', 'kind', 'caused_by', 'proposal_id', 'shadow_status', 'shadow_report_hash', 'module_id', 'agent', 'payload', 'prev_hash', 'block_hash',
] as const
/** Spreadsheets run a cell that begins with one of these as a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/

/**
 * Rows of a CSV file (RFC 4180, header first, CRLF) for the events of an export: for reading, without the proofs. Failures and changes of modules are joined with
 * the proposal that brought the module's version, and every event of a proposal with its shadow report, as far as the export holds those, too.
 */
export async function* csvRows(lines: AsyncIterable<AuditLine>): AsyncGenerator<string> {
  yield row(COLUMNS)
  const joins = new GovernanceJoins()
  let block: BlockLine | null = null
  let events: EventLine[] = [] // of the block: a failure may stand before the report it is in
  const rows = function* (): Generator<string> {
    for (const event of events) joins.note(event)
    for (const event of events) yield row(cells(event, block!, joins.of(event)))
    events = []
  }
  for await (const line of lines) {
    if (line.type === 'event') events.push(line)
    else yield* rows()
    if (line.type === 'block') block = line
  }
  yield* rows()
}

interface Joined {
  readonly proposal_id: string
  readonly shadow_status: string
  readonly shadow_report_hash: string
}

/** Names under which events of modules say which proposal they come from. */
const ORIGINS = ['proposal_id', 'registered_by', 'upgraded_by', 'activated_by', 'deactivated_by'] as const

/** What events of governance said so far, by proposal and by module. */
class GovernanceJoins {
  private readonly reports = new Map<string, Omit<Joined, 'proposal_id'>>()
  private readonly proposalOfModule = new Map<string, string>()

  note({ kind, payload }: EventLine): void {
    const map = payload as ValueMap
    if (kind === 'governance.shadow_report') {
      this.reports.set(originOf(map), { shadow_status: textOf((map['report'] ?? {}) as ValueMap, 'status'), shadow_report_hash: textOf(map, 'report_hash') })
    }
    if (kind === 'module.upgraded' || kind === 'module.activated') this.proposalOfModule.set(textOf(map, 'module_id'), originOf(map))
  }

  of({ kind, payload }: EventLine): Joined {
    const map = payload as ValueMap
    const isOfModule = originOf(map) === '' && kind.startsWith('module.')
    const proposal_id = isOfModule ? (this.proposalOfModule.get(textOf(map, 'module_id')) ?? '') : originOf(map)
    return { proposal_id, ...(this.reports.get(proposal_id) ?? { shadow_status: '', shadow_report_hash: '' }) }
  }
}

function originOf(payload: ValueMap): string {
  return ORIGINS.map((name) => textOf(payload, name)).find((id) => id !== '') ?? ''
}

function cells({ height, index, id, kind, caused_by, payload, prev_hash }: EventLine, { header }: BlockLine, joined: Joined): readonly (string | number)[] {
  const map = payload as ValueMap
  return [
    height, index, id, new Date(header.time).toISOString(), kind, caused_by, joined.proposal_id, joined.shadow_status, joined.shadow_report_hash,
    textOf(map, 'module_id'), textOf(map, 'agent') || textOf(map, 'agent_id') || textOf(map, 'actor'),
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
