import { equalBytes } from '../codec/index.ts'
import type { ReplicationPeers } from './peers.ts'
import { assertChunkSize, fetchBlob, offenceOfOffer } from './snapshot.ts'
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
  /** Takes the state, recomputing its root; false when the chunks do not give it. What it throws ends the search. */
  readonly take: (state: FetchedState) => Promise<boolean>
  readonly signal: AbortSignal
}

/** The state of an earlier height, whose root is known, from a peer that keeps it: the first that was taken. Null when no peer has it. */
export async function fetchPastState(init: PastStateInit): Promise<FetchedState | null> {
  const { peers, height, take, signal } = init
  const candidates = peers.snapshotCandidates(height - 1)
  for (const peer of candidates) {
    if (signal.aborted) return null
    const fetched = await fetchFrom(peer, candidates, init)
    if (fetched === null) continue
    if (await take(fetched)) return fetched
    peers.report(peer, 'BAD_BLOCK', `state of height ${height}: its chunks do not give the certified root`)
  }
  return null
}

/** What a peer offers, with every chunk that of its hash; null when it has nothing of use. */
async function fetchFrom(peer: string, holders: readonly string[], { peers, height, stateRoot, local, signal }: PastStateInit): Promise<FetchedState | null> {
  try {
    const found = await peers.fetchSnapshot(peer, signal, height)
    if (found === null) return null
    const offer = decodeSnapshotOffer(found.manifest)
    if (offer.header.height !== height || !equalBytes(offer.state.state_root, stateRoot)) return null
    const blob = async (hash: string): Promise<Uint8Array> => (await local(hash)) ?? (await fetchBlob(peers, holders, hash, signal))
    const chunks: Uint8Array[] = []
    while (chunks.length < offer.state.chunk_hashes.length) {
      const wanted = offer.state.chunk_hashes.slice(chunks.length, chunks.length + CHUNKS_AT_ONCE)
      chunks.push(...(await Promise.all(wanted.map(async (hash) => assertChunkSize(await blob(hash))))))
    }
    const [events, receipts] = await Promise.all([blob(offer.events), blob(offer.receipts)])
    return { offer, chunks, events, receipts }
  } catch (error) {
    const offence = offenceOfOffer(error)
    if (offence !== null) peers.report(peer, offence, `state of height ${height}: ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}
