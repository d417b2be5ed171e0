import { afterEach, describe, expect, it } from 'vitest'
import { decodeCommit, encodeCommit, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { createNetworkHost } from '../network/index.ts'
import type { NetworkHost } from '../network/index.ts'
import { createMemoryDisk, openMemoryStorage } from '../storage/index.ts'
import type { MemoryDisk } from '../storage/index.ts'
import { fetchCommit, fetchRange, fetchStatus } from '../network/index.ts'
import { WorldNode } from './node.ts'
import type { NodeEvent } from './node-init.ts'
import { localExecutor } from './testing/local-executor.ts'
import { signedAction, testWorld } from './testing/test-world.ts'
import type { TestWorld } from './testing/test-world.ts'
import { consensusTimeouts } from './timeouts.ts'

/** Fast blocks: these tests wait for events, never for time, so the interval only sets how long they take. */
const INTERVAL_MS = 150

interface Member {
  readonly node: WorldNode
  readonly network: NetworkHost
  readonly disk: MemoryDisk
  stop(): Promise<void>
}

const members: Member[] = []
const hosts: NetworkHost[] = []
const listeners = new Set<() => void>()
afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.stop()))
  await Promise.all(hosts.splice(0).map((host) => host.stop()))
})

/** Resolves when `condition` holds; it is asked again whenever any node reports something. */
function when(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!condition()) return
      listeners.delete(check)
      resolve()
    }
    listeners.add(check)
    check()
  })
}

async function join(world: TestWorld, validator: number | null, bootstrap: readonly string[], options: { disk?: MemoryDisk; port?: number; name?: string } = {}): Promise<Member> {
  const disk = options.disk ?? createMemoryDisk()
  let node: WorldNode | null = null
  const network = await createNetworkHost({
    identitySeed: sha256(utf8Bytes(`host ${validator ?? options.name ?? 'full'}`)),
    listen: [`/ip4/127.0.0.1/tcp/${options.port ?? 0}/ws`], bootstrap,
    onEvent: (event) => {
      if (event.type === 'refused') node?.noteRefusal(event)
      if (event.type === 'connected') node?.peerConnected(event.peer)
      for (const listener of listeners) listener()
    },
  })
  node = await WorldNode.open({
    genesis: world.genesis, role: validator === null ? 'full' : 'validator', validator: validator === null ? null : world.validators[validator]!,
    storage: await openMemoryStorage({ world_id: world.world_id }, disk), persistent: false, spawnExecutor: localExecutor, network,
    blockIntervalMs: INTERVAL_MS, timeouts: consensusTimeouts(INTERVAL_MS), retainBlocks: null, now: Date.now,
    onUpdate: (_: NodeEvent) => {
      for (const listener of listeners) listener()
    },
  })
  const member = { node, network, disk, stop: () => node!.stop() }
  members.push(member)
  return member
}

async function cluster(world: TestWorld): Promise<Member[]> {
  const started: Member[] = []
  for (let index = 0; index < world.validators.length; index++) {
    started.push(await join(world, index, started.flatMap((member) => member.network.addresses())))
  }
  return started
}

const height = (member: Member): number => member.node.head()?.height ?? 0
const reaches = (member: Member, target: number): Promise<void> => when(() => height(member) >= target)
async function leave(member: Member): Promise<void> {
  members.splice(members.indexOf(member), 1)
  await member.stop()
}

