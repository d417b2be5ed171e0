import { describe, expect, it } from 'vitest'
import { openMemoryStorage } from '../storage/index.ts'
import { storageWal } from './wal.ts'

const world_id = `test.${'0'.repeat(64)}`
const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

describe('the votes-WAL over storage', () => {
  it('reads back everything appended, in order, also through a new adapter', async () => {
    const storage = await openMemoryStorage({ world_id })
    const wal = storageWal(storage)
    expect(await wal.load()).toEqual(bytes())
    await wal.append(bytes(1, 2))
    await wal.append(bytes(3))
    expect(await storageWal(storage).load()).toEqual(bytes(1, 2, 3))
  })

  it('replaces the whole log', async () => {
    const storage = await openMemoryStorage({ world_id })
    const wal = storageWal(storage)
    await wal.load()
    await wal.append(bytes(1, 2))
    await wal.replace(bytes(9))
    await wal.append(bytes(8))
    expect(await storageWal(storage).load()).toEqual(bytes(9, 8))
  })

  it('holds the new log when a crash comes between writing it and dropping the old one', async () => {
    const storage = await openMemoryStorage({ world_id })
    const crashing = { ...storage, walAppend: storage.walAppend.bind(storage), walRead: storage.walRead.bind(storage), walPrune: () => Promise.reject(new Error('crash')) }
    const wal = storageWal(crashing as typeof storage)
    await wal.load()
    await wal.append(bytes(1, 2))
    await expect(wal.replace(bytes(9))).rejects.toThrow('crash')
    expect(await storageWal(storage).load()).toEqual(bytes(9))
  })
})
