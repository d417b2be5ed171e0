import type { Change } from './engine.ts'
import { StorageError } from './errors.ts'
import { after, numberKey, numberOfKey, voteKey } from './keys.ts'
import { MAX_WAL_RECORD_BYTES, MAX_WAL_RECORDS } from './limits.ts'
import { openRow } from './rows.ts'
import { assertBytes, assertHeight, putSealed } from './store-context.ts'
import type { StoreContext } from './store-context.ts'

const READ_BATCH = 200

/** What a validator wrote before it signed (DESIGN §3.3). A row is durable before `append` resolves, so none is ever half there. */
export class VotesWal {
  private sequence = 0
  private count = 0
  private readonly context: StoreContext

  constructor(context: StoreContext) {
    this.context = context
  }

  async load(): Promise<void> {
    const keys = await this.context.engine.keys('votes', {}, MAX_WAL_RECORDS + 1)
    this.count = keys.length
    for (const key of keys) this.sequence = Math.max(this.sequence, numberOfKey(key, 8))
  }

  async append(height: number, record: Uint8Array): Promise<void> {
    assertHeight(height)
    assertBytes(record, MAX_WAL_RECORD_BYTES, 'A record of the votes-WAL')
    if (this.count >= MAX_WAL_RECORDS) {
      throw new StorageError('STORAGE_FULL', 'The votes-WAL is full. Prune the heights that are finalized.', { records: this.count })
    }
    await this.context.engine.write([putSealed('votes', voteKey(height, this.sequence + 1), record)])
    this.sequence++
    this.count++
  }

  async read(): Promise<readonly Uint8Array[]> {
    const records: Uint8Array[] = []
    for await (const { key, value } of this.rows()) {
      if (value === null) {
        throw new StorageError(
          'WAL_DAMAGED',
          'A record of the votes-WAL is damaged: this validator may have signed what it no longer remembers. Discard it and do not vote at that height or below.',
          { height: numberOfKey(key), sequence: numberOfKey(key, 8) },
        )
      }
      records.push(value)
    }
    return records
  }

  async prune(belowHeight: number): Promise<void> {
    assertHeight(belowHeight, 'A height', 0)
    await this.context.engine.write([{ kind: 'delete-range', table: 'votes', range: { to: numberKey(belowHeight) } }])
    this.count = (await this.context.engine.keys('votes', {}, MAX_WAL_RECORDS + 1)).length
  }

  async discardDamaged(): Promise<number> {
    const changes: Change[] = []
    let highest = 0
    for await (const { key, value } of this.rows()) {
      if (value !== null) continue
      changes.push({ kind: 'delete', table: 'votes', key })
      highest = Math.max(highest, numberOfKey(key))
    }
    if (changes.length > 0) await this.context.engine.write(changes)
    this.count -= changes.length
    return highest
  }

  private async *rows(): AsyncGenerator<{ key: Uint8Array; value: Uint8Array | null }> {
    let from: Uint8Array | undefined
    for (;;) {
      this.context.assertOpen()
      const rows = await this.context.engine.scan('votes', { from }, READ_BATCH)
      for (const { key, value } of rows) yield { key, value: openRow('votes', key, value) }
      if (rows.length < READ_BATCH) return
      from = after(rows.at(-1)!.key)
    }
  }
}
