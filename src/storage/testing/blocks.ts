import { blockHash, computeConsensusActionRoot, encodeCommit, sha256, utf8Bytes } from '../../codec/index.ts'
import type { BlockHeader } from '../../codec/index.ts'
import type { BlockCommit, BlockRecord, StateEntry, StateWrite } from '../types.ts'

export const WORLD = `store.${'cd'.repeat(32)}`

/** What a kernel and a certificate would hand over at `height`, with real encodings and hashes. */
export function blockAt(height: number, writes: readonly StateWrite[] = [counter(height)], salt = ''): BlockCommit {
  const root = sha256(utf8Bytes(`root ${height}${salt}`))
  const header: BlockHeader = {
    world_id: WORLD, height, round: 0, time: 1000 * height, parent_hash: root, last_commit_hash: root, action_root: computeConsensusActionRoot([]),
    state_root: root, receipts_root: root, events_root: root, validators_hash: root, next_validators_hash: root, proposer: 'v', writer_epoch: 1,
  }
  const block_hash = blockHash(header)
  const certificate = { height, round: 0, block_hash, signers: Uint8Array.of(1), signatures: [new Uint8Array(64)] }
  return {
    height, block_hash, state_root: root, writes,
    commit: encodeCommit({ block: { header, actions: [], last_commit: null }, certificate }),
    events: utf8Bytes(`events ${height}`), receipts: utf8Bytes(`receipts ${height}`),
  }
}

/** The entry every block of these tests rewrites, so that state and head can be compared. */
export function counter(height: number): StateWrite & StateEntry {
  return { key: 'counter', value: utf8Bytes(String(height)) }
}

export function recordOf({ height, block_hash, commit, events, receipts }: BlockCommit): BlockRecord {
  return { height, block_hash, commit, events, receipts }
}
