/** The tables of a store, the same in every back end. `control` is the store's own, `meta` is the caller's. */
export const TABLES = ['control', 'meta', 'blocks', 'events', 'receipts', 'state', 'blobs', 'blob_info', 'snapshots', 'votes'] as const
export type Table = (typeof TABLES)[number]

export interface Row {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Keys from `from` (inclusive) to `to` (exclusive) in byte order; an absent bound is open. */
export interface KeyRange {
  readonly from?: Uint8Array | undefined
  readonly to?: Uint8Array | undefined
}

export type Order = 'ascending' | 'descending'

export type Change =
  | { readonly kind: 'put'; readonly table: Table; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly table: Table; readonly key: Uint8Array }
  | { readonly kind: 'delete-range'; readonly table: Table; readonly range: KeyRange }

/**
 * The little a back end must do: ordered tables of bytes, keys of one byte or more, with atomic, durable batches. Everything a node store means is
 * built once on top of it (`node-storage.ts`), so the back ends cannot drift apart.
 */
export interface Engine {
  get(table: Table, key: Uint8Array): Promise<Uint8Array | null>
  scan(table: Table, range: KeyRange, limit: number, order?: Order): Promise<readonly Row[]>
  keys(table: Table, range: KeyRange, limit: number, order?: Order): Promise<readonly Uint8Array[]>
  /** All changes in order or, if any fails or the iterable throws, none; durable when it resolves. */
  write(changes: Iterable<Change>): Promise<void>
  /** The back end's own integrity check: descriptions of what is wrong with its files. */
  check(): Promise<readonly string[]>
  /** Releases the lock too. */
  close(): Promise<void>
}
