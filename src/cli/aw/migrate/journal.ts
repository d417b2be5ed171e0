/**
 * What a run of `migrate sign-artifacts` has finished, one JSON line each, so that an interrupted run goes on where it was. The first line says who signs;
 * a line is written after the files it speaks of are on disk, and a line that was cut off counts as not written.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { AppError, schema, toHex } from '../../../codec/index.ts'
import type { Infer, Value } from '../../../codec/index.ts'

const { literal, object, text } = schema
const HASH = text(64, /^[0-9a-f]{64}$/)

const headSchema = object({ journal: literal('agent-world/sign-artifacts/v1'), signer_node_id: text(64), public_key: HASH })
const entrySchema = object({
  /** From the directory that is migrated. */
  file: text(4096),
  /** SHA-256 of the manifest and of the bytes as they were found. */
  manifest_hash: HASH,
  wasm_hash: HASH,
  /** Of the manifest as it was written, and its name in the output. */
  written_hash: HASH,
  out: text(256),
})
export type JournalEntry = Infer<typeof entrySchema>

export class Journal {
  private readonly path: string
  private readonly done = new Map<string, JournalEntry>()

  /** Throws `JOURNAL_DIFFERS` when another signer began here, `JOURNAL_INVALID`. */
  constructor(path: string, signerNodeId: string, publicKey: Uint8Array) {
    this.path = path
    const head = { journal: 'agent-world/sign-artifacts/v1', signer_node_id: signerNodeId, public_key: toHex(publicKey) } as const
    if (!existsSync(path) || wholeLines(path).length === 0) this.append(head)
    else this.load(head)
  }

  entryOf(file: string): JournalEntry | undefined {
    return this.done.get(file)
  }

  record(entry: JournalEntry): void {
    this.append(entry)
    this.done.set(entry.file, entry)
  }

  private load(expected: Infer<typeof headSchema>): void {
    const [first, ...lines] = wholeLines(this.path)
    const head = this.parsed(first!, headSchema)
    if (head.signer_node_id !== expected.signer_node_id || head.public_key !== expected.public_key) {
      throw new AppError('JOURNAL_DIFFERS', `${this.path} belongs to a run of "${head.signer_node_id}" with key ${head.public_key}. Go on with that key, or choose another --out.`, { path: this.path })
    }
    for (const line of lines) {
      const entry = this.parsed(line, entrySchema)
      this.done.set(entry.file, entry)
    }
  }

  private parsed<T>(line: string, shape: { parse(value: Value, path: string): T }): T {
    try {
      return shape.parse(JSON.parse(line) as Value, 'journal')
    } catch (cause) {
      throw new AppError('JOURNAL_INVALID', `${this.path} is no journal of this command. Choose another --out.`, { path: this.path }, { cause })
    }
  }

  private append(line: object): void {
    const file = openSync(this.path, 'a', 0o644)
    try {
      writeSync(file, `${JSON.stringify(line)}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
  }
}

/** Lines that end; a tail without an end is cut off the file, so that the next line does not continue it. */
function wholeLines(path: string): string[] {
  const content = readFileSync(path)
  const end = content.lastIndexOf(10) + 1
  if (end < content.length) truncateSync(path, end)
  return content.subarray(0, end).toString('utf8').split('\n').filter((line) => line !== '')
}
