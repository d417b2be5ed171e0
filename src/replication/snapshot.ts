import {
  AppError, decodeCanonical, decodeCommit, decodeValidatorSet, encodeCanonical, encodeHeader, equalBytes, merkleRoot, sha256, toHex,
} from '../codec/index.ts'
import type { ValidatorSet } from '../codec/index.ts'
import type { LightClient } from '../light/index.ts'
import { MAX_CHUNK_BYTES } from '../world/index.ts'
import { isDecodeError, ReplicationError } from './errors.ts'
import { askHedged } from './hedge.ts'
import type { ReplicationOffence, ReplicationPeers } from './peers.ts'
import { decodeSnapshotOffer } from './snapshot-offer.ts'
import type { SnapshotOffer } from './snapshot-offer.ts'

/** Events or receipts of one block travel as one blob. */
const RECORD_LIMITS = { maxBytes: 1 << 20, maxDepth: 16, maxItems: 1 << 18 }
/** A manifest is small; a peer that needs longer is no help with the chunks either. */
const MANIFEST_TIMEOUT_MS = 10_000
/** Chunks asked for at once: enough to fill a link, few enough that one peer's lane takes them. */
const CHUNKS_AT_ONCE = 4

/** Refusals of the light client that the offered bytes themselves cause; others (our clock, a silent source) blame nobody. */
const FORGED: ReadonlySet<string> = new Set([
  'MALFORMED', 'WRONG_WORLD', 'WRONG_HEIGHT', 'WRONG_ROUND', 'WRONG_BLOCK_HASH', 'WRONG_VALIDATOR_SET', 'BAD_BITMAP', 'WRONG_SIGNATURE_COUNT',
  'TOO_FEW_STAKE', 'BAD_SIGNATURE', 'TIME_NOT_MONOTONE', 'WRONG_PARENT_HASH',
])

export interface FetchedSnapshot {
  /** Who offered it: to blame when the chunks do not give the certified root. */
  readonly peer: string
  readonly offer: SnapshotOffer
  readonly chunks: readonly Uint8Array[]
  /** The validators who decided the snapshot's block. */
  readonly validators: ValidatorSet
  /** Encoded commit of the snapshot's block. */
  readonly commit: Uint8Array
  readonly events: Uint8Array
  readonly receipts: Uint8Array
}

