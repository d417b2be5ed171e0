import { AppError, commitCertificateSchema, decodeWith, errorInfo, headerSchema, schema } from '../../codec/index.ts'
import { verifyCertificate } from '../../light/index.ts'
import { createNetworkHost } from '../../network/index.ts'
import type { NetworkHost, TransportFactory } from '../../network/index.ts'
import { openIndexedDbStorage } from '../../storage/browser.ts'
import { decodeGenesis, worldIdOf } from '../../world/index.ts'
import type { GenesisInit } from '../../world/index.ts'
import type {
  BlockSummary, DryRunResult, HeadStatus, NodeApi, NodeConfig, NodeStatus, NodeUpdate, ProvenRecord, ReceiptAt,
} from '../api.ts'
import type { SpawnExecutor } from '../executor/thread.ts'
import { headStatus } from '../feed.ts'
import { WorldNode } from '../node.ts'
import type { NodeEvent } from '../node-init.ts'
import { consensusTimeouts } from '../timeouts.ts'
import { ViewFeed } from './view-feed.ts'
import { openNodeSettings } from './settings.ts'
import type { SoloAgents } from './solo.ts'

/** Status goes to the page at most this often (ten times a second). */
const STATUS_INTERVAL_MS = 100
/** Even when nothing happens the page hears of it: a standing world must say so within two block intervals. */
const HEARTBEAT_SHARE = 0.5
/** Blocks a tab keeps below its newest snapshot: enough for the feed and for peers just behind, small enough for a phone. */
const TAB_RETAIN_BLOCKS = 2_000

const httpHeadSchema = schema.object({ header: headerSchema, certificate: commitCertificateSchema })

export interface PageNodeInit {
  readonly spawnExecutor: SpawnExecutor
  /** Transports besides websockets, such as WebRTC through the page's broker. */
  readonly extraTransports: readonly TransportFactory[]
  /** Multiaddrs to listen on, such as `/webrtc`. */
  readonly listen: readonly string[]
  readonly attachRtc: (port: MessagePort) => void
  /** Rule modules for a solo world's genesis. */
  readonly builtinModules: () => Promise<GenesisInit['modules']>
}

/** The node of a browser: what the node worker exposes to pages. */
export class PageNode implements NodeApi {
  private readonly init: PageNodeInit
  private readonly listeners = new Map<number, (update: NodeUpdate) => void>()
  private readonly view = new ViewFeed()
  private node: WorldNode | null = null
  private network: NetworkHost | null = null
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

