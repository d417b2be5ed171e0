import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteStorage } from './sqlite.ts'
import { describeStorage } from './testing/behaviour-suite.ts'
import { blockAt, counter, WORLD } from './testing/blocks.ts'
import { describeEngine } from './testing/engine-suite.ts'
import { refusal } from './testing/harness.ts'
import { createSqlitePlace } from './testing/sqlite-place.ts'
import type { SqlitePlace } from './testing/sqlite-place.ts'

describeEngine('sqlite', createSqlitePlace)
describeStorage('sqlite', createSqlitePlace)

describe('a SQLite store that may not grow', () => {
  let place: SqlitePlace
  beforeEach(async () => {
    place = await createSqlitePlace()
  })
  afterEach(() => place.remove())

  it('refuses the block that does not fit, whole, and goes on with smaller ones', async () => {
    const store = await openSqliteStorage({ path: place.path, world_id: WORLD, maxBytes: 1 << 20 })
    await store.commitBlock(blockAt(1))
    const writes = [counter(2), ...Array.from({ length: 40 }, (_, i) => ({ key: `large/${i}`, value: new Uint8Array(50_000) }))]
    expect(await refusal(() => store.commitBlock(blockAt(2, writes)))).toBe('STORAGE_FULL')
    expect((await store.head())?.height).toBe(1)
    expect(await store.readState('large/0')).toBeNull()
    await store.commitBlock(blockAt(2))
    expect((await store.verify('full')).damaged).toEqual([])
    await store.close()
  })
})
