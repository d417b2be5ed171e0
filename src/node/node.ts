import {
  AppError, decodeActionEnvelope, errorInfo, isDemoWorld, toConsensusAction,
} from '../codec/index.ts'
import type { Commit, ErrorInfo } from '../codec/index.ts'
import { createConsensus, createConsensusSigner } from '../consensus/index.ts'
import type { Consensus, ConsensusEvent, TimeoutConfig } from '../consensus/index.ts'
import { createSigner, verifyEd25519 } from '../crypto/index.ts'
import { createLightClient } from '../light/index.ts'
import { createMetrics } from '../network/index.ts'
import type { Gossip, GossipVerdict, Metrics, NetworkHost, Refusal } from '../network/index.ts'
import { fetchSnapshot, GapSync, peerLightSource } from '../replication/index.ts'
import type { ReplicationOffence, SyncProgress } from '../replication/index.ts'
import type { NodeStorage } from '../storage/index.ts'
import { decodeGenesis, worldIdOf } from '../world/index.ts'
import type { WorldView } from '../world/index.ts'
import type {
  BlockSummary, DryRunResult, HeadStatus, NodeRole, NodeStatus, ProvenRecord, ReceiptAt, RefusalNotice, ValidatorStatus,
} from './api.ts'
import { consensusApplication, heightContext } from './application.ts'
import { Chain } from './chain.ts'
import type { CommittedBlock } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { ExecutorPool } from './executor/pool.ts'
import type { DryRunRequest } from './executor/service.ts'
import type { SpawnExecutor } from './executor/thread.ts'
import { decodeList, Feed, FEED_BLOCKS, headStatus, storedBlockSummary } from './feed.ts'
import { gossipTransport, publishAction, publishCommit, receiveGossip } from './gossip.ts'
import { Mempool } from './mempool.ts'
import { openChain } from './open-chain.ts'
import { PeerTable } from './peer-table.ts'
import { serveReplication } from './serve.ts'
import { restoreSnapshot, SNAPSHOT_EVERY, takeSnapshot } from './snapshots.ts'
import { storageWal } from './wal.ts'

/** A gap longer than this is crossed by snapshot, where a peer offers one: replaying costs more than fetching the state. */
export const SNAPSHOT_SYNC_ABOVE = 400
/** Refusals kept for the page. */
const REFUSALS_KEPT = 50
/** The world stands still when its head is older than this many block intervals. */
const STALLED_AFTER_INTERVALS = 2

export interface NodeInit {
  readonly genesis: Uint8Array
  readonly role: NodeRole
  /** Validator id and the 32-byte seed of its key; only for `validator` and `solo`. */
  readonly validator: { readonly validator_id: string; readonly seed: Uint8Array } | null
  readonly storage: NodeStorage
  /** Whether the storage outlives this process or tab. */
  readonly persistent: boolean
  readonly spawnExecutor: SpawnExecutor
  /** Null in a solo world. */
  readonly network: NetworkHost | null
  readonly blockIntervalMs: number
  readonly timeouts: TimeoutConfig
  /** Blocks below the newest snapshot kept besides; older ones are pruned. Null keeps everything. */
  readonly retainBlocks: number | null
  readonly now: () => number
  readonly onUpdate: (update: NodeEvent) => void
}

export type NodeEvent =
  | { readonly type: 'status' }
  | { readonly type: 'block'; readonly block: BlockSummary }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string }

/**
 * A node: chain, executor, consensus, replication and network put together. The same code is validator, full node and solo
 * world, in Node.js and in a tab; what differs is injected.
 */
