import { utf8Bytes } from '../codec/index.ts'
import type { Change } from './engine.ts'
import { StorageError } from './errors.ts'
import { after, GENERATION_BYTES, generationKey, generationRange, stateKey } from './keys.ts'
import { MAX_STATE_KEY_BYTES, MAX_STATE_VALUE_BYTES, STATE_BATCH_BYTES, STATE_BATCH_ENTRIES } from './limits.ts'
import { openRow } from './rows.ts'
import { assertBytes, putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'
import type { StateEntry, StateWrite } from './types.ts'

const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The entries of the world state, under the generation the head names. */
export class StateTable {
  generation = 1
  /** Rises with every change of the state, so that a reader under way notices. */
  version = 0
  private nextGeneration = 2
  private readonly context: StoreContext

  constructor(context: StoreContext) {
    this.context = context
  }

  /** Uses `generation` (a fresh one when null: no head says which is whole) and drops what an interrupted restore left. */
  async load(generation: number | null): Promise<void> {
    const [highest] = await this.context.engine.keys('state', {}, 1, 'descending')
    const highestStored = highest === undefined ? 0 : new DataView(highest.buffer, highest.byteOffset).getUint32(0)
    this.generation = generation ?? highestStored + 1
    this.nextGeneration = Math.max(highestStored, this.generation) + 1
    const stale: Change[] = [
      { kind: 'delete-range', table: 'state', range: { to: generationKey(this.generation) } },
      { kind: 'delete-range', table: 'state', range: { from: generationKey(this.generation + 1) } },
    ]
    if (highest !== undefined) await this.context.engine.write(stale)
  }

  *changesFor(writes: readonly StateWrite[]): Iterable<Change> {
    for (const { key, value } of writes) {
      const at = stateKey(this.generation, utf8Bytes(key))
      yield value === null ? { kind: 'delete', table: 'state', key: at } : putSealed('state', at, value)
    }
  }

  async read(key: string): Promise<Uint8Array | null> {
    assertStateKey(key)
    const row = await this.context.read('state', 'state', stateKey(this.generation, utf8Bytes(key)), key)
    if (row.state === 'damaged') throw damagedState(key)
    return row.state === 'ok' ? row.value : null
  }

  async *entries(): AsyncGenerator<StateEntry> {
    const { generation, version } = this
    let { from, to } = generationRange(generation)
    for (;;) {
      this.context.assertOpen()
      const rows = await this.context.engine.scan('state', { from, to }, STATE_BATCH_ENTRIES)
      for (const { key, value: stored } of rows) {
        if (this.version !== version) throw new StorageError('STATE_CHANGED', 'A block was committed while the state was read. Start reading again.')
        const value = openRow('state', key, stored)
        const name = decodeName(key.subarray(GENERATION_BYTES))
        if (value === null || name === null) {
          this.context.damaged({ part: 'state', key: name ?? '?', height: 0, reason: 'checksum' })
          throw damagedState(name ?? '?')
        }
        yield { key: name, value }
      }
      if (rows.length < STATE_BATCH_ENTRIES) return
      from = after(rows.at(-1)!.key)
    }
  }

  /** Writes entries into a new generation, in bounded transactions; nobody reads it until the head names it. */
  async stage(entries: AsyncIterable<StateEntry> | Iterable<StateEntry>): Promise<number> {
    const generation = this.nextGeneration++
    let batch: Change[] = []
    let bytes = 0
    const flush = async (): Promise<void> => {
      const changes = batch
      batch = []
      bytes = 0
      if (changes.length > 0) await this.context.exclusive(() => this.context.engine.write(changes))
    }
    try {
      for await (const { key, value } of entries) {
        assertStateKey(key)
        assertBytes(value, MAX_STATE_VALUE_BYTES, `The state value of "${key}"`)
        batch.push(putSealed('state', stateKey(generation, utf8Bytes(key)), value))
        bytes += key.length + value.length
        if (bytes >= STATE_BATCH_BYTES || batch.length >= STATE_BATCH_ENTRIES) await flush()
      }
      await flush()
      return generation
    } catch (error) {
      // Should dropping fail too, the next opening does it; the first error is the one to tell.
      await this.context.exclusive(() => this.drop(generation)).catch(() => {})
      throw error
    }
  }

  drop(generation: number): Promise<void> {
    return this.context.engine.write([{ kind: 'delete-range', table: 'state', range: generationRange(generation) }])
  }
}

export function assertStateKey(key: unknown): asserts key is string {
  if (typeof key !== 'string' || !key.isWellFormed()) throw new StorageError('STORAGE_BAD_INPUT', 'A state key must be well-formed text.')
  const bytes = key.length > MAX_STATE_KEY_BYTES ? key.length : utf8Bytes(key).length
  if (bytes === 0 || bytes > MAX_STATE_KEY_BYTES) {
    throw new StorageError('STORAGE_BAD_INPUT', `A state key has 1 to ${MAX_STATE_KEY_BYTES} bytes.`, { bytes })
  }
}

export function assertWrites(writes: readonly StateWrite[], max: number): void {
  if (!Array.isArray(writes) || writes.length > max) throw new StorageError('STORAGE_BAD_INPUT', `A block changes at most ${max} state entries.`)
  const keys = new Set<string>()
  for (const { key, value } of writes) {
    assertStateKey(key)
    if (value !== null) assertBytes(value, MAX_STATE_VALUE_BYTES, `The state value of "${key}"`)
    keys.add(key)
  }
  if (keys.size !== writes.length) throw new StorageError('STORAGE_BAD_INPUT', 'A block changes each state key at most once.')
}

function decodeName(bytes: Uint8Array): string | null {
  try {
    return textDecoder.decode(bytes)
  } catch {
    return null
  }
}

function damagedState(key: string): StorageError {
  return new StorageError('STORAGE_DAMAGED', 'A state entry is damaged. Restore the state from a snapshot and execute the blocks after it again.', { key })
}
