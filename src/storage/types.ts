/** A change of one state entry; null deletes it. `value` is the canonical bytes of the value. */
export interface StateWrite {
  readonly key: string
  readonly value: Uint8Array | null
}

export interface StateEntry {
  readonly key: string
  readonly value: Uint8Array
}

/** A blob together with who needs it: it stays until that owner unpins it. */
export interface PinnedBlob {
  readonly bytes: Uint8Array
  readonly pin: string
}

/** The records of one block. */
export interface BlockRecord {
  readonly height: number
  readonly block_hash: Uint8Array
  /** `encodeCommit({block, certificate})`. */
  readonly commit: Uint8Array
  /** Encoded events and receipts, as the kernel gave them; null when this node did not execute the block. */
  readonly events: Uint8Array | null
  readonly receipts: Uint8Array | null
}

/** Everything one executed block leaves behind; stored in one transaction. */
export interface BlockCommit extends BlockRecord {
  readonly events: Uint8Array
  readonly receipts: Uint8Array
  readonly state_root: Uint8Array
  /** Each key at most once. At height 1 they include the entries of the genesis state. */
  readonly writes: readonly StateWrite[]
  readonly blobs?: readonly PinnedBlob[]
}

/** The newest block whose state is stored. */
export interface StorageHead {
  readonly height: number
  readonly block_hash: Uint8Array
  readonly state_root: Uint8Array
}

export interface RestoredHead extends BlockRecord {
  readonly state_root: Uint8Array
}

export interface StoredCommit {
  readonly height: number
  readonly block_hash: Uint8Array
  readonly commit: Uint8Array
}

export interface BlobInfo {
  /** Lowercase hex SHA-256 of the bytes. */
  readonly content_hash: string
  readonly size_bytes: number
  readonly pins: readonly string[]
}

export interface SnapshotRecord {
  /** State after the block of this height. */
  readonly height: number
  /** Encoded description of the snapshot; opaque here. */
  readonly manifest: Uint8Array
  /** Content hashes of its chunks, in order; each stored as a blob. */
  readonly chunk_hashes: readonly string[]
}

export type PartName = 'head' | 'commit' | 'events' | 'receipts' | 'state' | 'blob' | 'snapshot' | 'votes' | 'meta' | 'file'

/** One stored thing that is missing or not what was written. What cannot be read is never returned as data. */
export interface Damage {
  readonly part: PartName
  /** Height, state key, content hash or name, as text. */
  readonly key: string
  /** 0 when the part has no height. */
  readonly height: number
  readonly reason: 'missing' | 'checksum' | 'content'
}

/** Result of a check: empty `damaged` means everything looked at is as written. */
export interface StorageReport {
  readonly depth: 'quick' | 'full'
  readonly head: StorageHead | null
  readonly checked: number
  readonly damaged: readonly Damage[]
}

export interface PruneReport {
  /** First and last height removed; null when nothing was. */
  readonly from: number | null
  readonly to: number | null
  readonly blocks: number
  readonly bytes: number
}

export interface EvictReport {
  readonly removed: readonly string[]
  readonly bytes: number
  /** Bytes still held, pinned or not. */
  readonly left_bytes: number
}

export type StorageEvent =
  | { readonly kind: 'BLOB_DAMAGED'; readonly content_hash: string }
  | { readonly kind: 'RECORD_DAMAGED'; readonly damage: Damage }

export interface StorageOptions {
  /** The world this store is for. A store that holds another one is refused (`STORAGE_WRONG_WORLD`). */
  readonly world_id: string
  /** Told about damage found while reading; must not throw. */
  readonly onEvent?: (event: StorageEvent) => void
}

/**
 * Everything a node keeps (DESIGN §10). All calls may be made at any time: writes are served one after another, each is one
 * transaction, durable when its promise resolves, and leaves nothing behind when it rejects with `StorageError`.
 */
export interface NodeStorage {
  readonly backend: 'memory' | 'sqlite' | 'indexeddb'

