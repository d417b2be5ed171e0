import { schema, WORLD_ID } from '../codec/index.ts'
import type { Infer } from '../codec/index.ts'
import { BROWSER_PEER_LIMITS, MESSAGE_LIMITS } from './limits.ts'
import { defineProtocol } from './rpc-protocol.ts'

const { array, bool, bytes, int, nullable, object, optional, text } = schema

/** Room for map keys, lengths and small fields around the large one. */
const ENVELOPE_BYTES = 1024
const SMALL_TIMEOUT_MS = 5_000
/** One MiB at 1 Mbit/s is 8 s; a peer slower than that is no help in a gap. */
const LARGE_TIMEOUT_MS = 15_000

const hash = text(64, /^[0-9a-f]{64}$/)
const height = int()

/** `/aw/node/replication/fetch-commit/1.0.0`: one committed block with its certificate, as opaque bytes. */
export const fetchCommit = defineProtocol({
  id: '/aw/node/replication/fetch-commit/1.0.0',
  request: object({ world_id: WORLD_ID, height }),
  response: object({ found: bool(), message: optional(bytes(MESSAGE_LIMITS.commitBytes)) }),
  maxRequestBytes: ENVELOPE_BYTES,
  maxResponseBytes: MESSAGE_LIMITS.commitBytes + ENVELOPE_BYTES,
  timeoutMs: LARGE_TIMEOUT_MS,
})

/** `/aw/node/replication/fetch-blob/1.0.0`: bytes by their SHA-256, lowercase hex. The asker checks the hash. */
export const fetchBlob = defineProtocol({
  id: '/aw/node/replication/fetch-blob/1.0.0',
  request: object({ content_hash: hash }),
  response: object({ found: bool(), blob: optional(bytes(MESSAGE_LIMITS.blobBytes)) }),
  maxRequestBytes: ENVELOPE_BYTES,
  maxResponseBytes: MESSAGE_LIMITS.blobBytes + ENVELOPE_BYTES,
  timeoutMs: LARGE_TIMEOUT_MS,
})

/** `/aw/node/replication/fetch-range/1.0.0`: commits from height `from` on, as many as fit in the answer, in order, without gaps. */
export const fetchRange = defineProtocol({
  id: '/aw/node/replication/fetch-range/1.0.0',
  request: object({ world_id: WORLD_ID, from: height, limit: int(1, MESSAGE_LIMITS.rangeCount) }),
  response: object({ messages: array(bytes(MESSAGE_LIMITS.commitBytes), MESSAGE_LIMITS.rangeCount) }),
  maxRequestBytes: ENVELOPE_BYTES,
  maxResponseBytes: MESSAGE_LIMITS.rangeBytes + 8 * MESSAGE_LIMITS.rangeCount + ENVELOPE_BYTES,
  timeoutMs: 2 * LARGE_TIMEOUT_MS,
})

/** `/aw/node/status/1.0.0`: where a peer says it stands. A claim: nothing in it counts before a certificate proves it. */
export const status = defineProtocol({
  id: '/aw/node/status/1.0.0',
  request: object({ world_id: WORLD_ID }),
  response: object({
    height,
    head_hash: hash,
    earliest_height: height,
    state_root: hash,
    validator_id: optional(text(MESSAGE_LIMITS.validatorIdLength)),
    snapshot_height: nullable(height),
    peers: int(0, 100_000),
  }),
  maxRequestBytes: ENVELOPE_BYTES,
  maxResponseBytes: ENVELOPE_BYTES,
  timeoutMs: SMALL_TIMEOUT_MS,
})

/** `/aw/node/snapshot/1.0.0`: manifest of the newest snapshot, or of the one of `height`, as opaque bytes; its chunks are fetched as blobs. */
export const snapshot = defineProtocol({
  id: '/aw/node/snapshot/1.0.0',
  request: object({ world_id: WORLD_ID, height: optional(height) }),
  response: object({ found: bool(), height: optional(height), manifest: optional(bytes(MESSAGE_LIMITS.manifestBytes)) }),
  maxRequestBytes: ENVELOPE_BYTES,
  maxResponseBytes: MESSAGE_LIMITS.manifestBytes + ENVELOPE_BYTES,
  timeoutMs: SMALL_TIMEOUT_MS,
})

/** `/aw/node/peers/1.0.0`: libp2p ids of browsers that can be reached through the relay that is asked. */
export const fetchPeers = defineProtocol({
  id: '/aw/node/peers/1.0.0',
  request: object({ limit: int(1, BROWSER_PEER_LIMITS.maxOffered) }),
  response: object({ peers: array(text(BROWSER_PEER_LIMITS.peerIdLength, /^[1-9A-HJ-NP-Za-km-z]+$/), BROWSER_PEER_LIMITS.maxOffered) }),
  maxRequestBytes: ENVELOPE_BYTES,
  maxResponseBytes: 2 * ENVELOPE_BYTES,
  timeoutMs: SMALL_TIMEOUT_MS,
})

export type FetchCommitRequest = Infer<typeof fetchCommit.request>
export type FetchCommitResponse = Infer<typeof fetchCommit.response>
export type FetchBlobRequest = Infer<typeof fetchBlob.request>
export type FetchBlobResponse = Infer<typeof fetchBlob.response>
export type FetchRangeRequest = Infer<typeof fetchRange.request>
export type FetchRangeResponse = Infer<typeof fetchRange.response>
export type StatusRequest = Infer<typeof status.request>
export type StatusResponse = Infer<typeof status.response>
export type SnapshotRequest = Infer<typeof snapshot.request>
export type SnapshotResponse = Infer<typeof snapshot.response>

/** The leading messages that fit in one `fetchRange` answer, at least one where there is one. */
export function fitRange(messages: Iterable<Uint8Array>): Uint8Array[] {
  const page: Uint8Array[] = []
  let size = 0
  for (const message of messages) {
    size += message.length
    if (page.length > 0 && size > MESSAGE_LIMITS.rangeBytes) break
    page.push(message)
    if (page.length === MESSAGE_LIMITS.rangeCount) break
  }
  return page
}
