import { afterEach, describe, expect, it } from 'vitest'
import { toHex } from '../codec/index.ts'
import { openMemoryStorage } from '../storage/index.ts'
import { CHECKPOINTS_KEY } from '../world/index.ts'
import type { Checkpoint } from '../world/index.ts'
import { readState } from './snapshots.ts'
import { heightOf, TestCluster } from './testing/cluster.ts'
import type { Member } from './testing/cluster.ts'
import { GOVERNANCE, proposed, Signers } from './testing/governance.ts'
import { testWorld } from './testing/test-world.ts'

let cluster: TestCluster
afterEach(() => cluster.stop())

const when = (condition: () => boolean | Promise<boolean>): Promise<void> => cluster.when(condition)

async function checkpoints(member: Member): Promise<readonly Checkpoint[]> {
  return (await new Signers(member.node).read<readonly Checkpoint[]>(CHECKPOINTS_KEY)) ?? []
}

/** Asks to go back to the newest checkpoint and goes on until signers can sign. */
async function proposeRollback(member: Member): Promise<{ readonly id: string; readonly to: Checkpoint }> {
  const to = (await checkpoints(member)).at(-1)!
  const id = await proposed(member.node, 's1', { title: 'Back', rollback: to }, when)
  await when(async () => (await new Signers(member.node).proposal(id))?.shadow?.block_hash != null)
  return { id, to }
}

/** The last approvals; gives the height at which the world goes back. */
async function approve(member: Member, id: string): Promise<number> {
  const signers = new Signers(member.node)
  for (const name of ['s2', 's3']) {
    const action = await signers.approve(name, id)
    await when(() => member.node.receipt(action) !== null)
  }
  await when(async () => (await signers.proposal(id))?.state === 'applied')
  return (await signers.proposal(id))!.apply_height!
}

const eventsAt = async ({ node }: Member, height: number): Promise<readonly string[]> => (await node.blockAt(height))!.events.map(({ kind }) => kind)

