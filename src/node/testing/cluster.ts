import { sha256, utf8Bytes } from '../../codec/index.ts'
import { createNetworkHost } from '../../network/index.ts'
import type { NetworkHost } from '../../network/index.ts'
import { createMemoryDisk, openMemoryStorage } from '../../storage/index.ts'
import type { MemoryDisk, NodeStorage } from '../../storage/index.ts'
import { decodeGenesis } from '../../world/index.ts'
import type { ExecutorThread } from '../executor/thread.ts'
import { WorldNode } from '../node.ts'
import type { NodeInit } from '../node-init.ts'
import { consensusTimeouts } from '../timeouts.ts'
import { localExecutor } from './local-executor.ts'
import type { TestWorld } from './test-world.ts'

/** Fast blocks: tests wait for events, never for time, so the interval only sets how long they take. */
export const INTERVAL_MS = 150

export interface Member {
  readonly node: WorldNode
  readonly network: NetworkHost
  readonly disk: MemoryDisk
  readonly storage: NodeStorage
  readonly executors: readonly ExecutorThread[]
  /** Warnings the node logged. */
  readonly warnings: readonly string[]
}

export type JoinOptions = Partial<Pick<NodeInit, 'snapshotEvery' | 'snapshotSyncAbove' | 'retainBlocks' | 'now' | 'blockIntervalMs' | 'spawnExecutor'>> & {
  readonly disk?: MemoryDisk
  /** Names the host's key; members need different ones. */
  readonly name?: string
}

/** Real nodes over loopback libp2p in this process, with memory for disks and executors in this thread. */
export class TestCluster {
  readonly world: TestWorld
  /** A clock that began a minute after the world. */
  readonly now: () => number
  private readonly members = new Set<Member>()
  private readonly hosts: NetworkHost[] = []
  private readonly listeners = new Set<() => void>()

  constructor(world: TestWorld) {
    this.world = world
    const offset = decodeGenesis(world.genesis).time + 60_000 - Date.now()
    this.now = () => Date.now() + offset
  }

  /** Starts all validators, each connected to those before. */
  async start(options: JoinOptions = {}): Promise<Member[]> {
    const started: Member[] = []
    for (let index = 0; index < this.world.validators.length; index++) {
      started.push(await this.join(index, started.flatMap(({ network }) => network.addresses()), options))
    }
    return started
  }

  /** Starts the validator with this index, or a full node (null). */
  async join(validator: number | null, bootstrap: readonly string[], options: JoinOptions = {}): Promise<Member> {
    const { disk = createMemoryDisk(), name, ...overrides } = options
    const executors: ExecutorThread[] = []
    const warnings: string[] = []
    let node: WorldNode | null = null
    const storage = await openMemoryStorage({ world_id: this.world.world_id }, disk)
    const network = await createNetworkHost({
      identitySeed: sha256(utf8Bytes(`host ${name ?? validator ?? 'full'}`)),
      listen: ['/ip4/127.0.0.1/tcp/0/ws'], bootstrap,
      onEvent: (event) => {
        if (event.type === 'refused') node?.noteRefusal(event)
        if (event.type === 'connected') node?.peerConnected(event.peer)
        this.changed()
      },
    })
    const blockIntervalMs = overrides.blockIntervalMs ?? INTERVAL_MS
    try {
      node = await WorldNode.open({
        genesis: this.world.genesis, role: validator === null ? 'full' : 'validator', validator: validator === null ? null : this.world.validators[validator]!,
        storage, persistent: false, network,
        spawnExecutor: () => {
          const thread = localExecutor()
          executors.push(thread)
          return thread
        },
        timeouts: consensusTimeouts(blockIntervalMs), retainBlocks: null, now: this.now,
        ...overrides, blockIntervalMs,
        onUpdate: (event) => {
          if (event.type === 'log' && event.level === 'warn') warnings.push(event.message)
          this.changed()
        },
      })
    } catch (error) {
      await network.stop()
      throw error
    }
    const member = { node, network, disk, storage, executors, warnings }
    this.members.add(member)
    return member
  }

  /** A bare host, for peers that misbehave. */
  async host(name: string, bootstrap: readonly string[] = []): Promise<NetworkHost> {
    const host = await createNetworkHost({ identitySeed: sha256(utf8Bytes(name)), listen: ['/ip4/127.0.0.1/tcp/0/ws'], bootstrap })
    this.hosts.push(host)
    return host
  }

  async leave(member: Member): Promise<void> {
    this.members.delete(member)
    await member.node.stop()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.members].map((member) => this.leave(member)))
    await Promise.all(this.hosts.splice(0).map((host) => host.stop()))
  }

  /** Resolves when `condition` holds; it is asked again whenever any node reports something. */
  when(condition: () => boolean | Promise<boolean>): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = async (): Promise<void> => {
        if (!(await condition())) return
        this.listeners.delete(listener)
        resolve()
      }
      const listener = (): void => void check().catch(reject)
      this.listeners.add(listener)
      listener()
    })
  }

  reaches(member: Member, height: number): Promise<void> {
    return this.when(() => heightOf(member) >= height)
  }

  private changed(): void {
    for (const listener of this.listeners) listener()
  }
}

export function heightOf({ node }: Member): number {
  return node.head()?.height ?? 0
}
