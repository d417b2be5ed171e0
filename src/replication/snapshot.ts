import {
  commitCertificateSchema, decodeCanonical, decodeCommit, decodeValidatorSet, decodeWith, encodeCanonical, encodeHeader, equalBytes, headerSchema, merkleRoot,
  schema, sha256, toHex,
} from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import type { LightClient } from '../light/index.ts'
import { ReplicationError } from './errors.ts'
import { askHedged } from './hedge.ts'
import type { ReplicationPeers } from './peers.ts'

const MAX_CHUNKS = 2048
const HASH = schema.text(64, /^[0-9a-f]{64}$/)
/** Events or receipts of one block travel as one blob. */
const RECORD_LIMITS = { maxBytes: 1 << 20, maxDepth: 16, maxItems: 1 << 18 }

/**
 * What a node offers to newcomers: the state after a finalized block as content-addressed chunks, with the header and certificate
 * that vouch for its root. `state` is the kernel's own manifest; everything else is fetched by hash.
 */
const snapshotOfferSchema = schema.object({
  header: headerSchema,
  certificate: commitCertificateSchema,
  state: schema.anyValue(),
  chunks: schema.array(HASH, MAX_CHUNKS),
  events: HASH,
  receipts: HASH,
})
export type SnapshotOffer = Infer<typeof snapshotOfferSchema>

export function encodeSnapshotOffer(offer: SnapshotOffer): Uint8Array {
  return encodeCanonical(offer as unknown as Value)
}

export function decodeSnapshotOffer(encoded: Uint8Array): SnapshotOffer {
  return decodeWith(snapshotOfferSchema, encoded)
}

export interface FetchedSnapshot {
  readonly offer: SnapshotOffer
  readonly chunks: readonly Uint8Array[]
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
  readonly onProgress: (done: number, total: number) => void
}

/**
 * Finds a peer's snapshot above `above`, verifies its header through the light client and fetches everything it names by hash.
 * The caller restores it, which recomputes the certified state root. Null when no peer has a usable one.
 */
export async function fetchSnapshot(init: SnapshotFetchInit): Promise<FetchedSnapshot | null> {
  const { peers } = init
  for (const peer of peers.candidates(init.above + 1)) {
    const found = await peers.fetchSnapshot(peer, AbortSignal.timeout(10_000)).catch(() => null)
    if (found === null || found.height <= init.above) continue
    try {
      return await fetchOffered(decodeSnapshotOffer(found.manifest), init)
    } catch (error) {
      peers.report(peer, 'BAD_CERTIFICATE', `snapshot at ${found.height}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return null
}

async function fetchOffered(offer: SnapshotOffer, { peers, light, onProgress }: SnapshotFetchInit): Promise<FetchedSnapshot> {
  const { header, certificate } = offer
  const blob = (hash: string): Promise<Uint8Array> => fetchBlob(peers, header.height, hash)
  const validators = decodeValidatorSet(await blob(toHex(header.validators_hash)))
  await light.verify({ header, certificate, validators })
  const commit = await fetchCommitOf(offer, peers)
  const events = await blob(offer.events)
  const receipts = await blob(offer.receipts)
  if (!hasRoot(events, header.events_root) || !hasRoot(receipts, header.receipts_root)) {
    throw new ReplicationError('SNAPSHOT_INVALID', 'The snapshot’s events or receipts are not those of its block.')
  }
  const chunks: Uint8Array[] = []
  for (const hash of offer.chunks) {
    chunks.push(await blob(hash))
    onProgress(chunks.length, offer.chunks.length)
  }
  return { offer, chunks, commit, events, receipts }
}

async function fetchCommitOf({ header }: SnapshotOffer, peers: ReplicationPeers): Promise<Uint8Array> {
  const { answer } = await askHedged(peers.candidates(header.height), async (peer, signal) => {
    const message = await peers.fetchCommit(peer, header.height, signal)
    if (message === null) throw new ReplicationError('NOT_FOUND', `The peer does not have block ${header.height}.`)
    if (!equalBytes(encodeHeader(decodeCommit(message).block.header), encodeHeader(header))) {
      peers.report(peer, 'BAD_BLOCK', `block ${header.height} is not the certified one`)
      throw new ReplicationError('SNAPSHOT_INVALID', 'The peer sent another block.')
    }
    return message
  })
  return answer
}

async function fetchBlob(peers: ReplicationPeers, height: number, hash: string): Promise<Uint8Array> {
  const { answer } = await askHedged(peers.candidates(height), async (peer, signal) => {
    const bytes = await peers.fetchBlob(peer, hash, signal)
    if (bytes === null) throw new ReplicationError('NOT_FOUND', `The peer does not have ${hash.slice(0, 12)}….`)
    if (toHex(sha256(bytes)) !== hash) {
      peers.report(peer, 'HASH_MISMATCH', `blob ${hash.slice(0, 12)}…`)
      throw new ReplicationError('SNAPSHOT_INVALID', 'The bytes do not match their hash.')
    }
    return bytes
  })
  return answer
}

/** True when the encoded list has this Merkle root over its entries. */
function hasRoot(encodedList: Uint8Array, root: Uint8Array): boolean {
  const list = decodeCanonical(encodedList, RECORD_LIMITS)
  return Array.isArray(list) && equalBytes(merkleRoot(list.map((entry) => encodeCanonical(entry))), root)
}
