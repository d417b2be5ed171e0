import { afterEach, describe, expect, it } from 'vitest'
import { decodeCommit, sha256, toHex } from '../codec/index.ts'
import { fetchBlob, fetchCommit, fetchRange, fetchSnapshot, fetchStatus } from '../network/index.ts'
import type { NetworkHost } from '../network/index.ts'
import { heightOf, TestCluster } from './testing/cluster.ts'
import type { Member } from './testing/cluster.ts'
import { signedAction, testWorld } from './testing/test-world.ts'

const world = await testWorld(1)
const { world_id } = world
const other = `other.${'0'.repeat(64)}`

let cluster: TestCluster
afterEach(() => cluster.stop())

async function asker(height: number): Promise<{ readonly member: Member; readonly host: NetworkHost; readonly peer: string }> {
  cluster = new TestCluster(world)
  const [member] = await cluster.start({ snapshotEvery: 3 })
  await cluster.reaches(member!, height)
  const host = await cluster.host('asker')
  const peer = await host.dial(member!.network.addresses()[0]!)
  return { member: member!, host, peer }
}

describe('what a node answers', () => {
  it('serves commits, ranges, blobs and status of its world, and says what it does not have', async () => {
    const { member, host, peer } = await asker(4)
    const { message } = await host.rpc.request(peer, fetchCommit, { world_id, height: 2 })
    const { block } = decodeCommit(message!)
    expect(block.header.height).toBe(2)
    const { messages } = await host.rpc.request(peer, fetchRange, { world_id, from: 1, limit: 3 })
    expect(messages.map((bytes) => decodeCommit(bytes).block.header.height)).toEqual([1, 2, 3])
    const { blob } = await host.rpc.request(peer, fetchBlob, { content_hash: toHex(block.header.validators_hash) })
    expect(sha256(blob!)).toEqual(block.header.validators_hash)
    const status = await host.rpc.request(peer, fetchStatus, { world_id })
    expect(status).toMatchObject({ validator_id: 'v1', earliest_height: 1 })
    expect(status.height).toBeGreaterThanOrEqual(4)
    expect(await host.rpc.request(peer, fetchCommit, { world_id, height: 1_000_000 })).toEqual({ found: false })
    expect(await host.rpc.request(peer, fetchRange, { world_id, from: 1_000_000, limit: 3 })).toEqual({ messages: [] })
    expect(await host.rpc.request(peer, fetchBlob, { content_hash: '0'.repeat(64) })).toEqual({ found: false })
    expect(heightOf(member)).toBeGreaterThanOrEqual(4)
  })

  it('gives nothing of its world to those who ask about another', async () => {
    const { host, peer } = await asker(4)
    expect(await host.rpc.request(peer, fetchCommit, { world_id: other, height: 1 })).toEqual({ found: false })
    expect(await host.rpc.request(peer, fetchRange, { world_id: other, from: 1, limit: 3 })).toEqual({ messages: [] })
    expect(await host.rpc.request(peer, fetchSnapshot, { world_id: other })).toEqual({ found: false })
    await expect(host.rpc.request(peer, fetchStatus, { world_id: other })).rejects.toThrow()
  })

  it('answers nonsense heights with nothing and lives on', async () => {
    const { member, host, peer } = await asker(2)
    for (const height of [0, Number.MAX_SAFE_INTEGER]) {
      const answer = await host.rpc.request(peer, fetchCommit, { world_id, height }).catch(() => ({ found: false }))
      expect(answer).toEqual({ found: false })
    }
    await cluster.reaches(member, heightOf(member) + 2)
    expect((await host.rpc.request(peer, fetchStatus, { world_id })).height).toBeGreaterThan(2)
  })
})

describe('an action submitted while nobody is connected', () => {
  it('reaches a validator later, and its receipt is found again after a restart', async () => {
    cluster = new TestCluster(world)
    const [validator] = await cluster.start()
    await cluster.reaches(validator!, 2)
    const page = await cluster.join(null, [], { name: 'page' })
    const { action_id } = await page.node.submit(signedAction(world_id, world.agents[0]!, 1, { kind: 'query_observation' }))
    expect(page.node.status().phase).toBe('connecting')
    page.network.addBootstrap(validator!.network.addresses()[0]!)
    await cluster.when(() => page.node.receipt(action_id) !== null)
    const found = page.node.receipt(action_id)!
    expect(found.receipt.status).toBe('applied')
    await cluster.leave(page)
    const again = await cluster.join(null, [], { name: 'page', disk: page.disk })
    expect(again.node.receipt(action_id)).toEqual(found)
  })
})
