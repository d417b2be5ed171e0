import { AppError, errorInfo } from '../codec/index.ts'
import { createLightClient } from '../light/index.ts'
import type { LightClient } from '../light/index.ts'
import { fetchSnapshot, GapSync, offenceOfOffer, peerLightSource } from '../replication/index.ts'
import type { ReplicationOffence } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import type { NodeStatus } from './api.ts'
import type { Chain } from './chain.ts'
import type { ConsensusHost } from './consensus-host.ts'
import { ExecutorError } from './executor/guard.ts'
import type { ExecutorPool } from './executor/pool.ts'
import type { PeerTable } from './peer-table.ts'
import { restoreSnapshot } from './snapshots.ts'

/** A gap longer than this is crossed by snapshot, where a peer offers one: replaying costs more than fetching the state. */
export const SNAPSHOT_SYNC_ABOVE = 400
/** After a fruitless try for a snapshot the next one waits this long, then twice as long, and so on. */
const SNAPSHOT_RETRY_MS = 5_000
const SNAPSHOT_RETRY_MAX_MS = 300_000

export type CatchUpProgress = NonNullable<NodeStatus['sync']>

export interface CatchUpInit {
  readonly peers: PeerTable
  readonly chain: Chain
  readonly pool: ExecutorPool
  readonly storage: NodeStorage
  readonly consensus: ConsensusHost
  readonly now: () => number
  readonly snapshotAbove: number
  readonly onProgress: () => void
  /** The chain moved to a snapshot. */
  readonly onRestored: () => Promise<void>
  /** No snapshot could be used; what to tell the user. */
  readonly onRefused: (error: AppError) => void
  readonly log: (level: 'info' | 'warn', message: string) => void
}

/** Brings a node that is behind to the head: by snapshot where the gap is wide or its blocks are gone, block by block where not. */
export class CatchUp {
  private readonly init: CatchUpInit
  private readonly gap: GapSync
  private readonly stopping = new AbortController()
  private progress: CatchUpProgress | null = null
  private snapshot: Promise<void> | null = null
  private nextSnapshotAt = 0
  private retryMs = SNAPSHOT_RETRY_MS

  constructor(init: CatchUpInit) {
    this.init = init
    this.gap = new GapSync({
      peers: init.peers,
      height: () => init.chain.head().height,
      apply: async (commit) => void (await init.consensus.current().receiveCommit(commit)),
      offenceOf: offenceOfCommit,
      onProgress: (progress) => this.show(progress === null ? null : { ...progress, stage: 'blocks' }),
    })
  }

  /** Where it stands; null while nothing is fetched. */
  current(): CatchUpProgress | null {
    return this.progress
  }

  /** Somebody claims this height. Ignored when we have it. */
  notice(height: number): void {
    const ours = this.init.chain.head().height
    if (height <= ours || this.stopping.signal.aborted || this.snapshot !== null) return
    // A block that cannot be executed holds the gap sync up; the snapshot takes its place.
    if ((!this.gap.active || this.init.chain.lacks !== null) && this.wantsSnapshot(ours, height)) {
      this.snapshot = this.crossBySnapshot().finally(() => {
        this.snapshot = null
        this.show(null)
        this.gap.notice(height)
      })
      return
    }
    this.gap.notice(height)
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.gap.stop()
    await this.snapshot
  }

  private wantsSnapshot(ours: number, height: number): boolean {
    const { peers, chain, snapshotAbove, now } = this.init
    if ((peers.claimedSnapshot() ?? 0) <= ours || now() < this.nextSnapshotAt) return false
    return chain.lacks !== null || height - ours > snapshotAbove || peers.candidates(ours + 1).length === 0
  }

  private async crossBySnapshot(): Promise<void> {
    const { log, onRefused, now } = this.init
    try {
      if (await this.fetchAndRestore()) {
        this.retryMs = SNAPSHOT_RETRY_MS
        return
      }
      log('warn', 'No peer gave a usable snapshot; blocks are fetched one by one.')
    } catch (error) {
      if (this.stopping.signal.aborted) return
      log('warn', `snapshot sync: ${errorInfo(error).message}`)
      if (error instanceof AppError) onRefused(error)
    }
    this.nextSnapshotAt = now() + this.retryMs
    this.retryMs = Math.min(2 * this.retryMs, SNAPSHOT_RETRY_MAX_MS)
  }

  private async fetchAndRestore(): Promise<boolean> {
    const { peers, chain, pool, storage, consensus, onRestored, log } = this.init
    const fetched = await fetchSnapshot({
      peers, light: this.lightClient(), above: chain.head().height, signal: this.stopping.signal,
      onProgress: (at, to) => this.show({ stage: 'snapshot', from: 0, to, at }),
    })
    if (fetched === null || this.stopping.signal.aborted) return false
    try {
      await consensus.standingStill(() => restoreSnapshot(fetched, chain, pool, storage))
    } catch (error) {
      const offence = error instanceof ExecutorError ? null : offenceOfOffer(error)
      if (offence === null) throw error
      peers.report(fetched.peer, offence, errorInfo(error).message)
      return false
    }
    await onRestored()
    log('info', `restored the snapshot of height ${chain.head().height}`)
    return true
  }

  /** Trusts the newest block this node has executed itself; a new node trusts the genesis. */
  private lightClient(): LightClient {
    const { chain, peers, now } = this.init
    const { header, certificate, decided_by, world_id, time, validators } = chain.head()
    return createLightClient({
      checkpoint: header !== null && certificate !== null && decided_by !== null
        ? { header, certificate, validators: decided_by }
        : { world_id, height: 0, time, validators },
      now,
      source: peerLightSource(peers, () => peers.claimedHeight()),
    })
  }

  private show(progress: CatchUpProgress | null): void {
    this.progress = progress
    this.init.onProgress()
  }
}

/** What a refused commit proves against whoever sent it; null when the fault may be ours. */
export function offenceOfCommit(error: unknown): ReplicationOffence | null {
  if (!(error instanceof AppError)) return null
  switch (error.code) {
    case 'CERTIFICATE_INVALID':
      return 'BAD_CERTIFICATE'
    case 'BLOCK_INVALID':
      return 'BAD_BLOCK'
    default:
      return null
  }
}