  /** Stores block, state changes, events, receipts, blobs and the new head at once. The height must be the head's plus one, or 1. */
  commitBlock(block: BlockCommit): Promise<void>
  head(): Promise<StorageHead | null>
  /** Null when it is not stored, or was damaged (an event says so; `repairBlock` puts it back). */
  readCommit(height: number): Promise<StoredCommit | null>
  /** Consecutive commits from `from` on: at most `limit`, and while they fit `maxBytes` together; stops at a gap. The first comes even when larger. */
  readRange(from: number, limit: number, maxBytes: number): Promise<readonly StoredCommit[]>
  readEvents(height: number): Promise<Uint8Array | null>
  readReceipts(height: number): Promise<Uint8Array | null>
  earliestHeight(): Promise<number | null>
  /** Puts the records of one block back: at a height inside the log, or just below it. Never moves the head or the state. */
  repairBlock(block: BlockRecord): Promise<void>
  /** Removes blocks below `below`, which must not be above the newest snapshot's height (`PRUNE_REFUSED`). */
  prune(below: number): Promise<PruneReport>

  /**
   * All state entries in ascending order of their keys' UTF-8 bytes, in batches. Throws `STORAGE_DAMAGED` at an
   * unreadable entry and `STATE_CHANGED` when a block was committed meanwhile.
   */
  stateEntries(): AsyncIterable<StateEntry>
  /** Throws `STORAGE_DAMAGED` when it cannot be read: damaged is not the same as absent. */
  readState(key: string): Promise<Uint8Array | null>
  /**
   * Replaces the whole state by a snapshot's and moves the head to it, seen by readers only when complete. Blocks stay in the
   * log where they join it; blocks that would leave a gap below the new head are removed and reported.
   */
  replaceState(entries: AsyncIterable<StateEntry> | Iterable<StateEntry>, head: RestoredHead): Promise<PruneReport>

  /** Stores bytes under their hash; storing again is free. Returns the content hash. */
  putBlob(bytes: Uint8Array, pin?: string): Promise<string>
  /** The bytes, checked against the hash on every read; damaged ones are removed, reported as an event, and missing from then on. */
  getBlob(contentHash: string): Promise<Uint8Array | null>
  hasBlob(contentHash: string): Promise<boolean>
  listBlobs(): Promise<readonly BlobInfo[]>
  pinBlob(contentHash: string, pin: string): Promise<void>
  unpinBlob(contentHash: string, pin: string): Promise<void>
  /** Removes unpinned blobs, oldest first, until at most `maxBytes` are held. */
  evictBlobs(maxBytes: number): Promise<EvictReport>

  /** Records a snapshot whose chunks are stored, and pins them. */
  putSnapshot(snapshot: SnapshotRecord): Promise<void>
  latestSnapshot(): Promise<SnapshotRecord | null>
  readSnapshot(height: number): Promise<SnapshotRecord | null>
  /** Heights, ascending. */
  listSnapshots(): Promise<readonly number[]>
  /** Keeps the newest `count` (≥ 1) snapshots and those of the heights in `keep`; the others go with the chunks nothing else pins. Returns the heights removed. */
  retainSnapshots(count: number, keep?: readonly number[]): Promise<readonly number[]>

  /** Appends to the votes-WAL: durable when this resolves, so a vote may be signed after it. */
  walAppend(height: number, record: Uint8Array): Promise<void>
  /** All records by height, then in the order appended. Throws `WAL_DAMAGED` if one cannot be read. */
  walRead(): Promise<readonly Uint8Array[]>
  walPrune(belowHeight: number): Promise<void>
  /**
   * Drops unreadable records and returns the highest height one of them was for (0 when none): the validator must not vote
   * at that height or below, since it may have signed what it no longer remembers.
   */
  walDiscardDamaged(): Promise<number>

  getMeta(name: string): Promise<Uint8Array | null>
  /** Null deletes. Names are 1–64 characters of `a-z 0-9 . _ -`. */
  setMeta(name: string, value: Uint8Array | null): Promise<void>

  /** `quick`: format, head and its commit (what every start does). `full`: every record and blob; writes wait meanwhile. Removes nothing. */
  verify(depth: 'quick' | 'full'): Promise<StorageReport>
  /** What the check on opening found. */
  readonly openReport: StorageReport
  close(): Promise<void>
}
