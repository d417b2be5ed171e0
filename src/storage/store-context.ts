import type { Change, Engine, Table } from './engine.ts'
import { StorageError } from './errors.ts'
import { openRow, sealRow } from './rows.ts'
import type { Damage, PartName, StorageEvent, StorageOptions } from './types.ts'

export type SealedRead = { readonly state: 'ok'; readonly value: Uint8Array } | { readonly state: 'missing' } | { readonly state: 'damaged' }

/** What the parts of a store share: the engine, the queue of writes, and how a damaged row is told. */
export class StoreContext {
  readonly engine: Engine
  readonly world_id: string
  private readonly onEvent: (event: StorageEvent) => void
  private tail: Promise<unknown> = Promise.resolve()
  private closed = false

  constructor(engine: Engine, options: StorageOptions) {
    this.engine = engine
    this.world_id = options.world_id
    this.onEvent = options.onEvent ?? (() => {})
  }

  assertOpen(): void {
    if (this.closed) throw new StorageError('STORAGE_CLOSED', 'The store is closed. Open it again.')
  }

  /** Runs `task` after all earlier ones: what a write decides from what it read stays true until it is written. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(() => {
      this.assertOpen()
      return task()
    })
    this.tail = result.catch(() => {})
    return result
  }

  /** Waits for writes under way, refuses new calls, releases the engine. Closing twice is harmless. */
  async close(): Promise<void> {
    if (this.closed) return
    this.closed = true
    await this.tail
    await this.engine.close()
  }

  emit(event: StorageEvent): void {
    this.onEvent(event)
  }

  /** Reads and checks a row; a damaged one is told as an event. */
  async read(part: PartName, table: Table, key: Uint8Array, name: string, height = 0): Promise<SealedRead> {
    this.assertOpen()
    const stored = await this.engine.get(table, key)
    if (stored === null) return { state: 'missing' }
    const value = openRow(table, key, stored)
    if (value !== null) return { state: 'ok', value }
    this.damaged({ part, key: name, height, reason: 'checksum' })
    return { state: 'damaged' }
  }

  damaged(damage: Damage): void {
    this.emit({ kind: 'RECORD_DAMAGED', damage })
  }
}

/** A change that stores a checksummed row. */
export function putSealed(table: Table, key: Uint8Array, value: Uint8Array): Change {
  return { kind: 'put', table, key, value: sealRow(table, key, value) }
}

/** Refuses bytes that are not bytes or too many. */
export function assertBytes(value: unknown, maxBytes: number, what: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array)) throw new StorageError('STORAGE_BAD_INPUT', `${what} must be a Uint8Array.`)
  if (value.length > maxBytes) {
    throw new StorageError('STORAGE_BAD_INPUT', `${what} has ${value.length} bytes; at most ${maxBytes} are stored.`, { bytes: value.length, max: maxBytes })
  }
}

export function assertHash(value: unknown, what: string): asserts value is Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== 32) throw new StorageError('STORAGE_BAD_INPUT', `${what} must be 32 bytes.`)
}

export function assertHeight(value: unknown, what = 'A height', min = 1): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < min) {
    throw new StorageError('STORAGE_BAD_INPUT', `${what} must be an integer from ${min} on.`)
  }
}
