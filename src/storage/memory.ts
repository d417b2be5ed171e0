import { compareBytes } from '../codec/index.ts'
import { TABLES } from './engine.ts'
import type { Change, Engine, KeyRange, Order, Row, Table } from './engine.ts'
import { StorageError } from './errors.ts'
import { openNodeStorage } from './node-storage.ts'
import type { NodeStorage, StorageOptions } from './types.ts'

class MemoryTable {
  private readonly rows = new Map<string, Row>()
  private sorted: Row[] | null = null

  get(key: Uint8Array): Row | undefined {
    return this.rows.get(nameOf(key))
  }

  put(row: Row): void {
    const name = nameOf(row.key)
    this.sorted = null
    this.rows.set(name, row)
  }

  delete(key: Uint8Array): void {
    if (this.rows.delete(nameOf(key))) this.sorted = null
  }

  range({ from, to }: KeyRange): Row[] {
    this.sorted ??= [...this.rows.values()].toSorted((a, b) => compareBytes(a.key, b.key))
    const rows = this.sorted
    return rows.slice(from === undefined ? 0 : lowerBound(rows, from), to === undefined ? rows.length : lowerBound(rows, to))
  }
}

/** One character a byte: no two keys share a name. */
function nameOf(key: Uint8Array): string {
  return String.fromCharCode(...key)
}

function lowerBound(rows: readonly Row[], key: Uint8Array): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareBytes(rows[middle]!.key, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** What outlives the closing of a memory store: the "disk" it is opened on again. */
export interface MemoryDisk {
  readonly tables: Readonly<Record<Table, MemoryTable>>
  open: boolean
}

export function createMemoryDisk(): MemoryDisk {
  return { tables: Object.fromEntries(TABLES.map((table) => [table, new MemoryTable()])) as Record<Table, MemoryTable>, open: false }
}

export function openMemoryEngine(disk: MemoryDisk): Engine {
  if (disk.open) throw new StorageError('STORAGE_LOCKED', 'This store is open already. Close the other one first.')
  disk.open = true
  const rowsOf = (table: Table, range: KeyRange, limit: number, order: Order = 'ascending'): Row[] => {
    const rows = disk.tables[table].range(range)
    return order === 'ascending' ? rows.slice(0, limit) : rows.toReversed().slice(0, limit)
  }
  return {
    get: async (table, key) => disk.tables[table].get(key)?.value.slice() ?? null,
    scan: async (table, range, limit, order) => rowsOf(table, range, limit, order).map(({ key, value }) => ({ key: key.slice(), value: value.slice() })),
    keys: async (table, range, limit, order) => rowsOf(table, range, limit, order).map(({ key }) => key.slice()),
    write: async (changes) => {
      const staged = [...changes] // whatever throws, throws here
      for (const change of staged) apply(disk.tables[change.table], change)
    },
    check: async () => [],
    close: async () => {
      disk.open = false
    },
  }
}

function apply(table: MemoryTable, change: Change): void {
  if (change.kind === 'put') table.put({ key: change.key.slice(), value: change.value.slice() })
  else if (change.kind === 'delete') table.delete(change.key)
  else for (const { key } of table.range(change.range)) table.delete(key)
}

/** A store in memory: for tests, and for browsers that allow no storage. Its content lives as long as `disk`. */
export function openMemoryStorage(options: StorageOptions, disk: MemoryDisk = createMemoryDisk()): Promise<NodeStorage> {
  return openNodeStorage('memory', async () => openMemoryEngine(disk), options)
}