describe('a network of nodes', () => {
  it('finalizes the same chain everywhere and executes submitted actions', async () => {
    const world = await testWorld(4)
    const nodes = await cluster(world)
    await reaches(nodes[0]!, 1)
    const { action_id } = await nodes[3]!.node.submit(signedAction(world.world_id, world.agents[0]!, 1, { kind: 'query_observation' }))
    await when(() => nodes.every(({ node }) => node.receipt(action_id) !== null))
    const found = nodes.map(({ node }) => node.receipt(action_id)!)
    expect(new Set(found.map((at) => at.height)).size).toBe(1)
    expect(found[0]!.receipt.status).toBe('applied')
    await Promise.all(nodes.map((member) => reaches(member, found[0]!.height + 1)))
    const roots = await Promise.all(nodes.map(async ({ node }) => (await node.blockAt(found[0]!.height))!.head.state_root))
    expect(new Set(roots).size).toBe(1)
  })

  it('goes on without one of four, stops without two, and goes on when one returns from its disk', async () => {
    const world = await testWorld(4)
    const nodes = await cluster(world)
    await reaches(nodes[0]!, 2)
    await leave(nodes[3]!)
    await reaches(nodes[0]!, height(nodes[0]!) + 3)
    await leave(nodes[2]!)
    await when(() => nodes[0]!.node.status().phase === 'stalled')
    const stopped = height(nodes[0]!)
    const back = await join(world, 2, nodes[0]!.network.addresses(), { disk: nodes[2]!.disk })
    await reaches(nodes[0]!, stopped + 2)
    await reaches(back, stopped + 2)
    expect(back.node.status().head!.height).toBeGreaterThan(stopped)
  })

  it('brings a late full node to the head, block by block, each verified and executed', async () => {
    const world = await testWorld(1)
    const [validator] = await cluster(world)
    await reaches(validator!, 12)
    const late = await join(world, null, validator!.network.addresses())
    await reaches(late, 14)
    const status = late.node.status()
    expect(status.head).toMatchObject({ certificate_verified: true, executed: true })
    expect((await late.node.blockAt(5))!.head.state_root).toBe((await validator!.node.blockAt(5))!.head.state_root)
  })

  it('resumes from its disk at the height it had, and answers queries with proofs of that state', async () => {
    const world = await testWorld(1)
    const [first] = await cluster(world)
    await reaches(first!, 3)
    await leave(first!)
    const before = height(first!)
    const again = await join(world, 0, [], { disk: first!.disk })
    expect(height(again)).toBeGreaterThanOrEqual(before)
    await reaches(again, before + 1)
    const { value, header, proof } = await again.node.query('world/head')
    expect(value).not.toBeNull()
    expect(header.height).toBeGreaterThan(before)
    expect(proof.siblings.length).toBeGreaterThan(0)
  })

  it('refuses a tampered block from a lying peer, says so, demotes it, and follows the honest one', async () => {
    const world = await testWorld(1)
    const [honest] = await cluster(world)
    await reaches(honest!, 5)
    const liar = await createNetworkHost({ identitySeed: sha256(utf8Bytes('liar')), listen: ['/ip4/127.0.0.1/tcp/0/ws'], bootstrap: [] })
    hosts.push(liar)
    const upstream = await liar.dial(honest!.network.addresses()[0]!)
    const tampered = async (at: number): Promise<Uint8Array | null> => {
      const { message } = await liar.rpc.request(upstream, fetchCommit, { world_id: world.world_id, height: at })
      if (message === undefined) return null
      const commit = decodeCommit(message)
      return encodeCommit({ ...commit, block: { ...commit.block, header: { ...commit.block.header, state_root: new Uint8Array(32).fill(9) } } })
    }
    await liar.rpc.serve(fetchStatus, async (request) => ({ ...(await liar.rpc.request(upstream, fetchStatus, request)), validator_id: 'v1', height: 1_000 }))
    await liar.rpc.serve(fetchCommit, async ({ height: at }) => {
      const message = await tampered(at)
      return message === null ? { found: false } : { found: true, message }
    })
    await liar.rpc.serve(fetchRange, async ({ from }) => {
      const message = await tampered(from)
      return { messages: message === null ? [] : [message] }
    })
    const victim = await join(world, null, liar.addresses(), { name: 'victim' })
    await when(() => victim.node.status().refusals.some(({ code }) => code === 'BAD_CERTIFICATE' || code === 'BAD_BLOCK'))
    expect(height(victim)).toBe(0)
    expect(victim.network.policy.standing(liar.peerId)).not.toBe('good')
    victim.network.addBootstrap(honest!.network.addresses()[0]!)
    await reaches(victim, 5)
    expect((await victim.node.blockAt(3))!.head.block_hash).toBe((await honest!.node.blockAt(3))!.head.block_hash)
    expect(toHex((await victim.node.query('world/head')).header.state_root)).not.toBe('09'.repeat(32))
  })
})
