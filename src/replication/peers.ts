/** What a peer did wrong while replicating; names as in the peer policy. */
export type ReplicationOffence = 'BAD_MESSAGE' | 'BAD_CERTIFICATE' | 'BAD_BLOCK' | 'WRONG_WORLD' | 'WRONG_HEIGHT' | 'HASH_MISMATCH' | 'TIMEOUT'

/** The peers as replication sees them. The node implements it over the network; tests over memory. */
export interface ReplicationPeers {
  /** Peers that claim to hold the block of this height and are not demoted, best first. */
  readonly candidates: (height: number) => readonly string[]
  /** Peers that claim a snapshot above this height and are not demoted, best first. */
  readonly snapshotCandidates: (above: number) => readonly string[]
  /** One encoded commit, or null when the peer does not have it. */
  readonly fetchCommit: (peer: string, height: number, signal: AbortSignal) => Promise<Uint8Array | null>
  /** Encoded commits from `from` on, consecutive, as many as the peer sends at once. */
  readonly fetchRange: (peer: string, from: number, limit: number, signal: AbortSignal) => Promise<readonly Uint8Array[]>
  /** Bytes by content hash, unchecked; null when the peer does not have them. */
  readonly fetchBlob: (peer: string, contentHash: string, signal: AbortSignal) => Promise<Uint8Array | null>
  /** Height and encoded manifest of the peer's newest snapshot, or of the one of `height`. */
  readonly fetchSnapshot: (peer: string, signal: AbortSignal, height?: number) => Promise<{ readonly height: number; readonly manifest: Uint8Array } | null>
  /** Counts against the peer; it may be demoted or dropped. */
  readonly report: (peer: string, offence: ReplicationOffence, detail: string) => void
}
