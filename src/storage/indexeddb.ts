import { openDB } from 'idb'
import type { IDBPDatabase, IDBPTransaction } from 'idb'
import { TABLES } from './engine.ts'
import type { Change, Engine, KeyRange, Order, Table } from './engine.ts'
import { StorageError } from './errors.ts'
import { openNodeStorage } from './node-storage.ts'
import type { NodeStorage, StorageOptions } from './types.ts'

export interface IndexedDbStorageOptions extends StorageOptions {
  /** Name of the database within this origin. */
  readonly name: string
}

/** Version of the object stores themselves; what rows mean is `FORMAT_VERSION`. */
const SCHEMA_VERSION = 1

/**
 * A store in one IndexedDB database: one transaction with strict durability per write, so what was acknowledged is on disk.
 * Everything is in IndexedDB, blobs and snapshot chunks too: chunks are small, and a second place would need a second
 * recovery. A Web Lock keeps other tabs and workers out while it is open and ends with the tab.
 * Throws `STORAGE_LOCKED` when it is open elsewhere, `STORAGE_UNAVAILABLE` where the page may not store.
 */
export function openIndexedDbStorage(options: IndexedDbStorageOptions): Promise<NodeStorage> {
  return openNodeStorage('indexeddb', () => openIndexedDbEngine(options.name), options)
}

export async function openIndexedDbEngine(name: string): Promise<Engine> {
  const release = await takeLock(`agent-world/storage/${name}`)
  try {
    const database = await openDB(name, SCHEMA_VERSION, {
      upgrade: (upgraded) => {
        for (const table of TABLES) if (!upgraded.objectStoreNames.contains(table)) upgraded.createObjectStore(table)
      },
    })
    return new IndexedDbEngine(database, release)
  } catch (error) {
    release()
    throw indexedDbError(error)
  }
}

/** Holds the lock until the returned function is called; the browser frees it when the tab or worker dies. */
async function takeLock(name: string): Promise<() => void> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks
  if (locks === undefined || globalThis.indexedDB === undefined) {
    throw new StorageError('STORAGE_UNAVAILABLE', 'This page cannot store anything. Open it over https or from localhost, or go on without keeping data.')
  }
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await new Promise<void>((taken, refused) => {
    locks
      .request(name, { mode: 'exclusive', ifAvailable: true }, (lock) => {
        if (lock === null) {
          refused(new StorageError('STORAGE_LOCKED', 'Another tab or worker has this store open. Use the node there, or close that tab.'))
          return undefined
        }
        taken()
        return released
      })
      .catch(refused)
  })
  return release
}

class IndexedDbEngine implements Engine {
  private readonly database: IDBPDatabase
  private readonly release: () => void
  private closed = false

  constructor(database: IDBPDatabase, release: () => void) {
    this.database = database
    this.release = release
  }

  get(table: Table, key: Uint8Array): Promise<Uint8Array | null> {
    return translated(async () => ((await this.database.get(table, keyOf(key))) as Uint8Array | undefined) ?? null)
  }

  scan(table: Table, range: KeyRange, limit: number, order: Order = 'ascending'): Promise<readonly { key: Uint8Array; value: Uint8Array }[]> {
    return translated(async () => {
      const store = this.database.transaction(table).store
      if (order === 'ascending') {
        // Two bulk reads of one transaction pair up, and are far faster than a cursor.
        const [keys, values] = await Promise.all([store.getAllKeys(rangeOf(range), limit), store.getAll(rangeOf(range), limit)])
        return keys.map((key, i) => ({ key: bytesOf(key), value: values[i] as Uint8Array }))
      }
      const rows: { key: Uint8Array; value: Uint8Array }[] = []
      for (let cursor = await store.openCursor(rangeOf(range), 'prev'); cursor !== null && rows.length < limit; cursor = await cursor.continue()) {
        rows.push({ key: bytesOf(cursor.key), value: cursor.value as Uint8Array })
      }
      return rows
    })
  }

