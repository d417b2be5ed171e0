import { decodeActionEnvelope, errorInfo, isDemoWorld, toConsensusAction } from '../codec/index.ts'
import type { AppError, Block, Commit, ErrorInfo } from '../codec/index.ts'
import type { ConsensusEvent } from '../consensus/index.ts'
import { createMetrics } from '../network/index.ts'
import type { GossipVerdict, Metrics, Refusal } from '../network/index.ts'
import { decodeGenesis } from '../world/index.ts'
import type { WorldView } from '../world/index.ts'
import type { BlockSummary, DryRunResult, HeadStatus, NodeStatus, ProvenRecord, ReceiptAt } from './api.ts'
import { assembleNode } from './assembly.ts'
import type { NodeHooks, NodeParts } from './assembly.ts'
import { offenceOfCommit } from './catch-up.ts'
import type { ChainHead, CommittedBlock } from './chain.ts'
import { ChainError } from './chain-errors.ts'
import type { ExecutorPool } from './executor/pool.ts'
import type { DryRunRequest } from './executor/service.ts'
import { decodeList, headStatus } from './feed.ts'
import { publishAction, publishCommit, receiveGossip } from './gossip.ts'
import type { NodeInit } from './node-init.ts'
import { openChain } from './open-chain.ts'
import { OwnActions } from './own-actions.ts'
import type { PeerClaim } from './peer-claims.ts'
import { FOLLOWING_WITHIN_BLOCKS, phaseOf, StallWatch } from './phase.ts'
import { replayStored } from './repair.ts'
import { serveReplication } from './serve.ts'
import { prepareVotes } from './silence.ts'
import { validatorRows } from './validator-rows.ts'

/**
 * A node: chain, executor, consensus, replication and network put together. The same code is validator, full node and solo
 * world, in Node.js and in a tab; what differs is injected.
 */
