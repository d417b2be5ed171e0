import { AppError, decodeActionEnvelope, errorInfo, isDemoWorld, toConsensusAction } from '../codec/index.ts'
import type { Block, Commit, ErrorInfo } from '../codec/index.ts'
import { createConsensusSigner } from '../consensus/index.ts'
import type { ConsensusEvent } from '../consensus/index.ts'
import { createSigner } from '../crypto/index.ts'
import { createMetrics } from '../network/index.ts'
import type { Gossip, GossipVerdict, Metrics, Refusal } from '../network/index.ts'
import { decodeGenesis } from '../world/index.ts'
import type { WorldView } from '../world/index.ts'
import type { BlockSummary, DryRunResult, HeadStatus, NodeStatus, ProvenRecord, ReceiptAt } from './api.ts'
import { consensusApplication } from './application.ts'
import { CatchUp, offenceOfCommit, SNAPSHOT_SYNC_ABOVE } from './catch-up.ts'
import { Chain } from './chain.ts'
import type { ChainHead, CommittedBlock } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import { ConsensusHost } from './consensus-host.ts'
import { EvidenceReporter } from './evidence.ts'
import { ExecutorPool } from './executor/pool.ts'
import type { DryRunRequest } from './executor/service.ts'
import { decodeList, headStatus } from './feed.ts'
import { gossipTransport, publishAction, publishCommit, receiveGossip, SILENT_TRANSPORT } from './gossip.ts'
import { History } from './history.ts'
import { Housekeeping } from './housekeeping.ts'
import { Mempool } from './mempool.ts'
import type { NodeInit } from './node-init.ts'
import { openChain } from './open-chain.ts'
import { OwnActions } from './own-actions.ts'
import type { PeerClaim } from './peer-claims.ts'
import { PeerTable } from './peer-table.ts'
import { FOLLOWING_WITHIN_BLOCKS, phaseOf, StallWatch } from './phase.ts'
import { replayStored } from './repair.ts'
import { serveReplication } from './serve.ts'
import { repairVotes, silenceAfterDamage, silentThrough } from './silence.ts'
import { SNAPSHOT_EVERY } from './snapshots.ts'
import { validatorRows } from './validator-rows.ts'

