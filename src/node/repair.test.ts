import { afterEach, describe, expect, it } from 'vitest'
import { openMemoryStorage } from '../storage/index.ts'
import type { MemoryDisk } from '../storage/index.ts'
import { silentThrough } from './silence.ts'
import { heightOf, TestCluster } from './testing/cluster.ts'
import type { JoinOptions, Member } from './testing/cluster.ts'
import { testWorld } from './testing/test-world.ts'

const SNAPSHOTS = { snapshotEvery: 5 } as const
const world = await testWorld(1)

let cluster: TestCluster
afterEach(() => cluster.stop())

/** Flips a bit in the newest row of a table, as a failing disk would. */
function damage(disk: MemoryDisk, table: keyof MemoryDisk['tables'], which: 'newest' | 'all' = 'newest'): void {
  const rows = disk.tables[table].range({})
  for (const { key, value } of which === 'all' ? rows : rows.slice(-1)) {
    const flipped = value.slice()
    flipped[flipped.length - 1]! ^= 1
    disk.tables[table].put({ key, value: flipped })
  }
}

function lose(disk: MemoryDisk, table: keyof MemoryDisk['tables']): void {
  for (const { key } of disk.tables[table].range({})) disk.tables[table].delete(key)
}

/** A validator and a full node that stored some blocks and left. */
async function leftAt(height: number, options: JoinOptions = SNAPSHOTS): Promise<{ validator: Member; full: Member; roots: readonly string[] }> {
  cluster = new TestCluster(world)
  const [validator] = await cluster.start(options)
  const full = await cluster.join(null, validator!.network.addresses(), { ...options, name: 'full' })
  await cluster.reaches(full, height)
  await cluster.leave(full)
  const roots = await Promise.all(Array.from({ length: heightOf(full) }, async (_, index) => (await validator!.node.blockAt(index + 1))!.head.state_root))
  return { validator: validator!, full, roots }
}

async function assertWhole(node: Member, roots: readonly string[]): Promise<void> {
  for (const [index, root] of roots.entries()) expect((await node.node.blockAt(index + 1))?.head.state_root).toBe(root)
}

describe('a node that finds its storage damaged', () => {
  it('executes its stored blocks again from its newest snapshot when records of the state are damaged', async () => {
    const { full, roots } = await leftAt(8)
    damage(full.disk, 'state')
    const again = await cluster.join(null, [], { ...SNAPSHOTS, name: 'full', disk: full.disk })
    expect(heightOf(again)).toBe(roots.length)
    expect(again.warnings.join()).toContain('damaged')
    expect(again.node.status().metrics['storage.damaged']).toBe(1)
    await assertWhole(again, roots)
  })

  it('executes from the genesis when there is no snapshot', async () => {
    const { full, roots } = await leftAt(4, {})
    damage(full.disk, 'state', 'all')
    const again = await cluster.join(null, [], { name: 'full', disk: full.disk })
    expect(heightOf(again)).toBe(roots.length)
    await assertWhole(again, roots)
    await cluster.leave(again)
    const third = await cluster.join(null, [], { name: 'full', disk: full.disk })
    expect(third.warnings).toEqual([])
    expect(heightOf(third)).toBe(roots.length)
  })

  it('does so too when the head is lost while the blocks remain', async () => {
    const { full, roots } = await leftAt(7)
    lose(full.disk, 'control')
    const again = await cluster.join(null, [], { ...SNAPSHOTS, name: 'full', disk: full.disk })
    expect(heightOf(again)).toBe(roots.length)
    await assertWhole(again, roots)
  })

  it('goes on from peers where its own blocks are damaged too', async () => {
    const { validator, full, roots } = await leftAt(8)
    for (const table of ['state', 'blocks', 'snapshots'] as const) damage(full.disk, table, 'all')
    const again = await cluster.join(null, validator.network.addresses(), { ...SNAPSHOTS, name: 'full', disk: full.disk })
    await cluster.reaches(again, roots.length + 1)
    const status = again.node.status()
    expect(status.metrics['storage.damaged']).toBe(1)
    expect(status.head).toMatchObject({ executed: true, certificate_verified: true })
    const height = status.head!.height
    expect(status.head!.state_root).toBe((await validator.node.blockAt(height))!.head.state_root)
  })

  it('goes back to the block before when the newest one is damaged, and gets it again', async () => {
    const { validator, full, roots } = await leftAt(8)
    damage(full.disk, 'blocks')
    const again = await cluster.join(null, validator.network.addresses(), { ...SNAPSHOTS, name: 'full', disk: full.disk })
    await cluster.reaches(again, roots.length)
    await assertWhole(again, roots)
  })
})

describe('a validator that may have forgotten votes', () => {
  it('is silent up to the height it may have voted at, and votes after that', async () => {
    const four = await testWorld(4)
    cluster = new TestCluster(four)
    const nodes = await cluster.start()
    await cluster.reaches(nodes[0]!, 3)
    await cluster.leave(nodes[3]!)
    damage(nodes[3]!.disk, 'votes', 'all')
    const decided = heightOf(nodes[3]!)
    const back = await cluster.join(3, nodes[0]!.network.addresses(), { disk: nodes[3]!.disk })
    const silent = await silenceOf(back, nodes[3]!.disk)
    expect(silent).toBeGreaterThan(decided)
    expect(back.warnings.join()).toContain('silent')
    await cluster.when(() => (back.node.status().validators.find(({ validator_id }) => validator_id === 'v4')?.last_signed_height ?? 0) > silent)
  })

  it('casts no vote at all at the height it is silent for', async () => {
    cluster = new TestCluster(world)
    const [only] = await cluster.start()
    await cluster.reaches(only!, 2)
    await cluster.leave(only!)
    damage(only!.disk, 'votes', 'all')
    const stored = heightOf(only!)
    const back = await cluster.join(0, [], { disk: only!.disk })
    await cluster.when(() => back.node.status().phase === 'stalled')
    const { validators, round } = back.node.status()
    expect(heightOf(back)).toBe(stored)
    expect(round!.height).toBe(stored + 1)
    expect(validators[0]).toMatchObject({ prevote: null, precommit: null })
  })

  it('stays silent after another restart', async () => {
    cluster = new TestCluster(world)
    const [only] = await cluster.start()
    await cluster.reaches(only!, 2)
    await cluster.leave(only!)
    damage(only!.disk, 'votes', 'all')
    const once = await cluster.join(0, [], { disk: only!.disk })
    await cluster.leave(once)
    const twice = await cluster.join(0, [], { disk: only!.disk })
    await cluster.when(() => twice.node.status().phase === 'stalled')
    expect(heightOf(twice)).toBe(heightOf(only!))
  })
})

/** What the member wrote down; read from a copy, since its own store is open. */
async function silenceOf({ node }: Member, disk: MemoryDisk): Promise<number> {
  const copy = await openMemoryStorage({ world_id: node.worldId }, { ...disk, open: false })
  const height = await silentThrough(copy)
  await copy.close()
  return height
}