export class WorldNode {
  readonly worldId: string
  readonly metrics: Metrics
  private readonly init: NodeInit
  private readonly parts: NodeParts
  private readonly own = new OwnActions()
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
      const silence = init.validator === null ? 0 : await prepareVotes(init.storage, head.height, damage !== null, (message) => {
        metrics.count('storage.votes_damaged')
        log('warn', message)
      })
      // Votes of a solo world never left this tab: there is nobody to contradict.
      node = new WorldNode(init, metrics, { pool, head, silentThrough: init.network === null ? 0 : silence })
      await node.parts.history.load(head.height)
      await node.replay()
      await node.join()
      return node
    } catch (error) {
      await node?.shutDown()
      pool.close()
      throw error
    }
  }

  private constructor(init: NodeInit, metrics: Metrics, opened: { readonly pool: ExecutorPool; readonly head: ChainHead; readonly silentThrough: number }) {
    this.init = init
    this.worldId = opened.head.world_id
    this.metrics = metrics
    this.startedAt = init.now()
    this.stallWatch = new StallWatch(init.blockIntervalMs, () => this.changed())
    this.parts = assembleNode(init, opened, this.hooks())
  }

  head(): HeadStatus | null {
    return this.parts.history.head
  }

  /** The certified header of the head with its certificate, for anyone who asks; null before the first block. */
  certifiedHead(): Pick<Commit, 'certificate'> & { readonly header: Block['header'] } | null {
    const { header, certificate } = this.parts.chain.head()
    return header === null || certificate === null ? null : { header, certificate }
  }

  peerClaims(): readonly PeerClaim[] {
    return this.parts.peers?.all() ?? []
  }

  recentBlocks(limit: number): readonly BlockSummary[] {
    return this.parts.history.recent(limit)
  }

  blockAt(height: number): Promise<BlockSummary | null> {
    return this.parts.history.at(height)
  }

  receipt(actionId: string): ReceiptAt | null {
    return this.parts.history.receipt(actionId)
  }

  view(): Promise<WorldView> {
    return this.parts.pool.view()
  }

  /** A record of the head's state with everything needed to check it. Throws `NO_HEAD` before the first block. */
  query(key: string): Promise<ProvenRecord> {
    return this.parts.chain.exclusively(async () => {
      const { header, certificate, decided_by } = this.parts.chain.head()
      if (header === null || certificate === null || decided_by === null) {
        throw new ChainError('NO_HEAD', 'No block is verified yet. Try again when the node follows the chain.')
      }
      const { value, value_bytes, proof } = await this.parts.pool.query(key)
      return { key, value, value_bytes, proof, header, certificate, validators: decided_by }
    })
  }

  /** A record of the committed state for scripted agents in this process; no proof. */
  record(key: string): ReturnType<ExecutorPool['record']> {
    return this.parts.pool.record(key)
  }

  /** Hands a signed envelope to the mempool and to peers. Throws a decode error or `MempoolError`. */
  async submit(envelope: Uint8Array): Promise<{ action_id: string }> {
    decodeActionEnvelope(envelope)
    const action = toConsensusAction(envelope)
    if (await this.parts.mempool.add(action)) {
      this.own.add(action, this.parts.chain.head().height)
      if (this.parts.gossip !== null) publishAction(this.parts.gossip, action)
    }
    return { action_id: action.action_id }
  }

  dryRun(request: DryRunRequest): Promise<DryRunResult> {
    return this.parts.pool.dryRun(request)
  }

  /** Ends the active executor as a crash would; the node recovers by itself. */
  killExecutor(): void {
    this.parts.pool.killActive()
  }

  status(): NodeStatus {
    const { init } = this
    const { history, chain, peers, catchUp, pool } = this.parts
    const consensus = this.parts.consensus.snapshot()
    const { height, validators } = chain.head()
    return {
      role: init.role,
      world_id: this.worldId,
      demo: isDemoWorld(this.worldId),
      phase: this.phase(),
      error: this.failure,
      block_interval_ms: init.blockIntervalMs,
      head: history.head,
      claimed_height: peers?.claimedHeight() ?? null,
      sync: catchUp?.current() ?? null,
      round: { height: consensus.height, round: Math.max(0, consensus.round), step: consensus.step },
      peers: peers?.status() ?? [],
      validators: validatorRows(validators, history.head, history.lastSigned, consensus),
      refusals: history.refusals,
      metrics: this.metrics.snapshot(),
      executor: pool.status(),
      storage: history.storageStatus(height, init.persistent),
    }
  }

  /** The network refused something; kept for the page. */
  noteRefusal({ at, code, peer, detail }: Refusal): void {
    this.parts.history.refuse({ at, code, peer_id: peer, height: null, message: detail })
    this.changed()
  }

  /** A peer connected or left. */
  peerConnected(peer: string): void {
    void this.parts.peers?.ask(peer)
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
    const { peers, catchUp, consensus, housekeeping, pool } = this.parts
    this.stopped = true
    this.stallWatch.stop()
    peers?.stop()
    await catchUp?.stop()
    await consensus.stop()
    await housekeeping.stop()
    pool.close()
  }

  private hooks(): NodeHooks {
    return {
      noticeHeight: (height) => this.noticeHeight(height),
      committed: (block) => this.committed(block),
      restored: () => this.restored(),
      consensusEvent: (event) => this.consensusEvent(event),
      refused: (error, height) => this.refused(error, height),
      submit: (envelope) => this.submit(envelope),
      changed: () => this.changed(),
      log: (level, message) => this.log(level, message),
    }
  }

  /** Blocks stored above the head, left by a repair: executed again before anybody is asked. */
  private async replay(): Promise<void> {
    try {
      const replayed = await replayStored(this.parts.chain, this.init.storage)
      if (replayed > 0) this.log('info', `executed ${replayed} stored blocks again, up to height ${this.parts.chain.head().height}`)
    } catch (error) {
      if (this.parts.chain.failed !== null) throw error
      this.log('warn', `stored blocks could not be executed again: ${errorInfo(error).message} Peers bring the rest.`)
    }
  }

  private async join(): Promise<void> {
    const { network, storage, validator } = this.init
    const { peers, gossip, chain, mempool, consensus, pool } = this.parts
    if (network !== null && peers !== null && gossip !== null) {
      await serveReplication({ network, storage, world_id: this.worldId, validator_id: validator?.validator_id ?? null, head: () => chain.head() })
      receiveGossip({
        gossip, world_id: this.worldId, mempool,
        consensus: () => consensus.current(),
        isBehind: () => this.isBehind(),
        onCommit: (commit, from) => this.commitAnnounced(commit, from),
      })
      peers.start()
    }
    await consensus.start()
    pool.startSpare()
    this.stallWatch.reset()
    this.changed()
  }

  private noticeHeight(height: number): void {
    if (!this.stopped && this.failure === null) this.parts.catchUp?.notice(height)
  }

  private async restored(): Promise<void> {
    await this.parts.history.refreshEarliest()
    const summary = await this.parts.history.at(this.parts.chain.head().height)
    if (summary !== null) this.announce(summary)
  }

  private async commitAnnounced(commit: Commit, from: string): Promise<GossipVerdict> {
    const { height } = commit.block.header
    const ours = this.parts.chain.head().height
    if (height > ours + 1) void this.parts.peers?.ask(from) // a claim; its blocks are fetched and checked one by one
    if (height !== ours + 1) return 'ignore'
    try {
      await this.parts.consensus.current().receiveCommit(commit)
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
        if (event.commit.block.header.proposer === this.init.validator?.validator_id && this.parts.gossip !== null) publishCommit(this.parts.gossip, event.commit)
        break
      case 'refused':
        this.metrics.count(`consensus.refused.${event.reason}`)
        break
      case 'evidence':
        this.metrics.count('consensus.evidence')
        this.log('warn', `validator ${event.evidence.first.validator_id} voted twice at height ${event.evidence.first.height}`)
        this.parts.evidence?.report(event.evidence, this.parts.chain.head().height)
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
    this.parts.mempool.committed(height, commit.block.actions.map((action, index) => ({ action, code: receipts[index]?.code ?? null })))
    if (this.parts.gossip !== null && !this.isBehind()) {
      for (const action of this.own.due(height, (id) => this.parts.mempool.has(id))) publishAction(this.parts.gossip, action)
    }
    this.announce({ head: headStatus(commit, hash, validators, this.init.now()), events: decodeList(execution.events), receipts })
    this.parts.evidence?.committed(height)
    this.parts.housekeeping.committed(height)
  }

  private announce(summary: BlockSummary): void {
    this.lastBlockAt = this.init.now()
    this.stallWatch.reset()
    this.parts.history.push(summary)
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
    const progress = this.parts.catchUp?.current() ?? null
    return progress === null ? null : progress.stage === 'blocks' ? progress.to - progress.at : Infinity
  }

  private isBehind(): boolean {
    return (this.blocksBehind() ?? 0) > FOLLOWING_WITHIN_BLOCKS
  }

  private refused({ code, message }: AppError, height: number | null): void {
    this.metrics.count(`refused.${code}`)
    this.parts.history.refuse({ at: this.init.now(), code, peer_id: null, height, message })
    this.changed()
  }

  private log(level: 'info' | 'warn', message: string): void {
    this.init.onUpdate({ type: 'log', level, message })
  }

  private changed(): void {
    this.init.onUpdate({ type: 'status' })
  }
}