interface NodeParts {
  readonly pool: ExecutorPool
  readonly head: ChainHead
  readonly metrics: Metrics
  readonly silentThrough: number
}

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
  private readonly own = new OwnActions()
  private readonly history: History
  private readonly consensus: ConsensusHost
  private readonly housekeeping: Housekeeping
  private readonly evidence: EvidenceReporter | null
  private readonly gossip: Gossip | null
  private readonly peers: PeerTable | null
  private readonly catchUp: CatchUp | null
  private readonly stallWatch: StallWatch
  private readonly startedAt: number
  private lastBlockAt: number | null = null
  private failure: ErrorInfo | null = null
  private stopped = false

  /** Opens the stored world or begins it, checks it, repairs what is damaged, and joins. Throws typed errors for a bad genesis or storage. */
  static async open(init: NodeInit): Promise<WorldNode> {
    const genesis = decodeGenesis(init.genesis)
    const metrics = init.network?.metrics ?? createMetrics()
    const log = (level: 'info' | 'warn', message: string): void => init.onUpdate({ type: 'log', level, message })
    const { pool, head, damage } = await openChain(genesis, init.genesis, init.storage, {
      spawn: init.spawnExecutor,
      onEvent: ({ kind, detail }) => {
        metrics.count(`executor.${kind}`)
        log(kind === 'spare_ready' ? 'info' : 'warn', `executor ${kind}: ${detail}`)
      },
    })
    let node: WorldNode | null = null
    try {
      if (damage !== null) {
        metrics.count('storage.damaged')
        log('warn', `${damage} The node goes on from height ${head.height}; stored blocks and peers bring the rest.`)
      }
      const silence = await prepareVotes(init, head, damage !== null, (message) => {
        metrics.count('storage.votes_damaged')
        log('warn', message)
      })
      node = new WorldNode(init, { pool, head, metrics, silentThrough: silence })
      await node.history.load(head.height)
      await node.replay()
      await node.join()
      return node
    } catch (error) {
      await node?.shutDown()
      pool.close()
      throw error
    }
  }

  private constructor(init: NodeInit, { pool, head, metrics, silentThrough }: NodeParts) {
    this.init = init
    this.worldId = head.world_id
    this.metrics = metrics
    this.pool = pool
    this.startedAt = init.now()
    const { network, storage, validator } = init
    this.history = new History(storage)
    this.stallWatch = new StallWatch(init.blockIntervalMs, () => this.changed())
    this.chain = new Chain({ storage, pool, head, onCommit: (block) => this.committed(block) })
    this.mempool = new Mempool({ check: (actions) => pool.check(actions) })
    this.gossip = network?.gossip(this.worldId) ?? null
    this.peers = network === null ? null : new PeerTable({
      network, world_id: this.worldId, genesisTime: head.time, pollMs: Math.max(500, init.blockIntervalMs), now: init.now,
      onClaim: (_, height) => this.noticeHeight(height),
    })
    const signer = validator === null ? null : createSigner(validator.seed)
    this.consensus = new ConsensusHost({
      chain: this.chain, storage, timeouts: init.timeouts, now: init.now, silentThrough,
      application: consensusApplication(this.chain, this.mempool, (block, error) => this.blockRefused(block, error)),
      transport: this.gossip === null ? SILENT_TRANSPORT : gossipTransport(this.gossip, (height) => this.noticeHeight(height)),
      signer: signer === null ? null : createConsensusSigner(validator!.validator_id, signer),
      onEvent: (event) => this.consensusEvent(event),
      log: (message) => this.log('warn', message),
    })
    this.catchUp = this.peers === null ? null : new CatchUp({
      peers: this.peers, chain: this.chain, pool, storage, consensus: this.consensus, now: init.now,
      snapshotAbove: init.snapshotSyncAbove ?? SNAPSHOT_SYNC_ABOVE,
      onProgress: () => this.changed(),
      onRestored: () => this.restored(),
      onRefused: (error) => this.note(error, null),
      log: (level, message) => this.log(level, message),
    })
    this.housekeeping = new Housekeeping({
      chain: this.chain, pool, storage, snapshotEvery: init.snapshotEvery ?? SNAPSHOT_EVERY, retainBlocks: init.retainBlocks,
      onPruned: () => this.history.refreshEarliest(),
      log: (message) => this.log('warn', message),
    })
    this.evidence = signer === null ? null : new EvidenceReporter({
      world_id: this.worldId, validator_id: validator!.validator_id, signer,
      validators: () => this.chain.head().validators,
      record: (key) => this.record(key),
      submit: (envelope) => this.submit(envelope),
      waiting: (actionId) => this.mempool.has(actionId),
      log: (message) => this.log('warn', message),
    })
  }

  head(): HeadStatus | null {
    return this.history.head
  }

  /** The certified header of the head with its certificate, for anyone who asks; null before the first block. */
  certifiedHead(): Pick<Commit, 'certificate'> & { readonly header: Block['header'] } | null {
    const { header, certificate } = this.chain.head()
    return header === null || certificate === null ? null : { header, certificate }
  }

  peerClaims(): readonly PeerClaim[] {
    return this.peers?.all() ?? []
  }

  recentBlocks(limit: number): readonly BlockSummary[] {
    return this.history.recent(limit)
  }

  blockAt(height: number): Promise<BlockSummary | null> {
    return this.history.at(height)
  }

  receipt(actionId: string): ReceiptAt | null {
    return this.history.receipt(actionId)
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

  /** Hands a signed envelope to the mempool and to peers. Throws a decode error or `MempoolError`. */
  async submit(envelope: Uint8Array): Promise<{ action_id: string }> {
    decodeActionEnvelope(envelope)
    const action = toConsensusAction(envelope)
    if (await this.mempool.add(action)) {
      this.own.add(action, this.chain.head().height)
      if (this.gossip !== null) publishAction(this.gossip, action)
    }
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
    const { init, history } = this
    const consensus = this.consensus.snapshot()
    const { height, validators } = this.chain.head()
    return {
      role: init.role,
      world_id: this.worldId,
      demo: isDemoWorld(this.worldId),
      phase: this.phase(),
      error: this.failure,
      block_interval_ms: init.blockIntervalMs,
      head: history.head,
      claimed_height: this.peers?.claimedHeight() ?? null,
      sync: this.catchUp?.current() ?? null,
      round: { height: consensus.height, round: Math.max(0, consensus.round), step: consensus.step },
      peers: this.peers?.status() ?? [],
      validators: validatorRows(validators, history.head, history.lastSigned, consensus),
      refusals: history.refusals,
      metrics: this.metrics.snapshot(),
      executor: this.pool.status(),
      storage: history.storageStatus(height, init.persistent),
    }
  }

  /** The network refused something; kept for the page. */
  noteRefusal({ at, code, peer, detail }: Refusal): void {
    this.history.refuse({ at, code, peer_id: peer, height: null, message: detail })
    this.changed()
  }

  /** A peer connected or left. */
  peerConnected(peer: string): void {
    void this.peers?.ask(peer)
    this.changed()
  }

  /** Ends everything, network and storage included. */
  async stop(): Promise<void> {
    if (this.stopped) return
    await this.shutDown()
    await this.init.network?.stop()
    await this.init.storage.close()
  }

  private async shutDown(): Promise<void> {
    this.stopped = true
    this.stallWatch.stop()
    this.peers?.stop()
    await this.catchUp?.stop()
    await this.consensus.stop()
    await this.housekeeping.stop()
    this.pool.close()
  }

  /** Blocks stored above the head, left by a repair: executed again before anybody is asked. */
  private async replay(): Promise<void> {
    try {
      const replayed = await replayStored(this.chain, this.init.storage)
      if (replayed > 0) this.log('info', `executed ${replayed} stored blocks again, up to height ${this.chain.head().height}`)
    } catch (error) {
      if (this.chain.failed !== null) throw error
      this.log('warn', `stored blocks could not be executed again: ${errorInfo(error).message} Peers bring the rest.`)
    }
  }

  private async join(): Promise<void> {
    const { network, storage, validator } = this.init
    if (network !== null && this.peers !== null && this.gossip !== null) {
      await serveReplication({ network, storage, world_id: this.worldId, validator_id: validator?.validator_id ?? null, head: () => this.chain.head() })
      receiveGossip({
        gossip: this.gossip, world_id: this.worldId, mempool: this.mempool,
        consensus: () => this.consensus.current(),
        isBehind: () => this.isBehind(),
        onCommit: (commit, from) => this.commitAnnounced(commit, from),
      })
      this.peers.start()
    }
    await this.consensus.start()
    this.pool.startSpare()
    this.stallWatch.reset()
    this.changed()
  }

  private noticeHeight(height: number): void {
    if (!this.stopped && this.failure === null) this.catchUp?.notice(height)
  }

  private async restored(): Promise<void> {
    await this.history.refreshEarliest()
    const summary = await this.history.at(this.chain.head().height)
    if (summary !== null) this.announce(summary)
  }

  private async commitAnnounced(commit: Commit, from: string): Promise<GossipVerdict> {
    const { height } = commit.block.header
    const ours = this.chain.head().height
    if (height > ours + 1) void this.peers?.ask(from) // a claim; its blocks are fetched and checked one by one
    if (height !== ours + 1) return 'ignore'
    try {
      await this.consensus.current().receiveCommit(commit)
      return 'accept'
    } catch (error) {
      const offence = offenceOfCommit(error)
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
        this.evidence?.report(event.evidence, this.chain.head().height)
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

  private committed({ commit, hash, execution, validators }: CommittedBlock): void {
    const { height } = execution
    const receipts = decodeList<BlockSummary['receipts'][number]>(execution.receipts)
    this.mempool.committed(height, commit.block.actions.map((action, index) => ({ action, code: receipts[index]?.code ?? null })))
    if (this.gossip !== null && !this.isBehind()) {
      for (const action of this.own.due(height, (id) => this.mempool.has(id))) publishAction(this.gossip, action)
    }
    this.announce({ head: headStatus(commit, hash, validators, this.init.now()), events: decodeList(execution.events), receipts })
    this.evidence?.committed(height)
    this.housekeeping.committed(height)
  }

  private announce(summary: BlockSummary): void {
    this.lastBlockAt = this.init.now()
    this.stallWatch.reset()
    this.history.push(summary)
    this.init.onUpdate({ type: 'block', block: summary })
    this.changed()
  }

  private phase(): NodeStatus['phase'] {
    const { now, blockIntervalMs, network, validator } = this.init
    return phaseOf({
      now: now(), startedAt: this.startedAt, blockIntervalMs, failed: this.failure !== null, lastBlockAt: this.lastBlockAt,
      behind: this.blocksBehind(), alone: network !== null && validator === null && network.peers().length === 0,
    })
  }

  /** Blocks between us and where catching up goes to; null while nothing is fetched. */
  private blocksBehind(): number | null {
    const progress = this.catchUp?.current() ?? null
    return progress === null ? null : progress.stage === 'blocks' ? progress.to - progress.at : Infinity
  }

  private isBehind(): boolean {
    return (this.blocksBehind() ?? 0) > FOLLOWING_WITHIN_BLOCKS
  }

  private blockRefused({ header }: Block, error: ChainError): void {
    this.metrics.count(`refused.${error.code}`)
    this.note(error, header.height)
  }

  private note({ code, message }: AppError, height: number | null): void {
    this.history.refuse({ at: this.init.now(), code, peer_id: null, height, message })
    this.changed()
  }

  private log(level: 'info' | 'warn', message: string): void {
    this.init.onUpdate({ type: 'log', level, message })
  }

  private changed(): void {
    this.init.onUpdate({ type: 'status' })
  }
}

/** Looks at the votes-WAL before anything may be signed. Returns the height up to which this validator keeps silent. */
async function prepareVotes({ validator, network, storage }: NodeInit, head: ChainHead, damaged: boolean, log: (message: string) => void): Promise<number> {
  if (validator === null) return 0
  const decided = Math.max(head.height, (await storage.head())?.height ?? 0)
  const problem = await repairVotes(storage, decided)
  if (problem !== null) log(problem)
  if (damaged) await silenceAfterDamage(storage, decided)
  // Votes of a solo world never left this tab: there is nobody to contradict.
  return network === null ? 0 : silentThrough(storage)
}
