import { fetchBlob, fetchCommit, fetchRange, fetchSnapshot, fetchStatus } from '../network/index.ts'
import type { NetworkHost, StatusResponse } from '../network/index.ts'
import type { ReplicationPeers } from '../replication/index.ts'
import type { PeerStatus } from './api.ts'

export interface PeerTableInit {
  readonly network: NetworkHost
  readonly world_id: string
  /** Milliseconds between two questions to the same peer. */
  readonly pollMs: number
  /** A peer claims a height; unverified. */
  readonly onClaim: (peer: string, height: number) => void
}

export interface PeerClaim extends StatusResponse {
  readonly peer: string
  /** When it said so, milliseconds since 1970 UTC. */
  readonly at: number
}

/** What every connected peer says of itself, asked again and again, and the ways to fetch from them. All of it is claims. */
export class PeerTable implements ReplicationPeers {
  private readonly init: PeerTableInit
  private readonly claims = new Map<string, PeerClaim>()
  private timer: ReturnType<typeof setTimeout> | null = null
  private stopped = false

  constructor(init: PeerTableInit) {
    this.init = init
  }

  start(): void {
    const round = async (): Promise<void> => {
      await this.poll()
      if (!this.stopped) this.timer = setTimeout(() => void round(), this.init.pollMs)
    }
    void round()
  }

  stop(): void {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
  }

  /** Asks one peer now, for instance because it just connected. */
  async ask(peer: string): Promise<void> {
    const { network, world_id } = this.init
    try {
      const status = await network.rpc.request(peer, fetchStatus, { world_id })
      if (this.stopped) return
      this.claims.set(peer, { ...status, peer, at: Date.now() })
      this.init.onClaim(peer, status.height)
    } catch {
      this.claims.delete(peer) // the peer policy has counted what there was to blame
    }
  }

  claim(peer: string): PeerClaim | null {
    return this.claims.get(peer) ?? null
  }

  all(): readonly PeerClaim[] {
    return [...this.claims.values()]
  }

  /** Highest height any peer claims, or null. */
  claimedHeight(): number | null {
    return this.all().reduce<number | null>((highest, { height }) => (highest === null || height > highest ? height : highest), null)
  }

  status(): readonly PeerStatus[] {
    const { network } = this.init
    const connected = network.peers()
    const rows: PeerStatus[] = connected.map((peer) => {
      const claim = this.claims.get(peer.peer)
      return {
        peer_id: peer.peer, address: peer.address, state: 'connected',
        validator_id: claim?.validator_id ?? null, height: claim?.height ?? null,
        score: peer.score, demoted: peer.demoted, last_error: null,
      }
    })
    for (const entry of network.bootstrap()) {
      if (entry.state === 'connected' || entry.state === 'self') continue
      rows.push({
        peer_id: entry.peer ?? '', address: entry.address, state: entry.state,
        validator_id: null, height: null, score: 0, demoted: false, last_error: entry.lastError,
      })
    }
    return rows
  }

  readonly candidates = (height: number): readonly string[] => {
    const { network } = this.init
    return network
      .peers()
      .filter(({ peer, demoted }) => !demoted && (this.claims.get(peer)?.height ?? 0) >= height)
      .sort((a, b) => a.score - b.score || (a.rttMs ?? 1_000) - (b.rttMs ?? 1_000))
      .map(({ peer }) => peer)
  }

  readonly fetchCommit: ReplicationPeers['fetchCommit'] = async (peer, height, signal) => {
    const { found, message } = await this.init.network.rpc.request(peer, fetchCommit, { world_id: this.init.world_id, height }, { signal })
    return found && message !== undefined ? message : null
  }

  readonly fetchRange: ReplicationPeers['fetchRange'] = async (peer, from, limit, signal) => {
    const { messages } = await this.init.network.rpc.request(peer, fetchRange, { world_id: this.init.world_id, from, limit }, { signal })
    return messages
  }

  readonly fetchBlob: ReplicationPeers['fetchBlob'] = async (peer, content_hash, signal) => {
    const { found, blob } = await this.init.network.rpc.request(peer, fetchBlob, { content_hash }, { signal })
    return found && blob !== undefined ? blob : null
  }

  readonly fetchSnapshot: ReplicationPeers['fetchSnapshot'] = async (peer, signal) => {
    const { found, height, manifest } = await this.init.network.rpc.request(peer, fetchSnapshot, { world_id: this.init.world_id }, { signal })
    return found && height !== undefined && manifest !== undefined ? { height, manifest } : null
  }

  readonly report: ReplicationPeers['report'] = (peer, offence, detail) => {
    this.init.network.policy.report(peer, offence, detail)
  }

  private async poll(): Promise<void> {
    const connected = new Set(this.init.network.peers().map(({ peer }) => peer))
    for (const peer of this.claims.keys()) if (!connected.has(peer)) this.claims.delete(peer)
    await Promise.all([...connected].map((peer) => this.ask(peer)))
  }
}
