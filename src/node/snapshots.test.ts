import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { MESSAGE_LIMITS } from '../network/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { keepSnapshot, newestOffered, readState } from './snapshots.ts'

const world_id = `test.${'0'.repeat(64)}`
const root = sha256(utf8Bytes('root'))

/** A stored state whose block brought about so many bytes of events. */
async function store(storage: NodeStorage, height: number, eventBytes: number): Promise<void> {
  const chunk = utf8Bytes(`state ${height}`)
  const header = {
    world_id, height, round: 0, time: 9, parent_hash: root, last_commit_hash: root, action_root: root, state_root: root, receipts_root: root, events_root: root,
    validators_hash: root, next_validators_hash: root, proposer: 'v1', writer_epoch: 1,
  }
  const certificate = { height, round: 0, block_hash: root, signers: new Uint8Array([1]), signatures: [new Uint8Array(64)] }
  const state = { format: 1, world_id, height, state_root: root, entry_count: 1, chunk_hashes: [toHex(sha256(chunk))] } as const
  const [events, receipts] = [new Uint8Array(eventBytes), new Uint8Array(1)]
  await keepSnapshot(storage, { header, certificate, state }, [chunk, events, receipts], events, receipts)
}

describe('stored states', () => {
  it('are offered to newcomers only where everything about them can travel, and are there for this node all the same', async () => {
    const storage = await openMemoryStorage({ world_id })
    expect(await newestOffered(storage)).toBe(null)
    await store(storage, 5, MESSAGE_LIMITS.blobBytes)
    await store(storage, 10, MESSAGE_LIMITS.blobBytes + 1)
    expect(await newestOffered(storage)).toMatchObject({ height: 5 })
    expect((await readState(storage, 10))?.chunks).toEqual([utf8Bytes('state 10')])
  })
})