export class WorldNode {
  readonly worldId: string
  readonly metrics: Metrics
  private readonly init: NodeInit
  private readonly chain: Chain
  private readonly pool: ExecutorPool
  private readonly mempool: Mempool
  private readonly feed = new Feed()
  private consensus: Consensus
  private readonly gossip: Gossip | null
  private readonly peers: PeerTable | null
  private readonly sync: GapSync | null
  private readonly lastSigned = new Map<string, number>()
  private readonly startedAt: number
  private refusals: RefusalNotice[] = []
  private progress: (SyncProgress & { readonly stage: 'snapshot' | 'blocks' }) | null = null
  private lastHead: HeadStatus | null = null
  private failure: ErrorInfo | null = null
  private snapshotRunning: Promise<void> | null = null
  private stopped = false

  /** Opens the stored world or begins it, checks it, and joins. Throws typed errors for a bad genesis or storage. */
  static async open(init: NodeInit): Promise<WorldNode> {
    const genesis = decodeGenesis(init.genesis)
    const metrics = init.network?.metrics ?? createMetrics()
    const { pool, head } = await openChain(genesis, init.genesis, init.storage, {
      spawn: init.spawnExecutor,
      onEvent: ({ kind, detail }) => {
        metrics.count(`executor.${kind}`)
        init.onUpdate({ type: 'log', level: kind === 'spare_ready' ? 'info' : 'warn', message: `executor ${kind}: ${detail}` })
      },
    })
    const node = new WorldNode(init, worldIdOf(genesis), metrics, pool, head)
    await node.fillFeed()
    await node.join()
    return node
  }

  private constructor(init: NodeInit, worldId: string, metrics: Metrics, pool: ExecutorPool, head: ReturnType<Chain['head']>) {
    this.init = init
    this.worldId = worldId
    this.metrics = metrics
    this.pool = pool
    this.startedAt = init.now()
    this.chain = new Chain({ storage: init.storage, pool, head, onCommit: (block) => this.committed(block) })
    this.mempool = new Mempool({ check: async (action) => (await pool.check([action]))[0] ?? null })
    const { network } = init
    this.gossip = network?.gossip(worldId) ?? null
    this.peers = network === null ? null : new PeerTable({
      network, world_id: worldId, pollMs: Math.max(500, init.blockIntervalMs), onClaim: (_, height) => this.noticeHeight(height),
    })
    this.sync = this.peers === null ? null : new GapSync({
      peers: this.peers,
      height: () => this.chain.head().height,
      apply: async (commit) => void (await this.consensus.receiveCommit(commit)),
      offenceOf,
      onProgress: (progress) => {
        this.progress = progress === null ? null : { ...progress, stage: 'blocks' }
        this.changed()
      },
    })
    this.consensus = this.createConsensus()
  }

  head(): HeadStatus | null {
    return this.lastHead
  }

  /** The certified header of the head with its certificate, for anyone who asks; null before the first block. */
  certifiedHead(): Pick<Commit, 'certificate'> & { readonly header: Commit['block']['header'] } | null {
    const { header, certificate } = this.chain.head()
    return header === null || certificate === null ? null : { header, certificate }
  }

  peerClaims(): ReturnType<PeerTable['all']> {
    return this.peers?.all() ?? []
  }

  recentBlocks(limit: number): readonly BlockSummary[] {
    return this.feed.recent(Math.min(limit, FEED_BLOCKS))
  }

  async blockAt(height: number): Promise<BlockSummary | null> {
    return this.feed.at(height) ?? (await storedBlockSummary(this.init.storage, height))
  }

  receipt(actionId: string): ReceiptAt | null {
    return this.feed.receipt(actionId)
  }

  view(): Promise<WorldView> {
    return this.pool.view()
  }

  /** A record of the head's state with everything needed to check it. Throws `NO_HEAD` before the first block. */
  query(key: string): Promise<ProvenRecord> {
    return this.chain.exclusively(async () => {
      const { header, certificate, decided_by } = this.chain.head()
      if (header === null || certificate === null || decided_by === null) {
        throw new ChainError('NO_HEAD', 'No block is verified yet. Try again when the node follows the chain.')
      }
      const { value, value_bytes, proof } = await this.pool.query(key)
      return { key, value, value_bytes, proof, header, certificate, validators: decided_by }
    })
  }

