import { AppError, errorInfo } from '../../codec/index.ts'
import type { LightBlock } from '../../light/index.ts'
import { createNetworkHost } from '../../network/index.ts'
import type { NetworkHost, TransportFactory } from '../../network/index.ts'
import { decodeGenesis, worldIdOf } from '../../world/index.ts'
import type {
  Balances, BlockSummary, DryRunResult, EventPage, EventQuery, HeadStatus, KeyList, ModuleStatistics, NodeApi, NodeConfig, NodeStatus, NodeUpdate, ProvenRecord, ReceiptAt,
  RerunProgress, ShadowRerun,
} from '../api.ts'
import type { SpawnExecutor } from '../executor/thread.ts'
import { WorldNode } from '../node.ts'
import type { NodeEvent, NodeInit } from '../node-init.ts'
import { consensusTimeouts } from '../timeouts.ts'
import { provenHttpHead } from './http-head.ts'
import { openPageStorage } from './open-storage.ts'
import { openNodeSettings } from './settings.ts'
import type { SignedModules, SoloAgents } from './solo.ts'
import { startingStatus } from './starting-status.ts'
import { ViewFeed } from './view-feed.ts'

/** Status goes to the page at most this often (ten times a second). */
const STATUS_INTERVAL_MS = 100
/** Even when nothing happens the page hears of it: a standing world must say so within two block intervals. */
const HEARTBEAT_SHARE = 0.5
/** Blocks a tab keeps below its newest snapshot: enough for the feed and for peers just behind, small enough for a phone. */
const TAB_RETAIN_BLOCKS = 2_000

export interface PageNodeInit {
  readonly spawnExecutor: SpawnExecutor
  /** Transports besides websockets, such as WebRTC through the page's broker. */
  readonly extraTransports: readonly TransportFactory[]
  /** Multiaddrs to listen on, such as `/webrtc`. */
  readonly listen: readonly string[]
  readonly attachRtc: (port: MessagePort) => void
  /** What a solo world's genesis starts with. */
  readonly builtinModules: () => Promise<SignedModules>
}

/** The node of a browser: what the node worker exposes to pages. */
export class PageNode implements NodeApi {
  private readonly init: PageNodeInit
  private readonly listeners = new Map<number, (update: NodeUpdate) => void>()
  private readonly view = new ViewFeed()
  private node: WorldNode | null = null
  private starting: Promise<void> | null = null
  private stopped = false
  private config: NodeConfig | null = null
  private startup: HeadStatus | null = null
  private failure: AppError | null = null
  private nextToken = 1
  private statusTimer: ReturnType<typeof setTimeout> | null = null
  private heartbeat: ReturnType<typeof setInterval> | null = null
  private soloAgents: SoloAgents | null = null

  constructor(init: PageNodeInit) {
    this.init = init
  }

  /** Throws what keeps the node from running (`status` shows it too); it may be started again then, with another configuration. */
  async start(config: NodeConfig): Promise<void> {
    if (this.starting !== null) throw new AppError('ALREADY_STARTED', 'This node runs already. Reload the page to start another.')
    this.config = config
    this.failure = null
    this.heartbeat ??= setInterval(() => this.sendStatus(), Math.max(STATUS_INTERVAL_MS, config.block_interval_ms * HEARTBEAT_SHARE))
    this.starting = config.genesis === null ? this.startSolo(config) : this.join(config, config.genesis)
    try {
      await this.starting
    } catch (error) {
      const { code, message, detail } = errorInfo(error)
      this.failure = new AppError(code, message, detail)
      this.starting = null
      this.sendStatus()
      throw this.failure
    }
  }

  async status(): Promise<NodeStatus> {
    return this.currentStatus()
  }

  async subscribe(listener: (update: NodeUpdate) => void): Promise<number> {
    const token = this.nextToken++
    this.listeners.set(token, listener)
    listener({ type: 'status', status: this.currentStatus() })
    return token
  }

  async unsubscribe(token: number): Promise<void> {
    this.listeners.delete(token)
  }

  async recentBlocks(limit: number): Promise<readonly BlockSummary[]> {
    return this.node?.recentBlocks(limit) ?? []
  }

  async blockAt(height: number): Promise<BlockSummary | null> {
    return (await this.node?.blockAt(height)) ?? null
  }

  async lightBlockAt(height: number): Promise<LightBlock | null> {
    return (await this.node?.lightBlockAt(height)) ?? null
  }

  async query(key: string): Promise<ProvenRecord> {
    return this.running().query(key)
  }

  async list(prefix: string, limit: number): Promise<KeyList> {
    return this.running().list(prefix, limit)
  }

  async moduleWasm(wasmHash: string): Promise<Uint8Array | null> {
    return this.running().moduleWasm(wasmHash)
  }

  async moduleStatistics(): Promise<readonly ModuleStatistics[]> {
    return this.running().moduleStatistics()
  }

  async balances(): Promise<Balances> {
    return this.running().balances()
  }

  async submit(envelope: Uint8Array): Promise<{ action_id: string }> {
    return this.running().submit(envelope)
  }

  async receipt(actionId: string): Promise<ReceiptAt | null> {
    return this.running().receipt(actionId)
  }

  async dryRun(request: Parameters<NodeApi['dryRun']>[0]): Promise<DryRunResult> {
    return this.running().dryRun(request)
  }

  async genesis(): Promise<Uint8Array> {
    return this.running().genesis()
  }

  async eventsOf(query: EventQuery): Promise<EventPage> {
    return this.running().eventsOf(query)
  }

  async rerunShadow(proposalId: string, onProgress?: (progress: RerunProgress) => void): Promise<ShadowRerun> {
    return this.running().rerunShadow(proposalId, onProgress)
  }

