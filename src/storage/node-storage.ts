import { toHex } from '../codec/index.ts'
import { BlobTable } from './blob-table.ts'
import { assertBlockRecord, BlockLog, removalChanges } from './block-log.ts'
import { checkFull, checkQuick } from './check.ts'
import type { Checked } from './check.ts'
import { checkFormat, headChange, readHead } from './control.ts'
import type { Change, Engine } from './engine.ts'
import { StorageError } from './errors.ts'
import { MAX_BLOCK_BLOBS, MAX_BLOCK_WRITES } from './limits.ts'
import { MetaTable } from './meta-table.ts'
import { SnapshotTable } from './snapshot-table.ts'
import { assertWrites, StateTable } from './state-table.ts'
import { assertHash, assertHeight, StoreContext } from './store-context.ts'
import type {
  BlobInfo, BlockCommit, BlockRecord, Damage, EvictReport, NodeStorage, PruneReport, RestoredHead, SnapshotRecord, StateEntry, StorageHead,
  StorageOptions, StorageReport, StoredCommit,
} from './types.ts'
import { VotesWal } from './votes-wal.ts'

const NOTHING_REMOVED: PruneReport = { from: null, to: null, blocks: 0, bytes: 0 }

/** Opens a store on any engine: checks format and world, loads the head, drops leftovers, checks what it loaded. */
export async function openNodeStorage(
  backend: NodeStorage['backend'],
  openEngine: () => Promise<Engine>,
  options: StorageOptions,
): Promise<NodeStorage> {
  if (typeof options.world_id !== 'string' || options.world_id.length === 0 || options.world_id.length > 128) {
    throw new StorageError('STORAGE_BAD_INPUT', 'Say which world the store is for: world_id is missing or too long.')
  }
  const engine = await openEngine()
  try {
    const store = new EngineNodeStorage(backend, new StoreContext(engine, options))
    await store.load()
    return store
  } catch (error) {
    await engine.close()
    throw error
  }
}

class EngineNodeStorage implements NodeStorage {
  readonly backend: NodeStorage['backend']
  openReport: StorageReport = { depth: 'quick', head: null, checked: 0, damaged: [] }
  private readonly context: StoreContext
  private readonly log: BlockLog
  private readonly state: StateTable
  private readonly blobs: BlobTable
  private readonly snapshots: SnapshotTable
  private readonly votes: VotesWal
  private readonly meta: MetaTable
  private current: StorageHead | null = null

  constructor(backend: NodeStorage['backend'], context: StoreContext) {
    this.backend = backend
    this.context = context
    this.log = new BlockLog(context)
    this.state = new StateTable(context)
    this.blobs = new BlobTable(context)
    this.snapshots = new SnapshotTable(context, this.blobs)
    this.votes = new VotesWal(context)
    this.meta = new MetaTable(context)
  }

  async load(): Promise<void> {
    const damaged: Damage[] = []
    const format = await checkFormat(this.context)
    if (format !== null) damaged.push(format)
    await this.log.load()
    const record = await readHead(this.context)
    if (typeof record === 'object') {
      this.current = record.head
      await this.state.load(record.generation)
    } else {
      // Without a head the blocks are still good: a snapshot and their execution bring the state back.
      if (record === 'damaged' || this.log.last !== null) {
        damaged.push({ part: 'head', key: 'head', height: 0, reason: record === 'damaged' ? 'checksum' : 'missing' })
      }
      await this.state.load(null)
    }
    await this.votes.load()
    const report = await checkQuick(this.parts(), this.current)
    this.openReport = { ...report, damaged: [...damaged, ...report.damaged] }
  }