describe('going back to a checkpoint', () => {
  it('happens on every node, on one that was restarted since from its disk', async () => {
    cluster = new TestCluster(await testWorld(4, 8, GOVERNANCE))
    const nodes = await cluster.start()
    await cluster.reaches(nodes[0]!, 12)
    const { id, to } = await proposeRollback(nodes[0]!)
    await cluster.leave(nodes[3]!)
    nodes[3] = await cluster.join(3, nodes[0]!.network.addresses(), { disk: nodes[3]!.disk })
    const height = await approve(nodes[0]!, id)
    await Promise.all(nodes.map((member) => cluster.reaches(member, height + 2)))
    expect(await eventsAt(nodes[3]!, height)).toEqual(await eventsAt(nodes[0]!, height))
    const back = (await nodes[3]!.node.blockAt(height))!.events.find(({ kind }) => kind === 'governance.rolled_back')
    expect(back?.payload).toMatchObject({ proposal_id: id, to_height: to.height, state_root: to.state_root })
    for (const { node, warnings } of nodes) {
      expect(node.status().error).toBe(null)
      expect(warnings.filter((warning) => warning.includes('checkpoint'))).toEqual([])
    }
  })

  it('happens on a node that came by a snapshot later, once a peer gave it the state', async () => {
    cluster = new TestCluster(await testWorld(1, 8, GOVERNANCE))
    const [validator] = await cluster.start()
    await cluster.reaches(validator!, 12)
    const { id, to } = await proposeRollback(validator!)
    await cluster.reaches(validator!, to.height + 11)
    const late = await cluster.join(null, validator!.network.addresses(), { name: 'late', snapshotSyncAbove: 2 })
    await when(async () => (await late.storage.listSnapshots()).includes(to.height))
    const height = await approve(validator!, id)
    await cluster.reaches(late, height + 1)
    expect(await eventsAt(late, height)).toEqual(await eventsAt(validator!, height))
    expect(late.node.status().refusals).toEqual([])
    // From its disk it can give it to others, and go back itself.
    await cluster.leave(late)
    const again = await cluster.join(null, validator!.network.addresses(), { name: 'late', disk: late.disk })
    await cluster.reaches(again, height + 3)
  })

  it('stops a node that came by a snapshot later where nobody keeps the state; it says so and goes on from the next one', async () => {
    cluster = new TestCluster(await testWorld(1, 8, GOVERNANCE))
    const [validator] = await cluster.start()
    await cluster.reaches(validator!, 12)
    const { id, to } = await proposeRollback(validator!)
    await cluster.reaches(validator!, to.height + 12)
    await validator!.storage.retainSnapshots(1)
    const late = await cluster.join(null, validator!.network.addresses(), { name: 'late', snapshotSyncAbove: 2 })
    await cluster.reaches(late, heightOf(validator!))
    expect(late.node.status().storage.earliest_height).toBeGreaterThan(to.height)
    expect((await checkpoints(late)).map(({ height }) => height)).toContain(to.height)

    const later = await cluster.join(null, validator!.network.addresses(), { name: 'later', snapshotSyncAbove: 2 })
    await cluster.reaches(later, heightOf(validator!))
    const height = await approve(validator!, id)
    await when(() => later.node.status().error !== null)
    await cluster.leave(later) // it can be stopped all the while
    await when(() => late.node.status().refusals.length > 0)
    expect(later.node.status()).toMatchObject({ error: { code: 'CHECKPOINT_MISSING', detail: { height } }, head: { height: height - 1 } })
    expect(later.node.status().phase).not.toBe('failed')
    expect(late.node.status().refusals.at(-1)).toMatchObject({ code: 'CHECKPOINT_MISSING', height })
    expect(late.warnings.some((warning) => warning.includes('an earlier state that this node does not have'))).toBe(true)

    await cluster.reaches(late, height + 1)
    await cluster.reaches(late, heightOf(validator!) + 2)
    expect(late.node.status().error).toBe(null)
    const [here, there] = [late.node, validator!.node].map((node) => node.blockAt(heightOf(late) - 1))
    expect((await here)!.head.state_root).toBe((await there)!.head.state_root)
  })

  it('goes on where it stopped when a peer has the state again', async () => {
    cluster = new TestCluster(await testWorld(1, 8, { ...GOVERNANCE, checkpoint_blocks: 60 }))
    const [validator] = await cluster.start({ blockIntervalMs: 60, snapshotEvery: 32 })
    await cluster.reaches(validator!, 62)
    const { id, to } = await proposeRollback(validator!)
    await cluster.reaches(validator!, 66) // the snapshot of height 64 is there
    const { storage } = validator!
    const record = (await storage.readSnapshot(to.height))!
    for (const hash of record.chunk_hashes) await storage.pinBlob(hash, 'test')
    await storage.retainSnapshots(1)
    const late = await cluster.join(null, validator!.network.addresses(), { name: 'late', snapshotSyncAbove: 2, blockIntervalMs: 60 })
    await cluster.reaches(late, heightOf(validator!))
    await storage.putSnapshot(record)
    storage.putSnapshot = async () => {} // none of later heights: the only way on is by the state itself
    const height = await approve(validator!, id)
    await when(async () => (await late.storage.listSnapshots()).includes(to.height))
    await cluster.reaches(late, height + 1)
    expect(late.node.status().error).toBe(null)
  })

  it('stops a validator without it from voting, and nothing else', async () => {
    cluster = new TestCluster(await testWorld(4, 8, GOVERNANCE))
    const nodes = await cluster.start()
    await cluster.reaches(nodes[0]!, 12)
    const { id, to } = await proposeRollback(nodes[0]!)
    await Promise.all(nodes.map((member) => cluster.reaches(member, to.height + 12)))
    for (const { storage } of nodes) await storage.retainSnapshots(1)
    await cluster.leave(nodes[3]!)
    nodes[3] = await cluster.join(3, nodes[0]!.network.addresses(), { name: 'lost its disk', snapshotSyncAbove: 1 })
    await cluster.reaches(nodes[3], heightOf(nodes[0]!))
    const height = await approve(nodes[0]!, id)
    await when(() => nodes[3]!.node.status().refusals.some((refusal) => refusal.code === 'CHECKPOINT_MISSING'))
    const { head } = (await nodes[0]!.node.blockAt(height))!
    expect(head.signers).not.toContain('v4')
    await cluster.reaches(nodes[3], height + 1)
    await cluster.reaches(nodes[3], heightOf(nodes[0]!) + 1)
    expect(nodes[3].node.status().phase).not.toBe('failed')
  })
})

describe('stored states', () => {
  it('are those of the checkpoints listed and the newest, and no others; a restart brings them back', async () => {
    cluster = new TestCluster(await testWorld(1, 8, GOVERNANCE))
    const fast = { blockIntervalMs: 40, snapshotEvery: 7 }
    const [validator] = await cluster.start(fast)
    await cluster.reaches(validator!, 52)
    const before = await checkpoints(validator!)
    await cluster.leave(validator!)

    const storage = await openMemoryStorage({ world_id: cluster.world.world_id }, validator!.disk)
    const stored = await storage.listSnapshots()
    const listed = before.map(({ height }) => height)
    expect(listed).toHaveLength(3)
    expect(stored.filter((height) => listed.includes(height))).toEqual(listed)
    expect(stored.length).toBeLessThanOrEqual(listed.length + 2)
    expect(toHex((await readState(storage, listed[0]!))!.manifest.state_root)).toBe(before[0]!.state_root)
    await storage.close()

    const again = await cluster.join(0, [], { ...fast, disk: validator!.disk })
    expect(again.warnings).toEqual([])
    again.node.killExecutor() // the spare has them, too
    await cluster.reaches(again, heightOf(again) + 3)
    const { id, to } = await proposeRollback(again)
    const height = await approve(again, id)
    expect(await eventsAt(again, height)).toContain('governance.rolled_back')
    expect(to.height).toBeLessThan(height)
  })
})