  /** A record of the committed state for scripted agents in this process; no proof. */
  record(key: string): ReturnType<ExecutorPool['record']> {
    return this.pool.record(key)
  }

  async submit(envelope: Uint8Array): Promise<{ action_id: string }> {
    decodeActionEnvelope(envelope)
    const action = toConsensusAction(envelope)
    if ((await this.mempool.add(action)) && this.gossip !== null) publishAction(this.gossip, action)
    return { action_id: action.action_id }
  }

  dryRun(request: DryRunRequest): Promise<DryRunResult> {
    return this.pool.dryRun(request)
  }

  /** Ends the active executor as a crash would; the node recovers by itself. */
  killExecutor(): void {
    this.pool.killActive()
  }

  status(): NodeStatus {
    const { init } = this
    const snapshot = this.consensus.snapshot()
    return {
      role: init.role,
      world_id: this.worldId,
      demo: isDemoWorld(this.worldId),
      phase: this.phase(),
      error: this.failure,
      block_interval_ms: init.blockIntervalMs,
      head: this.lastHead,
      claimed_height: this.peers?.claimedHeight() ?? null,
      sync: this.progress,
      round: { height: snapshot.height, round: Math.max(0, snapshot.round), step: snapshot.step },
      peers: this.peers?.status() ?? [],
      validators: this.validatorStatus(),
      refusals: this.refusals,
      metrics: this.metrics.snapshot(),
      executor: this.pool.status(),
      storage: { earliest_height: this.earliest, blocks: Math.max(0, this.chain.head().height - (this.earliest ?? 1) + 1), persistent: init.persistent },
    }
  }

  /** The network refused something; kept for the page. */
  noteRefusal(refusal: Refusal): void {
    this.note({ at: refusal.at, code: refusal.code, peer_id: refusal.peer, height: null, message: refusal.detail })
  }

  /** A peer connected or left. */
  peerConnected(peer: string): void {
    void this.peers?.ask(peer)
    this.changed()
  }

  async stop(): Promise<void> {
    if (this.stopped) return
    this.stopped = true
    this.peers?.stop()
    await this.sync?.stop()
    await this.consensus.stop()
    await this.snapshotRunning
    this.pool.close()
    await this.init.network?.stop()
    await this.init.storage.close()
  }

  private earliest: number | null = null

  private async fillFeed(): Promise<void> {
    const { storage } = this.init
    const { height } = this.chain.head()
    this.earliest = await storage.earliestHeight()
    for (let at = Math.max(1, this.earliest ?? 1, height - FEED_BLOCKS + 1); at <= height; at++) {
      const summary = await storedBlockSummary(storage, at)
      if (summary === null) continue
      this.feed.push(summary)
      this.signed(summary.head)
      this.lastHead = summary.head
    }
  }

  private async join(): Promise<void> {
    const { network, storage, validator } = this.init
    if (network !== null && this.peers !== null && this.gossip !== null) {
      await serveReplication({ network, storage, world_id: this.worldId, validator_id: validator?.validator_id ?? null, head: () => this.chain.head() })
      receiveGossip({
        gossip: this.gossip, world_id: this.worldId, consensus: () => this.consensus, mempool: this.mempool,
        onCommit: (commit, from) => this.commitAnnounced(commit, from),
      })
      this.peers.start()
    }
    await this.consensus.start()
    this.pool.startSpare()
    this.changed()
  }

