import { equalBytes } from '../codec/index.ts'
import type { ReplicationPeers } from './peers.ts'
import { fetchBlob, offenceOfOffer } from './snapshot.ts'
import { decodeSnapshotOffer } from './snapshot-offer.ts'
import type { SnapshotOffer } from './snapshot-offer.ts'

const CHUNKS_AT_ONCE = 4

export interface FetchedState {
  /** Only the state in it is known to be true; its header is for who receives it to verify. */
  readonly offer: SnapshotOffer
  readonly chunks: readonly Uint8Array[]
  readonly events: Uint8Array
  readonly receipts: Uint8Array
}

export interface PastStateInit {
  readonly peers: ReplicationPeers
  readonly height: number
  /** Certified, as the state of a later height names it. */
  readonly stateRoot: Uint8Array
  /** Chunks that are here already. */
  readonly local: (contentHash: string) => Promise<Uint8Array | null>
  readonly signal: AbortSignal
}

/**
 * The state of an earlier height, whose root is known, from a peer that keeps it. Chunks are those of their hashes; whoever takes them recomputes the
 * root. Null when no peer has it.
 */
export async function fetchPastState({ peers, height, stateRoot, local, signal }: PastStateInit): Promise<FetchedState | null> {
  const candidates = peers.snapshotCandidates(height - 1)
  for (const peer of candidates) {
    if (signal.aborted) return null
    try {
      const found = await peers.fetchSnapshot(peer, signal, height)
      if (found === null) continue
      const offer = decodeSnapshotOffer(found.manifest)
      if (offer.header.height !== height || !equalBytes(offer.state.state_root, stateRoot)) continue
      const blob = async (hash: string): Promise<Uint8Array> => (await local(hash)) ?? (await fetchBlob(peers, candidates, hash, signal))
      const chunks: Uint8Array[] = []
      while (chunks.length < offer.state.chunk_hashes.length) {
        chunks.push(...(await Promise.all(offer.state.chunk_hashes.slice(chunks.length, chunks.length + CHUNKS_AT_ONCE).map(blob))))
      }
      const [events, receipts] = await Promise.all([blob(offer.events), blob(offer.receipts)])
      return { offer, chunks, events, receipts }
    } catch (error) {
      const offence = offenceOfOffer(error)
      if (offence !== null) peers.report(peer, offence, `state of height ${height}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return null
}
