import { decodeActionEnvelope, errorInfo, toConsensusAction } from '../codec/index.ts'
import type { AppError, Commit, ErrorInfo } from '../codec/index.ts'
import type { ConsensusEvent } from '../consensus/index.ts'
import type { GossipVerdict, Metrics } from '../network/index.ts'
import { CHECKPOINTS_KEY } from '../world/index.ts'
import type { BlockSummary, NodePhase } from './api.ts'
import { assembleNode } from './assembly.ts'
import type { NodeHooks, NodeParts, OpenedNode } from './assembly.ts'
import { offenceOfCommit } from './catch-up.ts'
import type { CommittedBlock } from './chain.ts'
import { headStatus } from './feed.ts'
import { countModuleCalls } from './module-metrics.ts'
import { publishAction, publishCommit, receiveGossip } from './gossip.ts'
import type { NodeInit } from './node-init.ts'
import { OwnActions } from './own-actions.ts'
import { FOLLOWING_WITHIN_BLOCKS, phaseOf, StallWatch } from './phase.ts'
import { replayStored } from './repair.ts'
import { serveReplication } from './serve.ts'
import { decodeList } from './stored-blocks.ts'

/** What happens inside a node: how its parts answer to blocks, votes, peers and each other. */
export class NodeRuntime {
  readonly parts: NodeParts
  private readonly init: NodeInit
  private readonly metrics: Metrics
  private readonly own = new OwnActions()
  private readonly stallWatch: StallWatch
  private readonly startedAt: number
  private lastBlockAt: number | null = null
  private failure: ErrorInfo | null = null
  private lackedAt: number | null = null
  private stopped = false

  constructor(init: NodeInit, metrics: Metrics, opened: OpenedNode) {
    this.init = init
    this.metrics = metrics
    this.startedAt = init.now()
    this.stallWatch = new StallWatch(init.blockIntervalMs, () => this.changed())
    this.parts = assembleNode(init, opened, this.hooks())
  }

  /** Why consensus stopped for good; null while it runs. */
  get failed(): ErrorInfo | null {
    return this.failure
  }

  /** Ends what runs here; network and storage belong to whoever gave them. */
  async shutDown(): Promise<void> {
    const { peers, catchUp, checkpoints, consensus, housekeeping, pool, reruns } = this.parts
    this.stopped = true
    reruns.cancel()
    this.stallWatch.stop()
    peers?.stop()
    // A block that cannot be executed here keeps catching up waiting until consensus lets go of it.
    await Promise.all([catchUp?.stop(), checkpoints?.stop(), consensus.stop()])
    await housekeeping.stop()
    pool.close()
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
  async replay(): Promise<void> {
    try {
      const replayed = await replayStored(this.parts.chain, this.init.storage)
      if (replayed > 0) this.log('info', `executed ${replayed} stored blocks again, up to height ${this.parts.chain.head().height}`)
    } catch (error) {
      if (this.parts.chain.failed !== null) throw error
      this.log('warn', `stored blocks could not be executed again: ${errorInfo(error).message} Peers bring the rest.`)
    }
  }

  /** Serves peers, listens to gossip, asks for heights, and decides. */
  async join(): Promise<void> {
    const { network, storage, validator } = this.init
    const { peers, gossip, chain, mempool, consensus, pool } = this.parts
    if (network !== null && peers !== null && gossip !== null) {
      await serveReplication({ network, storage, world_id: this.parts.chain.head().world_id, validator_id: validator?.validator_id ?? null, head: () => chain.head() })
      receiveGossip({
        gossip, world_id: this.parts.chain.head().world_id, mempool,
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
    this.parts.checkpoints?.notice()
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
        if (event.error.code === 'CHECKPOINT_MISSING') this.lacksCheckpoint()
        else this.log('warn', `${event.operation} failed: ${event.error.code} ${event.error.message}`)
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

  /** Execution is tried again and again, and the state asked for as often; said once a height. */
  private lacksCheckpoint(): void {
    const { chain, checkpoints } = this.parts
    const { lacks } = chain
    const height = chain.head().height + 1
    if (lacks === null) return
    checkpoints?.notice()
    if (this.lackedAt === height) return
    this.lackedAt = height
    this.log('warn', lacks.message)
    this.refused(lacks, height)
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
    this.parts.housekeeping.committed(height, execution.writes.some(({ key }) => key === CHECKPOINTS_KEY))
  }

  private announce(summary: BlockSummary): void {
    this.lastBlockAt = this.init.now()
    this.stallWatch.reset()
    this.parts.history.push(summary)
    countModuleCalls(this.metrics, summary.events)
    this.init.onUpdate({ type: 'block', block: summary })
    this.changed()
  }

  phase(): NodePhase {
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

  changed(): void {
    this.init.onUpdate({ type: 'status' })
  }
}
