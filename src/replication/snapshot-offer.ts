import { commitCertificateSchema, decodeWith, encodeCanonical, equalBytes, headerSchema, schema } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import { snapshotManifestSchema } from '../world/index.ts'
import { ReplicationError } from './errors.ts'

const HASH = schema.text(64, /^[0-9a-f]{64}$/)

/**
 * What a node offers to newcomers: the state after a finalized block as content-addressed chunks, with the header and certificate
 * that vouch for its root. Everything it names is fetched by hash.
 */
const snapshotOfferSchema = schema.object({
  header: headerSchema,
  certificate: commitCertificateSchema,
  /** The kernel's own manifest: it names the chunks. */
  state: snapshotManifestSchema,
  /** Encoded events and receipts of the block, as blobs. */
  events: HASH,
  receipts: HASH,
})
export type SnapshotOffer = Infer<typeof snapshotOfferSchema>

export function encodeSnapshotOffer(offer: SnapshotOffer): Uint8Array {
  return encodeCanonical(offer as unknown as Value)
}

/** Throws a decode error for bytes of another shape, and `SNAPSHOT_INVALID` when the parts of the offer contradict each other. */
export function decodeSnapshotOffer(encoded: Uint8Array): SnapshotOffer {
  const offer = decodeWith(snapshotOfferSchema, encoded)
  const { header, state } = offer
  if (state.world_id !== header.world_id || state.height !== header.height || !equalBytes(state.state_root, header.state_root)) {
    throw new ReplicationError('SNAPSHOT_INVALID', 'The snapshot describes another state than its header certifies. Fetch one from another peer.', { height: header.height })
  }
  return offer
}

/** All blobs of an offer, each once: what the offering node must keep. */
export function blobsOf({ state, events, receipts }: SnapshotOffer): readonly string[] {
  return [...new Set([...state.chunk_hashes, events, receipts])]
}