  async commitBlock(block: BlockCommit): Promise<void> {
    assertBlockRecord(block)
    assertHash(block.state_root, 'A state root')
    assertWrites(block.writes, MAX_BLOCK_WRITES)
    const blobs = block.blobs ?? []
    if (blobs.length > MAX_BLOCK_BLOBS) throw new StorageError('STORAGE_BAD_INPUT', `A block brings at most ${MAX_BLOCK_BLOBS} blobs.`)
    if (block.events === null || block.receipts === null) throw new StorageError('STORAGE_BAD_INPUT', 'An executed block has events and receipts.')
    await this.context.exclusive(async () => {
      const expected = (this.current?.height ?? 0) + 1
      if (block.height !== expected) {
        throw new StorageError('STORAGE_OUT_OF_ORDER', `The next block to store is ${expected}, not ${block.height}. Store blocks in order.`, {
          height: block.height, expected,
        })
      }
      await this.log.assertNoConflict(block)
      const blobChanges = new Map<string, Change[]>()
      for (const { bytes, pin } of blobs) {
        const { hash, changes } = await this.blobs.changesFor(bytes, pin)
        if (blobChanges.has(toHex(hash))) throw new StorageError('STORAGE_BAD_INPUT', 'A block lists the same blob twice. List it once.')
        blobChanges.set(toHex(hash), changes)
      }
      const { height, block_hash, state_root } = block
      const head = { height, block_hash: block_hash.slice(), state_root: state_root.slice() }
      const joins = this.log.joins(height)
      const { log, state } = this
      await this.context.engine.write(
        (function* () {
          if (!joins) yield* removalChanges(0, Number.MAX_SAFE_INTEGER)
          yield* log.changesFor(block)
          yield* state.changesFor(block.writes)
          for (const changes of blobChanges.values()) yield* changes
          yield headChange(head, state.generation)
        })(),
      )
      if (!joins) this.log.noteEmptied()
      this.log.noteWritten(height)
      this.state.version++
      this.current = head
    })
  }

  async head(): Promise<StorageHead | null> {
    this.context.assertOpen()
    return this.current
  }

  readCommit(height: number): Promise<StoredCommit | null> {
    return this.log.readCommit(height)
  }

  readRange(from: number, limit: number, maxBytes: number): Promise<readonly StoredCommit[]> {
    return this.log.readRange(from, limit, maxBytes)
  }

  readEvents(height: number): Promise<Uint8Array | null> {
    return this.log.readRecords('events', height)
  }

  readReceipts(height: number): Promise<Uint8Array | null> {
    return this.log.readRecords('receipts', height)
  }

  async earliestHeight(): Promise<number | null> {
    this.context.assertOpen()
    return this.log.first
  }

  repairBlock(block: BlockRecord): Promise<void> {
    return this.context.exclusive(() => this.log.repair(block))
  }

  prune(below: number): Promise<PruneReport> {
    return this.context.exclusive(async () => {
      assertHeight(below)
      const newest = (await this.snapshots.latest())?.height ?? 0
      const limit = Math.min(newest, this.current?.height ?? 0)
      if (below > limit) {
        throw new StorageError('PRUNE_REFUSED', `Blocks may be removed below height ${limit} only, where a stored snapshot stands in for them. Take a snapshot first.`, {
          below, snapshot: newest,
        })
      }
      return this.log.remove(this.log.first ?? 0, below)
    })
  }

  stateEntries(): AsyncIterable<StateEntry> {
    return this.state.entries()
  }

  readState(key: string): Promise<Uint8Array | null> {
    return this.state.read(key)
  }

  async replaceState(entries: AsyncIterable<StateEntry> | Iterable<StateEntry>, restored: RestoredHead): Promise<PruneReport> {
    assertBlockRecord(restored)
    assertHash(restored.state_root, 'A state root')
    this.context.assertOpen()
    const { version } = this.state
    const generation = await this.state.stage(entries)
    return this.context.exclusive(async () => {
      try {
        if (this.state.version !== version) throw new StorageError('STATE_CHANGED', 'A block was committed while the snapshot came in. Restore again.')
        return await this.flipState(generation, restored)
      } catch (error) {
        await this.state.drop(generation)
        throw error
      }
    })
  }