  /** A consensus runner for the height after the head. */
  private createConsensus(): Consensus {
    const { init } = this
    return createConsensus(
      { timeouts: init.timeouts, context: heightContext(this.chain.head()) },
      {
        clock: {
          now: init.now,
          setTimer: (ms, callback) => {
            const timer = setTimeout(callback, ms)
            return () => clearTimeout(timer)
          },
        },
        wal: storageWal(init.storage),
        ...(init.validator === null ? {} : { signer: createConsensusSigner(init.validator.validator_id, createSigner(init.validator.seed)) }),
        transport: this.gossip === null
          ? { broadcastVote: () => {}, broadcastProposal: () => {}, requestBlock: () => {} }
          : gossipTransport(this.gossip, (height) => this.noticeHeight(height)),
        application: consensusApplication(this.chain, this.mempool, (block, error) => this.refused(error, block.header.height, null)),
        verifySignature: verifyEd25519,
        onEvent: (event) => this.consensusEvent(event),
      },
    )
  }

  private noticeHeight(height: number): void {
    const gap = height - this.chain.head().height
    if (gap <= 0 || this.stopped) return
    if (gap > SNAPSHOT_SYNC_ABOVE && this.snapshotRunning === null && this.sync?.active === false) {
      this.snapshotRunning = this.snapshotSync()
        .catch((error: unknown) => this.log('warn', `snapshot sync: ${errorInfo(error).message}`))
        .finally(() => {
          this.snapshotRunning = null
          this.sync?.notice(height)
        })
      return
    }
    if (this.snapshotRunning === null) this.sync?.notice(height)
  }

  private async snapshotSync(): Promise<void> {
    const { peers } = this
    if (peers === null) return
    const { height, header, certificate, decided_by, time, validators } = this.chain.head()
    const light = createLightClient({
      checkpoint: header !== null && certificate !== null && decided_by !== null
        ? { header, certificate, validators: decided_by }
        : { world_id: this.worldId, height: 0, time, validators },
      now: this.init.now,
      source: peerLightSource(peers, () => peers.claimedHeight()),
    })
    const fetched = await fetchSnapshot({
      peers, light, above: height,
      onProgress: (at, to) => {
        this.progress = { stage: 'snapshot', from: 0, to, at }
        this.changed()
      },
    })
    this.progress = null
    if (fetched === null) return
    await this.consensus.stop()
    try {
      await restoreSnapshot(fetched, this.chain, this.pool, this.init.storage)
    } finally {
      this.consensus = this.createConsensus()
      await this.consensus.start()
    }
    this.earliest = await this.init.storage.earliestHeight()
    const summary = await storedBlockSummary(this.init.storage, this.chain.head().height)
    if (summary !== null) this.announce(summary)
    this.log('info', `restored the snapshot of height ${this.chain.head().height}`)
  }

  private async commitAnnounced(commit: Commit, from: string): Promise<GossipVerdict> {
    const { height } = commit.block.header
    const ours = this.chain.head().height
    if (height <= ours) return 'ignore'
    if (height > ours + 1) {
      void this.peers?.ask(from) // a claim; its blocks are fetched and checked one by one
      return 'ignore'
    }
    try {
      await this.consensus.receiveCommit(commit)
      return 'accept'
    } catch (error) {
      const offence = offenceOf(error)
      return offence === null ? 'ignore' : { reject: offence, detail: errorInfo(error).message }
    }
  }

  private consensusEvent(event: ConsensusEvent): void {
    switch (event.type) {
      case 'behind':
        this.noticeHeight(event.seen_height - 1)
        break
      case 'committed':
        if (event.commit.block.header.proposer === this.init.validator?.validator_id && this.gossip !== null) publishCommit(this.gossip, event.commit)
        break
      case 'refused':
        this.metrics.count(`consensus.refused.${event.reason}`)
        break
      case 'evidence':
        this.metrics.count('consensus.evidence')
        this.log('warn', `validator ${event.evidence.first.validator_id} voted twice at height ${event.evidence.first.height}`)
        this.onEvidence?.(event.evidence)
        break
      case 'application_error':
        this.metrics.count(`consensus.${event.operation}_failed`)
        this.log('warn', `${event.operation} failed: ${event.error.code} ${event.error.message}`)
        break
      case 'halted':
        this.failure = event.error
        this.log('warn', `consensus halted: ${event.error.code} ${event.error.message}`)
        break
      case 'step':
      case 'height_started':
        break
    }
    this.changed()
  }

