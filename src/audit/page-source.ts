import type { NodeApi } from '../node/api.ts'
import { csvRows } from './csv.ts'
import { exportAudit } from './export-audit.ts'
import type { ExportOptions } from './export-audit.ts'
import { jsonLines } from './jsonl.ts'
import type { AuditLine, EndLine } from './lines.ts'
import type { AuditSource } from './source.ts'

/** What an export asks of the node of a page. */
export type AuditNode = Pick<NodeApi, 'status' | 'blockAt' | 'lightBlockAt' | 'genesis'>

/** Reads from the node of a page. `genesis` is what the page started its node with; null when it has none at hand. */
export async function pageSource(node: Omit<AuditNode, 'genesis'>, genesis: Uint8Array | null): Promise<AuditSource> {
  const { world_id } = await node.status()
  return {
    worldId: world_id,
    genesis,
    range: async () => {
      const { head, storage } = await node.status()
      return head === null || storage.earliest_height === null ? null : { earliest: storage.earliest_height, latest: head.height }
    },
    lightBlock: (height) => node.lightBlockAt(height),
    events: async (height) => (await node.blockAt(height))?.events ?? null,
  }
}

export interface PageExportInit extends ExportOptions {
  /** `jsonl` carries the proofs and can be verified; `csv` is for spreadsheets. */
  readonly format: 'jsonl' | 'csv'
  /** Ends the export: it then throws the signal's reason (`AbortError` unless another was given). */
  readonly signal?: AbortSignal
}

/** What came of an export. */
export interface PageExportEnd {
  readonly records: number
  /** Where the next file goes on, given as `cursor`; null when the range is exhausted. */
  readonly next_cursor: string | null
}

/** Characters of a piece, about. */
const CHUNK_CHARACTERS = 256 << 10

/**
 * An audit file in pieces of UTF-8 from the node of a page, made as they are taken. Give `limit` where the file is put together in memory, and go on with the
 * cursor in another. A part of its own: load it when it is asked for, by `import('…/audit/page-source.ts')`. Throws what `exportAudit` does, and the signal's reason.
 */
export async function* exportFromPage(node: AuditNode, { format, signal, ...options }: PageExportInit): AsyncGenerator<Uint8Array<ArrayBuffer>, PageExportEnd> {
  const encoder = new TextEncoder()
  const source = cancellable(await pageSource(node, options.withoutGenesis === true ? null : await node.genesis()), signal)
  let end: PageExportEnd = { records: 0, next_cursor: null }
  const lines = noted(exportAudit(source, options), ({ records, next_cursor }) => (end = { records, next_cursor }))
  let waiting = ''
  for await (const text of format === 'csv' ? csvRows(lines) : jsonLines(lines)) {
    waiting += text
    if (waiting.length < CHUNK_CHARACTERS) continue
    yield encoder.encode(waiting)
    waiting = ''
  }
  yield encoder.encode(waiting)
  return end
}

/** The whole file, to be saved. */
export async function exportBlob(node: AuditNode, init: PageExportInit): Promise<PageExportEnd & { readonly blob: Blob }> {
  const pieces = exportFromPage(node, init)
  const parts: Uint8Array<ArrayBuffer>[] = []
  for (;;) {
    const { value, done } = await pieces.next()
    if (done === true) return { ...value, blob: new Blob(parts, { type: init.format === 'csv' ? 'text/csv' : 'application/jsonl' }) }
    parts.push(value)
  }
}

/** A source that reads no more once the signal says so. */
function cancellable(source: AuditSource, signal: AbortSignal | undefined): AuditSource {
  return {
    ...source,
    lightBlock: (height) => {
      signal?.throwIfAborted()
      return source.lightBlock(height)
    },
    events: (height) => {
      signal?.throwIfAborted()
      return source.events(height)
    },
  }
}

async function* noted(lines: AsyncIterable<AuditLine>, note: (end: EndLine) => void): AsyncGenerator<AuditLine> {
  for await (const line of lines) {
    if (line.type === 'end') note(line)
    yield line
  }
}
