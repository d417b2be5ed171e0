import { isDemoWorld } from '../codec/index.ts'
import type { Block, Commit } from '../codec/index.ts'
import type { LightBlock } from '../light/index.ts'
import { createMetrics } from '../network/index.ts'
import type { Metrics, Refusal } from '../network/index.ts'
import { decodeGenesis } from '../world/index.ts'
import type { WorldView } from '../world/index.ts'
import type {
  Balances, BlockSummary, DryRunResult, EventPage, EventQuery, HeadStatus, KeyList, ModuleStatistics, NodeStatus, ProvenRecord, ReceiptAt, RerunProgress, ShadowRerun,
} from './api.ts'
import type { NodeParts } from './assembly.ts'
import { ChainError } from './chain-errors.ts'
import type { ExecutorPool } from './executor/pool.ts'
import type { DryRunRequest } from './executor/service.ts'
import { findEvents } from './find-events.ts'
import type { NodeInit } from './node-init.ts'
import { openChain } from './open-chain.ts'
import type { PeerClaim } from './peer-claims.ts'
import { NodeRuntime } from './runtime.ts'
import { prepareVotes } from './silence.ts'
import { validatorRows } from './validator-rows.ts'

const WASM_HASH = /^[0-9a-f]{64}$/

/**
 * A node: chain, executor, consensus, replication and network put together. The same code is validator, full node and solo
 * world, in Node.js and in a tab; what differs is injected.
 */
export class WorldNode {
  readonly worldId: string
  readonly metrics: Metrics
  private readonly init: NodeInit
  private readonly runtime: NodeRuntime
  private readonly parts: NodeParts
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
        // What is incomplete is brought by peers; a block that needs it before says so itself.
        log(kind === 'spare_ready' || kind === 'incomplete' ? 'info' : 'warn', `executor ${kind}: ${detail}`)
      },
    })
    let runtime: NodeRuntime | null = null
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
      runtime = new NodeRuntime(init, metrics, { pool, head, silentThrough: init.network === null ? 0 : silence })
      await runtime.parts.history.load(head.height)
      await runtime.replay()
      await runtime.join()
      return new WorldNode(init, metrics, head.world_id, runtime)
    } catch (error) {
      await runtime?.shutDown()
      pool.close()
      throw error
    }
  }

  private constructor(init: NodeInit, metrics: Metrics, worldId: string, runtime: NodeRuntime) {
    this.init = init
    this.metrics = metrics
    this.worldId = worldId
    this.runtime = runtime
    this.parts = runtime.parts
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

  lightBlockAt(height: number): Promise<LightBlock | null> {
    return this.parts.history.lightBlock(height)
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

  /** Keys of the committed state under a prefix, ascending. */
  keys(prefix: string, limit: number): Promise<readonly string[]> {
    return this.parts.pool.keys(prefix, limit)
  }

  /** Keys under a prefix, at the height their records are proved at. Throws `BAD_REQUEST`. */
  list(prefix: string, limit: number): Promise<KeyList> {
    return this.parts.chain.exclusively(() => this.parts.pool.list(prefix, limit))
  }

  balances(): Promise<Balances> {
    return this.parts.chain.exclusively(() => this.parts.pool.balances())
  }

  /** Bytes of a module of the genesis, or of an artifact in the state. Who asks checks them against the hash. */
  async moduleWasm(wasmHash: string): Promise<Uint8Array | null> {
    if (!WASM_HASH.test(wasmHash)) return null
    const artifact = await this.parts.pool.record(`artifact_wasm/${wasmHash}`)
    if (artifact instanceof Uint8Array) return artifact
    return decodeGenesis(this.init.genesis).modules.find(({ manifest }) => manifest.wasm_hash === wasmHash)?.wasm ?? null
  }

  moduleStatistics(): Promise<readonly ModuleStatistics[]> {
    return this.parts.pool.statistics()
  }

  /** Hands a signed envelope to the mempool and to peers. Throws a decode error or `MempoolError`. */
  submit(envelope: Uint8Array): Promise<{ action_id: string }> {
    return this.runtime.submit(envelope)
  }

  dryRun(request: DryRunRequest): Promise<DryRunResult> {
    return this.parts.pool.dryRun(request)
  }

  genesis(): Uint8Array {
    return this.init.genesis
  }

  /** Events of stored blocks, in bounded pieces. Throws `BAD_REQUEST`. */
  eventsOf(query: EventQuery): Promise<EventPage> {
    return findEvents(this.init.storage, query)
  }

  /** Makes the shadow report of a proposal again, in an executor of its own. Throws an `AppError` with one of `RerunErrorCode`. */
  rerunShadow(proposalId: string, onProgress: (progress: RerunProgress) => void = () => {}): Promise<ShadowRerun> {
    return this.parts.reruns.run(proposalId, onProgress)
  }

  cancelRerun(): void {
    this.parts.reruns.cancel()
  }

  /** Ends the active executor as a crash would; the node recovers by itself. */
  killExecutor(): void {
    this.parts.pool.killActive()
  }

  status(): NodeStatus {
    const { init } = this
    const { history, chain, peers, catchUp, pool } = this.parts
    const consensus = this.parts.consensus.snapshot()
    const votes = this.parts.consensus.votes()
    const { height, validators } = chain.head()
    return {
      role: init.role,
      world_id: this.worldId,
      demo: isDemoWorld(this.worldId),
      phase: this.runtime.phase(),
      error: this.runtime.failed ?? chain.lacks?.toInfo() ?? null,
      block_interval_ms: init.blockIntervalMs,
      head: history.head,
      claimed_height: peers?.claimedHeight() ?? null,
      sync: catchUp?.current() ?? null,
      round: { height: consensus.height, round: Math.max(0, consensus.round), step: consensus.step },
      peers: peers?.status() ?? [],
      validators: validatorRows(validators, history.head, history.lastSigned, votes),
      votes_height: votes.height,
      refusals: history.refusals,
      metrics: this.metrics.snapshot(),
      executor: pool.status(),
      storage: history.storageStatus(height, init.persistent),
    }
  }

  /** The network refused something; kept for the page. */
  noteRefusal({ at, code, peer, detail }: Refusal): void {
    this.parts.history.refuse({ at, code, peer_id: peer, height: null, message: detail })
    this.runtime.changed()
  }

  /** A peer connected or left. */
  peerConnected(peer: string): void {
    void this.parts.peers?.ask(peer)
    this.runtime.changed()
  }

  /** Ends everything, network and storage included. */
  async stop(): Promise<void> {
    if (this.stopped) return
    this.stopped = true
    await this.runtime.shutDown()
    await this.init.network?.stop()
    await this.init.storage.close()
  }
}