  /** Set by whoever can sign a report; evidence then becomes an action that slashes. */
  onEvidence: ((evidence: Extract<ConsensusEvent, { type: 'evidence' }>['evidence']) => void) | null = null

  private committed({ commit, hash, execution, validators }: CommittedBlock): void {
    this.mempool.committed(execution.height, commit.block.actions)
    this.earliest ??= execution.height
    this.announce({
      head: headStatus(commit, hash, validators, this.init.now()),
      events: decodeList(execution.events),
      receipts: decodeList(execution.receipts),
    })
    if (execution.height % SNAPSHOT_EVERY === 0) void this.housekeep()
  }

  private announce(summary: BlockSummary): void {
    this.lastHead = summary.head
    this.signed(summary.head)
    this.feed.push(summary)
    this.init.onUpdate({ type: 'block', block: summary })
    this.changed()
  }

  private async housekeep(): Promise<void> {
    const { storage, retainBlocks } = this.init
    try {
      const height = await takeSnapshot(this.chain, this.pool, storage)
      if (height === null || retainBlocks === null || height <= retainBlocks) return
      await storage.prune(height - retainBlocks)
      this.earliest = await storage.earliestHeight()
    } catch (error) {
      if (!this.stopped) this.log('warn', `snapshot: ${errorInfo(error).message}`)
    }
  }

  private signed(head: HeadStatus): void {
    for (const id of head.signers) this.lastSigned.set(id, head.height)
  }

  private phase(): NodeStatus['phase'] {
    if (this.failure !== null) return 'failed'
    if (this.progress !== null || this.snapshotRunning !== null) return 'syncing'
    const alone = this.init.network !== null && this.init.role === 'full' && (this.peers?.all().length ?? 0) === 0
    const age = this.init.now() - (this.lastHead?.verified_at ?? this.startedAt)
    const late = age > STALLED_AFTER_INTERVALS * this.init.blockIntervalMs
    if (this.lastHead === null || this.lastHead.verified_at < this.startedAt) return alone ? 'connecting' : late ? 'stalled' : 'starting'
    return late ? 'stalled' : 'following'
  }

  private validatorStatus(): readonly ValidatorStatus[] {
    const snapshot = this.consensus.snapshot()
    const votes = new Map(snapshot.votes.map((row) => [row.validator_id, row.votes]))
    const vote = (id: string, type: 'prevote' | 'precommit'): 'block' | 'nil' | null => {
      const found = votes.get(id)?.findLast((candidate) => candidate.type === type && candidate.round === Math.max(0, snapshot.round))
      return found === undefined ? null : found.block_hash === null ? 'nil' : 'block'
    }
    return this.chain.head().validators.map(({ validator_id, stake }) => ({
      validator_id,
      stake,
      signed_head: this.lastHead?.signers.includes(validator_id) ?? false,
      last_signed_height: this.lastSigned.get(validator_id) ?? null,
      prevote: vote(validator_id, 'prevote'),
      precommit: vote(validator_id, 'precommit'),
    }))
  }

  private refused(error: ChainError, height: number, peer: string | null): void {
    this.metrics.count(`refused.${error.code}`)
    this.note({ at: this.init.now(), code: error.code, peer_id: peer, height, message: error.message })
  }

  private note(notice: RefusalNotice): void {
    this.refusals = [...this.refusals, notice].slice(-REFUSALS_KEPT)
    this.changed()
  }

  private log(level: 'info' | 'warn', message: string): void {
    this.init.onUpdate({ type: 'log', level, message })
  }

  private changed(): void {
    this.init.onUpdate({ type: 'status' })
  }
}

/** What a refused commit proves against whoever sent it; null when the fault may be ours. */
function offenceOf(error: unknown): ReplicationOffence | null {
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
