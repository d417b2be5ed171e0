import { describe, expect, it } from 'vitest'
import { openMemoryStorage } from '../storage/index.ts'
import { highestVoted, storageWal } from './wal.ts'

const world_id = `test.${'0'.repeat(64)}`
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

describe('the votes-WAL over storage', () => {
  it('reads back everything appended, in order, also through a new adapter', async () => {
    const storage = await openMemoryStorage({ world_id })
    const wal = storageWal(storage, () => 7)
    expect(await wal.load()).toEqual(bytes())
    await wal.append(bytes(1, 2))
    await wal.append(bytes(3))
    expect(await storageWal(storage, () => 7).load()).toEqual(bytes(1, 2, 3))
  })

  it('replaces the whole log', async () => {
    const storage = await openMemoryStorage({ world_id })
    const wal = storageWal(storage, () => 7)
    await wal.load()
    await wal.append(bytes(1, 2))
    await wal.replace(bytes(9))
    await wal.append(bytes(8))
    expect(await storageWal(storage, () => 7).load()).toEqual(bytes(9, 8))
  })

  it('holds the new log when a crash comes between writing it and dropping the old one', async () => {
    const storage = await openMemoryStorage({ world_id })
    const crashing = { ...storage, walAppend: storage.walAppend.bind(storage), walRead: storage.walRead.bind(storage), walPrune: () => Promise.reject(new Error('crash')) }
    const wal = storageWal(crashing as typeof storage, () => 7)
    await wal.load()
    await wal.append(bytes(1, 2))
    await expect(wal.replace(bytes(9))).rejects.toThrow('crash')
    expect(await storageWal(storage, () => 7).load()).toEqual(bytes(9))
  })

  it('files votes under the height being decided and never under a lower one', async () => {
    const storage = await openMemoryStorage({ world_id })
    let height = 5
    const wal = storageWal(storage, () => height)
    await wal.load()
    await wal.append(bytes(1))
    height = 3
    await wal.append(bytes(2))
    expect(await wal.load()).toEqual(bytes(1, 2))
    expect(await highestVoted(storage)).toBe(5)
    const later = storageWal(storage, () => 9)
    await later.load()
    await later.replace(bytes(4))
    expect(await highestVoted(storage)).toBe(9)
    expect(await storageWal(storage, () => 1).load()).toEqual(bytes(4))
  })

  it('refuses a record of another form instead of guessing', async () => {
    const storage = await openMemoryStorage({ world_id })
    await storage.walAppend(1, bytes(0, 0, 0, 1, 255))
    await expect(storageWal(storage, () => 1).load()).rejects.toMatchObject({ code: 'WAL_CORRUPT' })
    expect(await highestVoted(storage)).toBe(0)
  })
})
