import { errorInfo } from '../codec/index.ts'
import { fetchBlob, fetchCommit, fetchRange, fetchSnapshot, fetchStatus } from '../network/index.ts'
import type { NetworkHost, PeerInfo } from '../network/index.ts'
import type { ReplicationPeers } from '../replication/index.ts'
import type { PeerStatus } from './api.ts'
import { claimsBlock, highestClaim, highestPossible } from './peer-claims.ts'
import type { PeerClaim } from './peer-claims.ts'

/** Peers asked in one round: with more (a gateway holds hundreds of tabs) they take turns, so that asking costs the same. */
const ASKED_PER_ROUND = 16

export interface PeerTableInit {
  readonly network: NetworkHost
  readonly world_id: string
  /** Milliseconds since 1970 UTC; bounds what heights are possible. */
  readonly genesisTime: number
  /** Milliseconds between two rounds of questions. */
  readonly pollMs: number
  readonly now: () => number
  /** A peer in good standing claims a possible height; unverified. */
  readonly onClaim: (peer: string, height: number) => void
}

/** What every connected peer says of itself, asked again and again, and the ways to fetch from them. All of it is claims. */
export class PeerTable implements ReplicationPeers {
  private readonly init: PeerTableInit
  private readonly claims = new Map<string, PeerClaim>()
  private readonly errors = new Map<string, string>()
  private readonly asking = new Set<string>()
  /** Whose turn it is: those asked longest ago come first. */
  private turn: string[] = []
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
    const { network, world_id, genesisTime, now, onClaim } = this.init
    if (this.stopped || this.asking.has(peer)) return
    this.asking.add(peer)
    try {
      const status = await network.rpc.request(peer, fetchStatus, { world_id })
      if (this.stopped) return
      this.errors.delete(peer)
      if (Math.max(status.height, status.snapshot_height ?? 0, status.earliest_height) > highestPossible(genesisTime, now())) {
        this.claims.delete(peer)
        this.report(peer, 'WRONG_HEIGHT', `claims height ${status.height}, more than this world can have`)
        return
      }
      this.claims.set(peer, { ...status, peer, at: now() })
      if (!this.demoted(peer)) onClaim(peer, status.height)
    } catch (error) {
      this.claims.delete(peer) // the peer policy has counted what there was to blame
      this.errors.set(peer, errorInfo(error).message)
    } finally {
      this.asking.delete(peer)
    }
  }

  all(): readonly PeerClaim[] {
    return [...this.claims.values()]
  }

  /** Highest height a peer in good standing claims, or null. */
  claimedHeight(): number | null {
    return highestClaim(this.good())
  }

  /** Highest snapshot a peer in good standing claims, or null. */
  claimedSnapshot(): number | null {
    return highestClaim(this.good().flatMap((claim) => (claim.snapshot_height === null ? [] : [{ ...claim, height: claim.snapshot_height }])))
  }

  status(): readonly PeerStatus[] {
    const { network } = this.init
    const rows: PeerStatus[] = network.peers().map(({ peer, address, score, demoted }) => {
      const claim = this.claims.get(peer)
      return {
        peer_id: peer, address, state: 'connected',
        validator_id: claim?.validator_id ?? null, height: claim?.height ?? null,
        score, demoted, last_error: this.errors.get(peer) ?? null,
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

  readonly candidates = (height: number): readonly string[] => this.best((claim) => claimsBlock(claim, height))

  readonly snapshotCandidates = (above: number): readonly string[] => this.best(({ snapshot_height }) => (snapshot_height ?? 0) > above)

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

  readonly fetchSnapshot: ReplicationPeers['fetchSnapshot'] = async (peer, signal, wanted) => {
    const request = { world_id: this.init.world_id, ...(wanted === undefined ? {} : { height: wanted }) }
    const { found, height, manifest } = await this.init.network.rpc.request(peer, fetchSnapshot, request, { signal })
    return found && height !== undefined && manifest !== undefined ? { height, manifest } : null
  }

  readonly report: ReplicationPeers['report'] = (peer, offence, detail) => {
    this.init.network.policy.report(peer, offence, detail)
  }

  private best(fits: (claim: PeerClaim) => boolean): readonly string[] {
    const rank = ({ score, rttMs }: PeerInfo): readonly [number, number] => [score, rttMs ?? 1_000]
    return this.init.network
      .peers()
      .filter(({ peer, demoted }) => {
        const claim = this.claims.get(peer)
        return !demoted && claim !== undefined && fits(claim)
      })
      .sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1])
      .map(({ peer }) => peer)
  }

  private good(): readonly PeerClaim[] {
    return this.all().filter(({ peer }) => !this.demoted(peer))
  }

  private demoted(peer: string): boolean {
    return this.init.network.policy.standing(peer) !== 'good'
  }

  private async poll(): Promise<void> {
    const connected = new Set(this.init.network.peers().map(({ peer }) => peer))
    for (const peer of this.claims.keys()) if (!connected.has(peer)) this.claims.delete(peer)
    for (const peer of this.errors.keys()) if (!connected.has(peer)) this.errors.delete(peer)
    const known = new Set(this.turn)
    this.turn = [...[...connected].filter((peer) => !known.has(peer)), ...this.turn.filter((peer) => connected.has(peer))]
    const asked = this.turn.splice(0, ASKED_PER_ROUND)
    this.turn.push(...asked)
    await Promise.all(asked.map((peer) => this.ask(peer)))
  }
}
