import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { utf8Bytes } from '../codec/index.ts'
import { openSqliteArchive } from './sqlite-archive.ts'
import { openSqliteStorage } from './sqlite.ts'
import { blockAt, WORLD } from './testing/blocks.ts'
import { refusal } from './testing/harness.ts'
import { createSqlitePlace } from './testing/sqlite-place.ts'
import type { SqlitePlace } from './testing/sqlite-place.ts'

let place: SqlitePlace
beforeEach(async () => {
  place = await createSqlitePlace()
})
afterEach(() => place.remove())

describe('the archive of a node at rest', () => {
  it('reads what was stored and leaves it to the node as it was', async () => {
    const store = await openSqliteStorage({ path: place.path, world_id: WORLD })
    await store.commitBlock(blockAt(1))
    await store.commitBlock(blockAt(2))
    const blob = await store.putBlob(utf8Bytes('set'), 'test')
    await store.close()

    const archive = await openSqliteArchive({ path: place.path, world_id: WORLD })
    expect((await archive.head())?.height).toBe(2)
    expect(await archive.earliestHeight()).toBe(1)
    expect((await archive.readCommit(2))?.block_hash).toEqual(blockAt(2).block_hash)
    expect(await archive.readEvents(1)).toEqual(utf8Bytes('events 1'))
    expect(await archive.readCommit(3)).toBeNull()
    expect(await archive.getBlob(blob)).toEqual(utf8Bytes('set'))
    expect(await archive.getBlob('ab'.repeat(32))).toBeNull()
    await archive.close()

    const again = await openSqliteStorage({ path: place.path, world_id: WORLD })
    await again.commitBlock(blockAt(3))
    expect((await again.verify('full')).damaged).toEqual([])
    await again.close()
  })

  it('reads what a node that was killed had acknowledged', async () => {
    const store = await openSqliteStorage({ path: place.path, world_id: WORLD })
    await store.commitBlock(blockAt(1))
    const copy = join(dirname(place.path), 'killed', 'world.sqlite')
    mkdirSync(dirname(copy))
    copyFileSync(place.path, copy)
    copyFileSync(`${place.path}-wal`, `${copy}-wal`)
    await store.close()
    const archive = await openSqliteArchive({ path: copy, world_id: WORLD })
    expect((await archive.head())?.height).toBe(1)
    await archive.close()
  })

  it('refuses a store in use, of another world, that is not there, or that is none', async () => {
    const store = await openSqliteStorage({ path: place.path, world_id: WORLD })
    expect(await refusal(() => openSqliteArchive({ path: place.path, world_id: WORLD }))).toBe('STORAGE_LOCKED')
    await store.close()
    expect(await refusal(() => openSqliteArchive({ path: place.path, world_id: `other.${'00'.repeat(32)}` }))).toBe('STORAGE_WRONG_WORLD')
    const other = join(dirname(place.path), 'other.sqlite')
    expect(await refusal(() => openSqliteArchive({ path: other, world_id: WORLD }))).toBe('STORAGE_IO')
    expect(existsSync(other)).toBe(false)
    writeFileSync(other, 'no database at all, but long enough to be looked at as one')
    expect(await refusal(() => openSqliteArchive({ path: other, world_id: WORLD }))).toBe('STORAGE_DAMAGED')
  })
})
