import { concatBytes, equalBytes } from '../codec/index.ts'
import type { Change } from './engine.ts'
import { StorageError } from './errors.ts'
import { heightRange, numberKey, numberOfKey } from './keys.ts'
import { MAX_COMMIT_BYTES, MAX_RANGE_BLOCKS, MAX_RECORDS_BYTES } from './limits.ts'
import { assertBytes, assertHash, assertHeight, putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'
import type { BlockRecord, PruneReport, StoredCommit } from './types.ts'

const HASH_BYTES = 32
const HAS_EVENTS = 1
const HAS_RECEIPTS = 2
/** Keys read at a time while counting what pruning removes. */
const PRUNE_BATCH = 256

export interface BlockRow extends StoredCommit {
  readonly hasEvents: boolean
  readonly hasReceipts: boolean
}

/** A block row: hash, flags, commit. The flags tell "never had events" from "lost them". */
export function encodeBlockRow(block: BlockRecord): Uint8Array {
  const flags = (block.events === null ? 0 : HAS_EVENTS) | (block.receipts === null ? 0 : HAS_RECEIPTS)
  return concatBytes(block.block_hash, Uint8Array.of(flags), block.commit)
}

export function decodeBlockRow(height: number, value: Uint8Array): BlockRow | null {
  if (value.length <= HASH_BYTES + 1) return null
  const flags = value[HASH_BYTES]!
  return {
    height,
    block_hash: value.slice(0, HASH_BYTES),
    commit: value.slice(HASH_BYTES + 1),
    hasEvents: (flags & HAS_EVENTS) !== 0,
    hasReceipts: (flags & HAS_RECEIPTS) !== 0,
  }
}

/** Commits, events and receipts by height: one run of heights without gaps, from `first` to `last`. */
export class BlockLog {
  first: number | null = null
  last: number | null = null
  private readonly context: StoreContext

  constructor(context: StoreContext) {
    this.context = context
  }

  async load(): Promise<void> {
    const [lowest] = await this.context.engine.keys('blocks', {}, 1)
    const [highest] = await this.context.engine.keys('blocks', {}, 1, 'descending')
    this.first = lowest === undefined ? null : numberOfKey(lowest)
    this.last = highest === undefined ? null : numberOfKey(highest)
  }

  /** True when a block at `height` keeps the run free of gaps. */
  joins(height: number): boolean {
    return this.first === null || this.last === null || (height >= this.first - 1 && height <= this.last + 1)
  }

  /** After a successful write of a block at `height`. */
  noteWritten(height: number): void {
    this.first = this.first === null ? height : Math.min(this.first, height)
    this.last = this.last === null ? height : Math.max(this.last, height)
  }

  /** After a successful removal of everything. */
  noteEmptied(): void {
    this.first = null
    this.last = null
  }

  *changesFor(block: BlockRecord): Iterable<Change> {
    const key = numberKey(block.height)
    yield putSealed('blocks', key, encodeBlockRow(block))
    if (block.events !== null) yield putSealed('events', key, block.events)
    if (block.receipts !== null) yield putSealed('receipts', key, block.receipts)
  }

  /** Refuses when an intact block with another hash is stored at this height. */
  async assertNoConflict(block: BlockRecord): Promise<BlockRow | null> {
    if (this.last === null || block.height > this.last) return null
    const stored = await this.readRow(block.height)
    if (stored !== null && !equalBytes(stored.block_hash, block.block_hash)) {
      throw new StorageError('STORAGE_CONFLICT', 'Another block is stored at this height. Two certified blocks of one height mean a fork: stop and look.', {
        height: block.height,
      })
    }
    return stored
  }

  async readRow(height: number): Promise<BlockRow | null> {
    assertHeight(height)
    const row = await this.context.read('commit', 'blocks', numberKey(height), String(height), height)
    if (row.state !== 'ok') return null
    const block = decodeBlockRow(height, row.value)
    if (block === null) this.context.damaged({ part: 'commit', key: String(height), height, reason: 'content' })
    return block
  }

  async readCommit(height: number): Promise<StoredCommit | null> {
    const row = await this.readRow(height)
    return row === null ? null : { height, block_hash: row.block_hash, commit: row.commit }
  }

  async readRange(from: number, limit: number, maxBytes: number): Promise<readonly StoredCommit[]> {
    assertHeight(from)
    const commits: StoredCommit[] = []
    let bytes = 0
    for (let height = from; commits.length < Math.min(limit, MAX_RANGE_BLOCKS); height++) {
      const commit = await this.readCommit(height)
      if (commit === null) break
      bytes += commit.commit.length
      if (commits.length > 0 && bytes > maxBytes) break
      commits.push(commit)
    }
    return commits
  }

  async readRecords(table: 'events' | 'receipts', height: number): Promise<Uint8Array | null> {
    assertHeight(height)
    const row = await this.context.read(table, table, numberKey(height), String(height), height)
    return row.state === 'ok' ? row.value : null
  }

  /** Puts lost records back. What is intact and not given again stays. */
  async repair(block: BlockRecord): Promise<void> {
    assertBlockRecord(block)
    if (this.first === null || this.last === null || block.height < this.first - 1 || block.height > this.last) {
      throw new StorageError('STORAGE_OUT_OF_ORDER', 'Only blocks inside the stored range, or just below it, can be put back.', {
        height: block.height, first: this.first, last: this.last,
      })
    }
    const stored = await this.assertNoConflict(block)
    const events = block.events ?? (stored?.hasEvents === true ? await this.readRecords('events', block.height) : null)
    const receipts = block.receipts ?? (stored?.hasReceipts === true ? await this.readRecords('receipts', block.height) : null)
    await this.context.engine.write(this.changesFor({ ...block, events, receipts }))
    this.noteWritten(block.height)
  }

  /** Removes heights in [from, to) and says what went. */
  async remove(from: number, to: number): Promise<PruneReport> {
    const { blocks, bytes } = await this.measure(from, to)
    if (blocks.length === 0) return { from: null, to: null, blocks: 0, bytes: 0 }
    await this.context.engine.write(removalChanges(from, to))
    await this.load()
    return { from: blocks[0]!, to: blocks.at(-1)!, blocks: blocks.length, bytes }
  }

  /** Heights stored in [from, to) and the bytes their records take. */
  async measure(from: number, to: number): Promise<{ blocks: number[]; bytes: number }> {
    const blocks: number[] = []
    let bytes = 0
    for (let next = from; next < to; ) {
      const keys = await this.context.engine.keys('blocks', heightRange(next, to), PRUNE_BATCH)
      if (keys.length === 0) break
      for (const key of keys) {
        for (const table of ['blocks', 'events', 'receipts'] as const) bytes += (await this.context.engine.get(table, key))?.length ?? 0
        blocks.push(numberOfKey(key))
      }
      next = blocks.at(-1)! + 1
    }
    return { blocks, bytes }
  }
}

/** Changes that drop all records of heights in [from, to). */
export function removalChanges(from: number, to: number): Change[] {
  return (['blocks', 'events', 'receipts'] as const).map((table) => ({ kind: 'delete-range', table, range: heightRange(from, to) }))
}

export function assertBlockRecord(block: BlockRecord): void {
  assertHeight(block.height)
  assertHash(block.block_hash, 'A block hash')
  assertBytes(block.commit, MAX_COMMIT_BYTES, 'An encoded commit')
  if (block.commit.length === 0) throw new StorageError('STORAGE_BAD_INPUT', 'An encoded commit is never empty.')
  if (block.events !== null) assertBytes(block.events, MAX_RECORDS_BYTES, 'The events of a block')
  if (block.receipts !== null) assertBytes(block.receipts, MAX_RECORDS_BYTES, 'The receipts of a block')
}
