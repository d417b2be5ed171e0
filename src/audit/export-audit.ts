import { blockHash, concatBytes, encodeCanonical, equalBytes, merkleProofs, merkleRoot, validatorSetHash } from '../codec/index.ts'
import type { ValidatorSet, Value } from '../codec/index.ts'
import type { LightBlock } from '../light/index.ts'
import type { WorldEvent } from '../world/index.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { AuditPosition } from './cursor.ts'
import { AuditError } from './errors.ts'
import { assertFilter, matches, NO_FILTER } from './filter.ts'
import type { AuditFilter } from './filter.ts'
import { decodeGenesisValue, genesisValidators } from './genesis-validators.ts'
import { AUDIT_FORMAT } from './lines.ts'
import type { AuditLine, EventLine } from './lines.ts'
import { missing, readBlock, SetLinks } from './set-links.ts'
import type { AuditSource } from './source.ts'

export interface AuditProgress {
  readonly height: number
  readonly to: number
  readonly records: number
}

export interface ExportOptions {
  readonly filter?: AuditFilter
  /** First and last height; what is stored bounds both. Default: everything. */
  readonly from?: number
  readonly to?: number
  /** Most events in this file; the end line then says where to go on. Default: no bound. */
  readonly limit?: number
  /** From the end line of the page before; `filter` must be the same, `from` and `to` are not looked at. */
  readonly cursor?: string
  /** Height of a block that a checkpoint from elsewhere names, so that the file can be held against it. Default: `to`. */
  readonly checkpoint?: number
  /** Leaves the genesis out; the file then proves nothing without one, or a checkpoint, given to the verifier. */
  readonly withoutGenesis?: boolean
  readonly onProgress?: (progress: AuditProgress) => void
}

/**
 * The lines of an audit file, one block in memory at a time. The last height is fixed at the start, so that a growing chain does not move under the
 * export. Throws `FILTER_INVALID`, `RANGE_EMPTY`, `CURSOR_INVALID`, `BLOCK_MISSING`.
 */
export async function* exportAudit(source: AuditSource, options: ExportOptions = {}): AsyncGenerator<AuditLine> {
  const { filter = NO_FILTER, limit = Infinity, onProgress } = options
  assertFilter(filter)
  const start = await startOf(source, filter, options)
  const genesis = options.withoutGenesis === true || source.genesis === null ? null : decodeGenesisValue(source.genesis)
  const checkpoint = await readBlock(source, options.checkpoint ?? start.to)
  const root = await rootSet(source, genesis, Math.min(start.height, checkpoint.header.height))
  const links = new SetLinks(source, root.from, root.validators)
  yield {
    type: 'meta', format: AUDIT_FORMAT, world_id: source.worldId, filter, from: start.height, from_index: start.index, to: start.to,
    checkpoint: { height: checkpoint.header.height, block_hash: blockHash(checkpoint.header) }, validators: root.validators, genesis,
  }

  let records = 0
  let next: AuditPosition | null = null
  for (let height = start.height; height <= start.to && next === null; height++) {
    const events = await source.events(height)
    if (events === null) throw missing(height)
    const fromIndex = height === start.height ? start.index : 0
    const found = events.filter((event) => event.index >= fromIndex && matches(filter, event))
    const taken = found.slice(0, limit - records)
    if (taken.length < found.length) next = { height, index: found[taken.length]!.index, to: start.to }
    if (checkpoint.header.height < height && links.last < checkpoint.header.height) yield* links.linesTo(checkpoint)
    if (taken.length > 0) {
      const block = await readBlock(source, height)
      yield* links.linesTo(block)
      yield* eventLines(block, events, taken)
    }
    records += taken.length
    onProgress?.({ height, to: start.to, records })
  }
  if (links.last < checkpoint.header.height) yield* links.linesTo(checkpoint)
  yield { type: 'end', records, next_cursor: next === null ? null : encodeCursor(source.worldId, filter, next) }
}

async function startOf(source: AuditSource, filter: AuditFilter, options: ExportOptions): Promise<AuditPosition> {
  const range = await source.range()
  if (range === null) throw new AuditError('RANGE_EMPTY', 'There is no block yet. Let the node run, then export again.')
  const { earliest, latest } = range
  if (options.cursor !== undefined) {
    return decodeCursor(source.worldId, filter, options.cursor, { height: earliest, index: 0, to: latest })
  }
  const height = Math.max(earliest, options.from ?? earliest)
  const to = Math.min(latest, options.to ?? latest)
  if (height > to) {
    throw new AuditError('RANGE_EMPTY', `Blocks ${earliest} to ${latest} are stored here; the range asked for holds none of them.`, { earliest, latest })
  }
  return { height, index: 0, to }
}

/** The set the chain of sets begins with: the genesis's where blocks lead from it to `from`, else the one that decides at `from`. */
async function rootSet(source: AuditSource, genesis: Value | null, from: number): Promise<{ readonly from: number; readonly validators: ValidatorSet }> {
  const { validators } = await readBlock(source, from)
  if (genesis === null) return { from, validators }
  const first = genesisValidators(genesis).validators
  if (equalBytes(validatorSetHash(first), validatorSetHash(validators))) return { from, validators }
  const earliest = (await source.range())?.earliest ?? from
  const lowest = await readBlock(source, earliest)
  return equalBytes(lowest.header.validators_hash, validatorSetHash(first)) ? { from: earliest, validators: first } : { from, validators }
}

/** Event lines with their proofs. Throws `BLOCK_MISSING` when the stored events are not those of the block. */
function* eventLines({ header }: LightBlock, events: readonly WorldEvent[], taken: readonly WorldEvent[]): Generator<EventLine> {
  const encoded = events.map((event) => encodeCanonical(event as unknown as Value))
  if (!equalBytes(merkleRoot(encoded), header.events_root)) throw missing(header.height)
  const proofOf = merkleProofs(encoded)
  for (const event of taken) {
    const { size, siblings } = proofOf(event.index)
    yield { type: 'event', ...event, proof: { size, siblings: concatBytes(...siblings) } }
  }
}
