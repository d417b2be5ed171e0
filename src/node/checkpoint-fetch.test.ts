import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { encodeSnapshotOffer } from '../replication/index.ts'
import type { ReplicationPeers, SnapshotOffer } from '../replication/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import { SnapshotError } from '../world/index.ts'
import { CheckpointFetch } from './checkpoint-fetch.ts'
import type { CheckpointFetchInit } from './checkpoint-fetch.ts'
import type { ExportedState } from './executor/checkpoints.ts'
import { keepSnapshot } from './snapshots.ts'

const world_id = `test.${'0'.repeat(64)}`
const root = sha256(utf8Bytes('root'))
const TRUE = utf8Bytes('the state')
const FORGED = utf8Bytes('another state')
const RECORD = utf8Bytes('no events')
const blobs = new Map([TRUE, FORGED, RECORD].map((bytes) => [toHex(sha256(bytes)), bytes]))

function offerOf(chunk: Uint8Array): SnapshotOffer {
  const hash = toHex(sha256(RECORD))
  return {
    header: {
      world_id, height: 5, round: 0, time: 9, parent_hash: root, last_commit_hash: root, action_root: root, state_root: root, receipts_root: root, events_root: root,
      validators_hash: root, next_validators_hash: root, proposer: 'v1', writer_epoch: 1,
    },
    certificate: { height: 5, round: 0, block_hash: root, signers: new Uint8Array([1]), signatures: [new Uint8Array(64)] },
    state: { format: 1, world_id, height: 5, state_root: root, entry_count: 1, chunk_hashes: [toHex(sha256(chunk))] },
    events: hash, receipts: hash,
  }
}

/** A node that misses the state of height 5, among peers who offer what `offers` holds. */
async function setting(offers: Map<string, Uint8Array>) {
  const storage = await openMemoryStorage({ world_id })
  const given: ExportedState[] = []
  const reports: string[] = []
  const peers: ReplicationPeers = {
    candidates: () => [], fetchCommit: async () => null, fetchRange: async () => [],
    snapshotCandidates: () => [...offers.keys()],
    fetchSnapshot: async (peer) => ({ height: 5, manifest: encodeSnapshotOffer(offerOf(offers.get(peer)!)) }),
    fetchBlob: async (_, hash) => blobs.get(hash) ?? null,
    report: (peer, offence) => reports.push(`${peer} ${offence}`),
  }
  const pool = {
    missingCheckpoints: async () => (given.length === 0 ? [5] : []),
    record: async () => [{ height: 5, state_root: toHex(root) }],
    addCheckpoint: async (state: ExportedState) => {
      if (toHex(sha256(state.chunks[0]!)) !== toHex(sha256(TRUE))) throw new SnapshotError('SNAPSHOT_WRONG_ROOT', 'another root')
      given.push(state)
    },
  }
  const run = async (): Promise<void> => {
    const fetch = new CheckpointFetch({ pool, peers, storage, now: () => 0, log: () => {} } as unknown as CheckpointFetchInit)
    const before = given.length + reports.length
    fetch.notice()
    await expect.poll(() => given.length + reports.length).toBeGreaterThan(before)
    await fetch.stop()
  }
  return { storage, given, reports, run }
}

describe('a state to go back to', () => {
  it('that a peer forged is not stored, so that an honest one can still give it', async () => {
    const offers = new Map([['liar', FORGED]])
    const { storage, given, reports, run } = await setting(offers)
    await run()
    expect(await storage.listSnapshots()).toEqual([])
    expect(reports).toEqual(['liar BAD_BLOCK'])
    offers.set('honest', TRUE)
    await run()
    expect(given).toHaveLength(1)
    expect(await storage.listSnapshots()).toEqual([5])
  })

  it('is asked for again where the stored one is not whole', async () => {
    const { storage, given, run } = await setting(new Map([['honest', TRUE]]))
    await keepSnapshot(storage, offerOf(FORGED), [FORGED, RECORD], RECORD, RECORD)
    await run()
    expect(given).toHaveLength(1)
    expect((await storage.readSnapshot(5))!.chunk_hashes).toContain(toHex(sha256(TRUE)))
  })
})