  /** The one transaction that makes a staged state the state. */
  private async flipState(generation: number, restored: RestoredHead): Promise<PruneReport> {
    const { height } = restored
    await this.log.assertNoConflict(restored)
    const joins = this.log.joins(height)
    const removed = joins ? { blocks: [], bytes: 0 } : await this.log.measure(0, Number.MAX_SAFE_INTEGER)
    const head = { height, block_hash: restored.block_hash.slice(), state_root: restored.state_root.slice() }
    await this.context.engine.write([
      ...(joins ? [] : removalChanges(0, Number.MAX_SAFE_INTEGER)),
      ...this.log.changesFor(restored),
      headChange(head, generation),
    ])
    if (!joins) this.log.noteEmptied()
    this.log.noteWritten(height)
    const previous = this.state.generation
    this.state.generation = generation
    this.state.version++
    this.current = head
    await this.state.drop(previous)
    return removed.blocks.length === 0
      ? NOTHING_REMOVED
      : { from: removed.blocks[0]!, to: removed.blocks.at(-1)!, blocks: removed.blocks.length, bytes: removed.bytes }
  }

  putBlob(bytes: Uint8Array, pin: string | null = null): Promise<string> {
    return this.context.exclusive(async () => {
      const { hash, changes } = await this.blobs.changesFor(bytes, pin)
      if (changes.length > 0) await this.context.engine.write(changes)
      return toHex(hash)
    })
  }

  getBlob(contentHash: string): Promise<Uint8Array | null> {
    return this.blobs.get(contentHash)
  }

  hasBlob(contentHash: string): Promise<boolean> {
    return this.blobs.has(contentHash)
  }

  listBlobs(): Promise<readonly BlobInfo[]> {
    return this.blobs.list()
  }

  pinBlob(contentHash: string, pin: string): Promise<void> {
    return this.context.exclusive(async () => this.context.engine.write(await this.blobs.pinChanges(contentHash, pin)))
  }

  unpinBlob(contentHash: string, pin: string): Promise<void> {
    return this.context.exclusive(async () => this.context.engine.write(await this.blobs.unpinChanges(contentHash, pin)))
  }

  evictBlobs(maxBytes: number): Promise<EvictReport> {
    assertHeight(maxBytes, 'The bytes to keep', 0)
    return this.context.exclusive(() => this.blobs.evict(maxBytes))
  }

  putSnapshot(snapshot: SnapshotRecord): Promise<void> {
    return this.context.exclusive(() => this.snapshots.put(snapshot))
  }

  latestSnapshot(): Promise<SnapshotRecord | null> {
    return this.snapshots.latest()
  }

  readSnapshot(height: number): Promise<SnapshotRecord | null> {
    return this.snapshots.read(height)
  }

  listSnapshots(): Promise<readonly number[]> {
    return this.snapshots.heights()
  }

  retainSnapshots(count: number, keep: readonly number[] = []): Promise<readonly number[]> {
    return this.context.exclusive(() => this.snapshots.retain(count, keep))
  }

  walAppend(height: number, record: Uint8Array): Promise<void> {
    return this.context.exclusive(() => this.votes.append(height, record))
  }

  walRead(): Promise<readonly Uint8Array[]> {
    return this.context.exclusive(() => this.votes.read())
  }

  walPrune(belowHeight: number): Promise<void> {
    return this.context.exclusive(() => this.votes.prune(belowHeight))
  }

  walDiscardDamaged(): Promise<number> {
    return this.context.exclusive(() => this.votes.discardDamaged())
  }

  getMeta(name: string): Promise<Uint8Array | null> {
    return this.meta.get(name)
  }

  setMeta(name: string, value: Uint8Array | null): Promise<void> {
    return this.context.exclusive(() => this.meta.set(name, value))
  }

  verify(depth: 'quick' | 'full'): Promise<StorageReport> {
    return this.context.exclusive(() => (depth === 'full' ? checkFull(this.parts(), this.current) : checkQuick(this.parts(), this.current)))
  }

  close(): Promise<void> {
    return this.context.close()
  }

  private parts(): Checked {
    return { context: this.context, log: this.log, blobs: this.blobs }
  }
}