  async cancelRerun(): Promise<void> {
    this.node?.cancelRerun()
  }

  async attachRenderer(port: MessagePort): Promise<void> {
    this.view.attach(port)
    await this.sendView()
  }

  async attachRtc(port: MessagePort): Promise<void> {
    this.init.attachRtc(port)
  }

  /** Also while it is starting, or after that failed. */
  async stop(): Promise<void> {
    this.stopped = true
    if (this.heartbeat !== null) clearInterval(this.heartbeat)
    if (this.statusTimer !== null) clearTimeout(this.statusTimer)
    await this.starting?.catch(() => {}) // `start` has told its caller
    this.soloAgents?.stop()
    await this.node?.stop()
    this.listeners.clear()
  }

  private async join(config: NodeConfig, encoded: Uint8Array): Promise<void> {
    const genesis = decodeGenesis(encoded)
    const world_id = worldIdOf(genesis)
    if (config.world_id !== null && config.world_id !== world_id) {
      throw new AppError('WRONG_WORLD', `The server's genesis makes the world ${world_id}, not ${config.world_id} as it said. Ask its operator; nothing of it is trusted.`)
    }
    if (config.http_head !== null) this.startup = await provenHttpHead(config.http_head, genesis.validators, world_id, Date.now())
    this.sendStatus()
    const settings = await openNodeSettings()
    const identitySeed = await settings.secret('network-identity', () => crypto.getRandomValues(new Uint8Array(32)))
    settings.close()
    await this.openNode(config, { world_id, genesis: encoded, role: 'full', validator: null }, () => createNetworkHost({
      identitySeed, listen: this.init.listen, bootstrap: config.bootstrap, extraTransports: this.init.extraTransports,
      onEvent: (event) => {
        if (event.type === 'refused') this.node?.noteRefusal(event)
        if (event.type === 'connected') this.node?.peerConnected(event.peer)
        if (event.type === 'bootstrap' || event.type === 'disconnected') this.sendStatusSoon()
      },
    }))
  }

  private async startSolo(config: NodeConfig): Promise<void> {
    // Loaded only here: a tab that joins a world carries neither scripted agents nor their modules.
    const { openSoloWorld, startSoloAgents } = await import('./solo.ts')
    const settings = await openNodeSettings()
    const solo = await openSoloWorld(settings, this.init.builtinModules, Date.now)
    settings.close()
    const validator = { validator_id: solo.validator_id, seed: solo.validatorSeed }
    const node = await this.openNode(config, { world_id: solo.world_id, genesis: solo.genesis, role: 'solo', validator }, null)
    this.soloAgents = startSoloAgents(node, solo)
  }

  /** Whatever fails on the way, nothing stays open: the store is free for the next try, or another tab. */
  private async openNode(
    { block_interval_ms }: NodeConfig,
    { world_id, ...identity }: Pick<NodeInit, 'genesis' | 'role' | 'validator'> & { readonly world_id: string },
    connect: (() => Promise<NetworkHost>) | null,
  ): Promise<WorldNode> {
    const { storage, persistent, warning } = await openPageStorage(world_id)
    if (warning !== null) console.warn(warning)
    let network: NetworkHost | null = null
    try {
      network = connect === null ? null : await connect()
      if (this.stopped) throw new AppError('STOPPED', 'The node was stopped while it was starting.')
      this.node = await WorldNode.open({
        ...identity, storage, persistent, network,
        spawnExecutor: this.init.spawnExecutor,
        blockIntervalMs: block_interval_ms, timeouts: consensusTimeouts(block_interval_ms),
        retainBlocks: TAB_RETAIN_BLOCKS, now: Date.now,
        onUpdate: (event) => this.nodeEvent(event),
      })
    } catch (error) {
      await network?.stop()
      await storage.close()
      throw error
    }
    this.sendStatusSoon()
    await this.sendView()
    return this.node
  }

  private nodeEvent(event: NodeEvent): void {
    if (event.type === 'status') this.sendStatusSoon()
    else if (event.type === 'log') {
      if (event.level === 'warn') console.warn(event.message)
    } else {
      this.send({ type: 'block', block: event.block })
      this.soloAgents?.onBlock()
      void this.sendView()
    }
  }

  private running(): WorldNode {
    if (this.failure !== null) throw this.failure
    if (this.node === null) throw new AppError('NOT_READY', 'The node is still starting. Try again in a moment.')
    return this.node
  }

  private currentStatus(): NodeStatus {
    if (this.node === null) return startingStatus(this.config, this.startup, this.failure?.toInfo() ?? null)
    const status = this.node.status()
    // A head from HTTP fills the first moments only: what this node executed itself is never hidden by it.
    return status.head === null ? { ...status, head: this.startup } : status
  }

  private async sendView(): Promise<void> {
    if (this.node === null || !this.view.attached) return
    try {
      this.view.push(await this.node.view(), this.config?.block_interval_ms ?? 1_000)
    } catch {
      // The executor is being replaced; the next block brings the next frame.
    }
  }

  private sendStatusSoon(): void {
    this.statusTimer ??= setTimeout(() => {
      this.statusTimer = null
      this.sendStatus()
    }, STATUS_INTERVAL_MS)
  }

  private sendStatus(): void {
    if (this.listeners.size > 0) this.send({ type: 'status', status: this.currentStatus() })
  }

  private send(update: NodeUpdate): void {
    for (const [token, listener] of this.listeners) {
      // A page that is gone takes its port with it; the others still want to know.
      Promise.resolve().then(() => listener(update)).catch(() => this.listeners.delete(token))
    }
  }
}