export interface SnapshotFetchInit {
  readonly peers: ReplicationPeers
  /** Verifies the header the snapshot rests on. */
  readonly light: LightClient
  /** Only a snapshot above this height is worth fetching. */
  readonly above: number
  readonly signal: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

/**
 * Finds a peer's snapshot above `above`, verifies its header through the light client and fetches everything it names by hash.
 * The caller restores it, which recomputes the certified state root. Null when no peer has a usable one.
 * Throws `STOPPED`, or `CHECKPOINT_EXPIRED` when what is trusted here is too old to vouch for anything newer.
 */
export async function fetchSnapshot(init: SnapshotFetchInit): Promise<FetchedSnapshot | null> {
  const { peers, above, signal } = init
  for (const peer of peers.snapshotCandidates(above)) {
    const found = await peers.fetchSnapshot(peer, AbortSignal.any([signal, AbortSignal.timeout(MANIFEST_TIMEOUT_MS)])).catch(() => null)
    throwIfStopped(signal)
    if (found === null || found.height <= above) continue
    try {
      const offer = decodeSnapshotOffer(found.manifest)
      if (offer.header.height <= above) throw new ReplicationError('SNAPSHOT_INVALID', 'The snapshot is of a lower height than the peer said.', { height: offer.header.height })
      return await fetchOffered(peer, offer, init)
    } catch (error) {
      throwIfStopped(signal)
      // Our own trust has run out: no other peer's snapshot would do better.
      if (error instanceof AppError && error.code === 'CHECKPOINT_EXPIRED') throw error
      const offence = offenceOfOffer(error)
      if (offence !== null) peers.report(peer, offence, `snapshot at ${found.height}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return null
}

/** What a refused snapshot proves against the peer that offered it; null when the fault may be ours or another's. */
export function offenceOfOffer(error: unknown): ReplicationOffence | null {
  if (isDecodeError(error)) return 'BAD_MESSAGE'
  if (!(error instanceof AppError)) return null
  if (error.code.startsWith('SNAPSHOT_')) return 'BAD_BLOCK'
  return FORGED.has(error.code) ? 'BAD_CERTIFICATE' : null
}

async function fetchOffered(peer: string, offer: SnapshotOffer, { peers, light, signal, onProgress }: SnapshotFetchInit): Promise<FetchedSnapshot> {
  const { header, certificate, state } = offer
  // Who offers a snapshot keeps its blobs; others may have them too.
  const holders = [peer, ...peers.candidates(header.height).filter((other) => other !== peer)]
  const blob = (hash: string): Promise<Uint8Array> => fetchBlob(peers, holders, hash, signal)
  const validators = decodeValidatorSet(await blob(toHex(header.validators_hash)))
  await light.verify({ header, certificate, validators })
  const commit = await fetchCommitOf(offer, peers, holders, signal)
  const [events, receipts] = await Promise.all([blob(offer.events), blob(offer.receipts)])
  if (!hasRoot(events, header.events_root) || !hasRoot(receipts, header.receipts_root)) {
    throw new ReplicationError('SNAPSHOT_INVALID', 'The snapshot’s events or receipts are not those of its block.')
  }
  const chunks: Uint8Array[] = []
  while (chunks.length < state.chunk_hashes.length) {
    const wanted = state.chunk_hashes.slice(chunks.length, chunks.length + CHUNKS_AT_ONCE)
    chunks.push(...(await Promise.all(wanted.map(async (hash) => assertChunkSize(await blob(hash))))))
    onProgress(chunks.length, state.chunk_hashes.length)
  }
  return { peer, offer, chunks, validators, commit, events, receipts }
}

async function fetchCommitOf({ header }: SnapshotOffer, peers: ReplicationPeers, holders: readonly string[], stop: AbortSignal): Promise<Uint8Array> {
  const { answer } = await askHedged(holders, async (peer, signal) => {
    const message = await peers.fetchCommit(peer, header.height, AbortSignal.any([signal, stop]))
    if (message === null) throw new ReplicationError('NOT_FOUND', `The peer does not have block ${header.height}.`)
    try {
      if (equalBytes(encodeHeader(decodeCommit(message).block.header), encodeHeader(header))) return message
    } catch (error) {
      peers.report(peer, 'BAD_MESSAGE', `block ${header.height}`)
      throw error
    }
    peers.report(peer, 'BAD_BLOCK', `block ${header.height} is not the certified one`)
    throw new ReplicationError('NOT_FOUND', 'The peer sent another block.')
  })
  return answer
}

/** The bytes of a hash from one of those who may hold them. Throws `NO_PEER`. */
export async function fetchBlob(peers: ReplicationPeers, holders: readonly string[], hash: string, stop: AbortSignal): Promise<Uint8Array> {
  const { answer } = await askHedged(holders, async (peer, signal) => {
    const bytes = await peers.fetchBlob(peer, hash, AbortSignal.any([signal, stop]))
    if (bytes === null) throw new ReplicationError('NOT_FOUND', `The peer does not have ${hash.slice(0, 12)}….`)
    if (toHex(sha256(bytes)) !== hash) {
      peers.report(peer, 'HASH_MISMATCH', `blob ${hash.slice(0, 12)}…`)
      throw new ReplicationError('NOT_FOUND', 'The bytes do not match their hash.')
    }
    return bytes
  })
  return answer
}

/** Blobs may be larger than any chunk; as many of them as a manifest names would fill the memory. Throws `SNAPSHOT_INVALID`. */
export function assertChunkSize(chunk: Uint8Array): Uint8Array {
  if (chunk.length > MAX_CHUNK_BYTES) throw new ReplicationError('SNAPSHOT_INVALID', 'The snapshot names a chunk that is larger than any. Fetch one from another peer.', { bytes: chunk.length })
  return chunk
}

/** True when the encoded list has this Merkle root over its entries. */
function hasRoot(encodedList: Uint8Array, root: Uint8Array): boolean {
  const list = decodeCanonical(encodedList, RECORD_LIMITS)
  return Array.isArray(list) && equalBytes(merkleRoot(list.map((entry) => encodeCanonical(entry))), root)
}

function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new ReplicationError('STOPPED', 'The node stopped while a snapshot was being fetched.')
}
