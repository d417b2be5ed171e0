import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { TABLES } from './engine.ts'
import type { Change, Engine, KeyRange, Order, Row, Table } from './engine.ts'
import { StorageError } from './errors.ts'
import { openNodeStorage } from './node-storage.ts'
import type { NodeStorage, StorageOptions } from './types.ts'

export interface SqliteStorageOptions extends StorageOptions {
  /** The database file; its directory is made when it is not there. SQLite keeps `<path>-wal` beside it. */
  readonly path: string
  /** Largest size the file may grow to; what would take it beyond is refused with `STORAGE_FULL`. Default: the disk's. */
  readonly maxBytes?: number
}

/** Primary result codes, https://sqlite.org/rescode.html; the extended ones have them in the low byte. */
const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

/** Sorts before every key: the open lower bound. */
const LOWEST = new Uint8Array(0)

/**
 * A store in one SQLite file: write-ahead log with a sync for every commit (`synchronous=FULL`), so what was acknowledged
 * survives a power cut, and an exclusive lock for as long as it is open, which ends with the process however it ends.
 * Throws `STORAGE_LOCKED` when another process or thread has it open.
 */
export function openSqliteStorage(options: SqliteStorageOptions): Promise<NodeStorage> {
  return openNodeStorage('sqlite', async () => openSqliteEngine(options.path, options.maxBytes), options)
}

export function openSqliteEngine(path: string, maxBytes?: number): Engine {
  return translated(path, () => {
    mkdirSync(dirname(path), { recursive: true })
    const database = new DatabaseSync(path)
    try {
      prepareDatabase(database, maxBytes)
      return new SqliteEngine(path, database)
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** An engine that only reads a file which is there already and that nobody else has open. Throws `STORAGE_LOCKED`, `STORAGE_IO`. */
export function openSqliteReader(path: string): Engine {
  return translated(path, () => {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      database.exec('PRAGMA trusted_schema = OFF')
      database.prepare('SELECT 1 FROM control LIMIT 1').get() // takes the lock now, and finds a file of another kind
      return new SqliteEngine(path, database)
    } catch (error) {
      database.close()
      throw error
    }
  })
}

function prepareDatabase(database: DatabaseSync, maxBytes: number | undefined): void {
  // Exclusive before WAL: the log's index then lives in memory, and no second opener gets past the first statement.
  database.exec('PRAGMA locking_mode = EXCLUSIVE')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec('PRAGMA synchronous = FULL')
  database.exec('PRAGMA trusted_schema = OFF')
  if (maxBytes !== undefined) {
    const { page_size } = database.prepare('PRAGMA page_size').get() as { page_size: number }
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / page_size))}`)
  }
  database.exec('BEGIN IMMEDIATE') // takes the lock now, not at the first write
  for (const table of TABLES) database.exec(`CREATE TABLE IF NOT EXISTS ${table} (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT`)
  database.exec('COMMIT')
}

class SqliteEngine implements Engine {
  private readonly path: string
  private readonly database: DatabaseSync
  private readonly statements = new Map<string, StatementSync>()

  constructor(path: string, database: DatabaseSync) {
    this.path = path
    this.database = database
  }

  async get(table: Table, key: Uint8Array): Promise<Uint8Array | null> {
    return this.run(() => {
      const row = this.statement(`SELECT value FROM ${table} WHERE key = ?`).get(key) as { value: Uint8Array } | undefined
      return row?.value ?? null
    })
  }

  async scan(table: Table, range: KeyRange, limit: number, order: Order = 'ascending'): Promise<readonly Row[]> {
    return this.run(() => this.select('key, value', table, range, limit, order) as unknown as Row[])
  }

  async keys(table: Table, range: KeyRange, limit: number, order: Order = 'ascending'): Promise<readonly Uint8Array[]> {
    return this.run(() => this.select('key', table, range, limit, order).map(({ key }) => key as Uint8Array))
  }

  async write(changes: Iterable<Change>): Promise<void> {
    this.run(() => {
      this.database.exec('BEGIN IMMEDIATE')
      try {
        for (const change of changes) this.apply(change)
        this.database.exec('COMMIT')
      } catch (error) {
        if (this.database.isTransaction) this.database.exec('ROLLBACK')
        throw error
      }
    })
  }

  async check(): Promise<readonly string[]> {
    return this.run(() => {
      const rows = this.database.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]
      return rows.map((row) => row.integrity_check).filter((line) => line !== 'ok')
    })
  }

  async close(): Promise<void> {
    this.statements.clear()
    if (this.database.isOpen) this.run(() => this.database.close())
  }

  private apply(change: Change): void {
    const { table } = change
    if (change.kind === 'put') {
      this.statement(`INSERT INTO ${table} (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`).run(change.key, change.value)
    } else if (change.kind === 'delete') {
      this.statement(`DELETE FROM ${table} WHERE key = ?`).run(change.key)
    } else {
      const { where, values } = bounds(change.range)
      this.statement(`DELETE FROM ${table} WHERE ${where}`).run(...values)
    }
  }

  private select(columns: string, table: Table, range: KeyRange, limit: number, order: Order): Record<string, unknown>[] {
    const { where, values } = bounds(range)
    const direction = order === 'ascending' ? 'ASC' : 'DESC'
    return this.statement(`SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY key ${direction} LIMIT ?`).all(...values, limit)
  }

  private statement(sql: string): StatementSync {
    let statement = this.statements.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      this.statements.set(sql, statement)
    }
    return statement
  }

  private run<T>(task: () => T): T {
    return translated(this.path, task)
  }
}

function bounds({ from, to }: KeyRange): { where: string; values: SQLInputValue[] } {
  return to === undefined ? { where: 'key >= ?', values: [from ?? LOWEST] } : { where: 'key >= ? AND key < ?', values: [from ?? LOWEST, to] }
}

/** Runs `task` and turns SQLite's errors into ours; anything else passes. */
function translated<T>(path: string, task: () => T): T {
  try {
    return task()
  } catch (error) {
    const errcode = (error as { errcode?: unknown }).errcode
    if (typeof errcode !== 'number') throw error
    throw sqliteError(path, errcode, error)
  }
}

function sqliteError(path: string, errcode: number, cause: unknown): StorageError {
  const detail = { path, errcode }
  const fail = (code: StorageError['code'], message: string): StorageError => new StorageError(code, message, detail, { cause })
  switch (errcode & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fail('STORAGE_LOCKED', 'Another process has this data directory open. Stop it, or use another directory.')
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail('STORAGE_DAMAGED', 'The database file is damaged. Move it aside and start again: the world is fetched from peers. A validator must not vote at heights it may have voted at before.')
    case SQLITE_FULL:
      return fail('STORAGE_FULL', 'The disk is full, or the size limit of the store is reached. Free some space or raise the limit; nothing was lost.')
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return fail('STORAGE_IO', 'The database file cannot be opened for writing. Check the path and its permissions.')
    case SQLITE_IOERR:
      return fail('STORAGE_IO', 'The disk reports an error. Nothing was acknowledged; check the disk and start again.')
    default:
      return fail('STORAGE_IO', `SQLite refused with code ${errcode}. Nothing was changed; this is a fault in the program.`)
  }
}