  async start(config: NodeConfig): Promise<void> {
    if (this.config !== null) throw new AppError('ALREADY_STARTED', 'This node runs already. Reload the page to start another.')
    this.config = config
    this.heartbeat = setInterval(() => this.sendStatus(), Math.max(STATUS_INTERVAL_MS, config.block_interval_ms * HEARTBEAT_SHARE))
    try {
      await (config.genesis === null ? this.startSolo(config) : this.join(config, config.genesis))
    } catch (error) {
      const { code, message, detail } = errorInfo(error)
      this.failure = new AppError(code, message, detail)
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

  query(key: string): Promise<ProvenRecord> {
    return this.running().query(key)
  }

  submit(envelope: Uint8Array): Promise<{ action_id: string }> {
    return this.running().submit(envelope)
  }

  async receipt(actionId: string): Promise<ReceiptAt | null> {
    return this.running().receipt(actionId)
  }

  dryRun(request: Parameters<NodeApi['dryRun']>[0]): Promise<DryRunResult> {
    return this.running().dryRun(request)
  }

  async attachRenderer(port: MessagePort): Promise<void> {
    this.view.attach(port)
    await this.sendView()
  }

  async attachRtc(port: MessagePort): Promise<void> {
    this.init.attachRtc(port)
  }

  async stop(): Promise<void> {
    if (this.heartbeat !== null) clearInterval(this.heartbeat)
    if (this.statusTimer !== null) clearTimeout(this.statusTimer)
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
    if (config.http_head !== null) this.startup = await provenHttpHead(config.http_head, genesis.validators, world_id)
    this.sendStatus()
    const settings = await openNodeSettings()
    const identitySeed = await settings.secret('network-identity', () => crypto.getRandomValues(new Uint8Array(32)))
    const storage = await openIndexedDbStorage({ name: databaseName(world_id), world_id })
    this.network = await createNetworkHost({
      identitySeed, listen: this.init.listen, bootstrap: config.bootstrap, extraTransports: this.init.extraTransports,
      onEvent: (event) => {
        if (event.type === 'refused') this.node?.noteRefusal(event)
        if (event.type === 'connected') this.node?.peerConnected(event.peer)
        if (event.type === 'bootstrap' || event.type === 'disconnected') this.sendStatusSoon()
      },
    })
    this.node = await WorldNode.open({
      genesis: encoded, role: 'full', validator: null, storage, network: this.network,
      persistent: await askPersistence(),
      spawnExecutor: this.init.spawnExecutor,
      blockIntervalMs: config.block_interval_ms, timeouts: consensusTimeouts(config.block_interval_ms),
      retainBlocks: TAB_RETAIN_BLOCKS, now: Date.now,
      onUpdate: (event) => this.nodeEvent(event),
    })
    this.sendStatusSoon()
    await this.sendView()
  }

  private async startSolo(config: NodeConfig): Promise<void> {
    // Loaded only here: a tab that joins a world carries neither scripted agents nor their modules.
    const { openSoloWorld, startSoloAgents } = await import('./solo.ts')
    const settings = await openNodeSettings()
    const solo = await openSoloWorld(settings, this.init.builtinModules, Date.now)
    const storage = await openIndexedDbStorage({ name: databaseName(solo.world_id), world_id: solo.world_id })
    this.node = await WorldNode.open({
      genesis: solo.genesis, role: 'solo', validator: { validator_id: solo.validator_id, seed: solo.validatorSeed },
      storage, network: null, persistent: await askPersistence(),
      spawnExecutor: this.init.spawnExecutor,
      blockIntervalMs: config.block_interval_ms, timeouts: consensusTimeouts(config.block_interval_ms),
      retainBlocks: TAB_RETAIN_BLOCKS, now: Date.now,
      onUpdate: (event) => this.nodeEvent(event),
    })
    this.soloAgents = startSoloAgents(this.node, solo)
    this.sendStatusSoon()
    await this.sendView()
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
    const { config } = this
    if (this.node !== null) {
      const status = this.node.status()
      return status.head === null && this.startup !== null ? { ...status, head: this.startup } : status
    }
    return {
      role: config === null || config.genesis !== null ? 'full' : 'solo',
      world_id: config?.world_id ?? '', demo: config !== null && config.genesis === null,
      phase: this.failure === null ? 'starting' : 'failed', error: this.failure?.toInfo() ?? null,
      block_interval_ms: config?.block_interval_ms ?? 1_000,
      head: this.startup, claimed_height: null, sync: null, round: null, peers: [], validators: [], refusals: [], metrics: {},
      executor: { interrupts: 0, restarts: 0, spare_ready: false, last_block_ms: null },
      storage: { earliest_height: null, blocks: 0, persistent: false },
    }
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
    for (const listener of this.listeners.values()) listener(update)
  }
}

/** One database a world; the genesis hash in the id keeps worlds of one name apart. */
function databaseName(worldId: string): string {
  return `agent-world/${worldId}`
}

/** A head from plain HTTP, if its certificate proves it against the genesis validators; not executed yet. */
async function provenHttpHead(encoded: Uint8Array, validators: Parameters<typeof verifyCertificate>[2], worldId: string): Promise<HeadStatus | null> {
  try {
    const { header, certificate } = decodeWith(httpHeadSchema, encoded)
    if (header.world_id !== worldId) return null
    await verifyCertificate(header, certificate, validators)
    const status = headStatus({ block: { header, actions: [], last_commit: null }, certificate }, certificate.block_hash, validators, Date.now())
    return { ...status, executed: false }
  } catch {
    return null // it proved nothing; peers will bring the head
  }
}

/** Asks the browser not to evict the stored world; the answer is shown, not relied on. */
async function askPersistence(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist())
  } catch {
    return false
  }
}