  keys(table: Table, range: KeyRange, limit: number, order: Order = 'ascending'): Promise<readonly Uint8Array[]> {
    return translated(async () => {
      const store = this.database.transaction(table).store
      if (order === 'ascending') return (await store.getAllKeys(rangeOf(range), limit)).map(bytesOf)
      const keys: Uint8Array[] = []
      for (let cursor = await store.openKeyCursor(rangeOf(range), 'prev'); cursor !== null && keys.length < limit; cursor = await cursor.continue()) {
        keys.push(bytesOf(cursor.key))
      }
      return keys
    })
  }

  write(changes: Iterable<Change>): Promise<void> {
    return translated(async () => {
      const transaction = this.database.transaction([...TABLES], 'readwrite', { durability: 'strict' })
      // Requests fail by aborting the transaction, which `done` tells; without handlers each would be an unhandled rejection.
      try {
        for (const change of changes) apply(transaction, change).catch(() => {})
      } catch (error) {
        transaction.abort()
        await transaction.done.catch(() => {})
        throw error
      }
      await transaction.done
    })
  }

  async check(): Promise<readonly string[]> {
    return TABLES.filter((table) => !this.database.objectStoreNames.contains(table)).map((table) => `object store ${table} is missing`)
  }

  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    this.database.close() // waits for transactions under way
    this.release()
  }
}

function apply(transaction: IDBPTransaction<unknown, Table[], 'readwrite'>, change: Change): Promise<unknown> {
  const store = transaction.objectStore(change.table)
  if (change.kind === 'put') return store.put(ownBuffer(change.value), keyOf(change.key))
  if (change.kind === 'delete') return store.delete(keyOf(change.key))
  const range = rangeOf(change.range)
  return range === null ? store.clear() : store.delete(range)
}

/** Structured cloning copies the whole buffer behind a view. */
function ownBuffer(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}

function keyOf(key: Uint8Array): Uint8Array<ArrayBuffer> {
  return key as Uint8Array<ArrayBuffer>
}

function bytesOf(key: IDBValidKey): Uint8Array {
  return new Uint8Array(key as ArrayBuffer)
}

function rangeOf({ from, to }: KeyRange): IDBKeyRange | null {
  if (from !== undefined && to !== undefined) return IDBKeyRange.bound(keyOf(from), keyOf(to), false, true)
  if (from !== undefined) return IDBKeyRange.lowerBound(keyOf(from))
  return to === undefined ? null : IDBKeyRange.upperBound(keyOf(to), true)
}

/** Runs a task on a database; errors of the browser become ours. */
export async function translated<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw indexedDbError(error)
  }
}

/** Browser errors as ours; anything that is not one passes. */
function indexedDbError(error: unknown): unknown {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  const fail = (code: StorageError['code'], message: string): StorageError => new StorageError(code, message, { name }, { cause: error })
  switch (name) {
    case 'QuotaExceededError':
      return fail('STORAGE_FULL', "The browser's storage for this page is full. Free some space or keep fewer snapshots; nothing was lost.")
    case 'VersionError':
      return fail('STORAGE_FORMAT', 'A newer version of this page stored this data. Reload to get the newest version.')
    case 'InvalidStateError':
      return fail('STORAGE_CLOSED', 'The browser closed the database. Reload the page.')
    case 'SecurityError':
      return fail('STORAGE_UNAVAILABLE', 'The browser does not let this page store data. Allow it, or go on without keeping data.')
    case 'DataError':
    case 'NotReadableError':
      return fail('STORAGE_DAMAGED', "The browser's copy of this data is damaged. Clear the data of this site; the world is fetched from peers again.")
    case 'UnknownError':
    case 'AbortError':
    case 'TransactionInactiveError':
    case 'TimeoutError':
      return fail('STORAGE_IO', 'The browser could not write to its storage. Nothing was acknowledged; try again or reload the page.')
    default:
      return error
  }
}
