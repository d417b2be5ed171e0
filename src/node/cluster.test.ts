import { afterEach, describe, expect, it } from 'vitest'
import { decodeCommit, encodeCommit, toHex } from '../codec/index.ts'
import { fetchCommit, fetchRange, fetchStatus } from '../network/index.ts'
import { heightOf, TestCluster } from './testing/cluster.ts'
import { signedAction, testWorld } from './testing/test-world.ts'

let cluster: TestCluster
afterEach(() => cluster.stop())

describe('a network of nodes', () => {
  it('finalizes the same chain everywhere and executes submitted actions', async () => {
    const world = await testWorld(4)
    cluster = new TestCluster(world)
    const nodes = await cluster.start()
    await cluster.reaches(nodes[0]!, 1)
    const { action_id } = await nodes[3]!.node.submit(signedAction(world.world_id, world.agents[0]!, 1, { kind: 'query_observation' }))
    await cluster.when(() => nodes.every(({ node }) => node.receipt(action_id) !== null))
    const found = nodes.map(({ node }) => node.receipt(action_id)!)
    expect(new Set(found.map((at) => at.height)).size).toBe(1)
    expect(found[0]!.receipt.status).toBe('applied')
    await Promise.all(nodes.map((member) => cluster.reaches(member, found[0]!.height + 1)))
    const roots = await Promise.all(nodes.map(async ({ node }) => (await node.blockAt(found[0]!.height))!.head.state_root))
    expect(new Set(roots).size).toBe(1)
  })

  it('shows the votes of the last block until those of the next arrive', async () => {
    const world = await testWorld(4)
    cluster = new TestCluster(world)
    const [first] = await cluster.start()
    await cluster.when(() => {
      const { head, votes_height, validators } = first!.node.status()
      return head !== null && votes_height === head.height && validators.filter(({ precommit }) => precommit === 'block').length >= 3
    })
    expect(first!.node.status().validators).toHaveLength(4)
  })

  it('goes on without one of four, stops without two, and goes on when one returns from its disk', async () => {
    const world = await testWorld(4)
    cluster = new TestCluster(world)
    const nodes = await cluster.start()
    await cluster.reaches(nodes[0]!, 2)
    await cluster.leave(nodes[3]!)
    await cluster.reaches(nodes[0]!, heightOf(nodes[0]!) + 3)
    await cluster.leave(nodes[2]!)
    await cluster.when(() => nodes[0]!.node.status().phase === 'stalled')
    const stopped = heightOf(nodes[0]!)
    const back = await cluster.join(2, nodes[0]!.network.addresses(), { disk: nodes[2]!.disk })
    await cluster.reaches(nodes[0]!, stopped + 2)
    await cluster.reaches(back, stopped + 2)
    expect(back.node.status().head!.height).toBeGreaterThan(stopped)
  })

  it('brings a late full node to the head, block by block, each verified and executed', async () => {
    const world = await testWorld(1)
    cluster = new TestCluster(world)
    const [validator] = await cluster.start()
    await cluster.reaches(validator!, 12)
    const late = await cluster.join(null, validator!.network.addresses())
    await cluster.reaches(late, 14)
    const status = late.node.status()
    expect(status.head).toMatchObject({ certificate_verified: true, executed: true })
    expect((await late.node.blockAt(5))!.head.state_root).toBe((await validator!.node.blockAt(5))!.head.state_root)
  })

  it('resumes from its disk at the height it had, and answers queries with proofs of that state', async () => {
    const world = await testWorld(1)
    cluster = new TestCluster(world)
    const [first] = await cluster.start()
    await cluster.reaches(first!, 3)
    await cluster.leave(first!)
    const before = heightOf(first!)
    const again = await cluster.join(0, [], { disk: first!.disk })
    expect(heightOf(again)).toBeGreaterThanOrEqual(before)
    await cluster.reaches(again, before + 1)
    const { value, header, proof } = await again.node.query('world/head')
    expect(value).not.toBeNull()
    expect(header.height).toBeGreaterThan(before)
    expect(proof.siblings.length).toBeGreaterThan(0)
  })

  it('refuses a tampered block from a lying peer, says so, demotes it, and follows the honest one', async () => {
    const world = await testWorld(1)
    cluster = new TestCluster(world)
    const [honest] = await cluster.start()
    await cluster.reaches(honest!, 5)
    const liar = await cluster.host('liar')
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
    const victim = await cluster.join(null, liar.addresses(), { name: 'victim' })
    await cluster.when(() => victim.node.status().refusals.some(({ code }) => code === 'BAD_CERTIFICATE' || code === 'BAD_BLOCK'))
    expect(heightOf(victim)).toBe(0)
    expect(victim.network.policy.standing(liar.peerId)).not.toBe('good')
    victim.network.addBootstrap(honest!.network.addresses()[0]!)
    await cluster.reaches(victim, 5)
    expect((await victim.node.blockAt(3))!.head.block_hash).toBe((await honest!.node.blockAt(3))!.head.block_hash)
    expect(toHex((await victim.node.query('world/head')).header.state_root)).not.toBe('09'.repeat(32))
  })
})
