import { describe, expect, it } from 'vitest'
import { toHex } from '../codec/index.ts'
import { ann, GovernedWorld } from './governance/testing/governed-world.ts'
import { checkpointKey } from './governance/keys.ts'
import { createKernel } from './kernel.ts'
import { CHECKPOINTS_KEY } from './state/keys.ts'
import { EventFold } from './testing/event-fold.ts'
import { TestWorld } from './testing/test-world.ts'
import type { Kernel } from './types.ts'

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return (error as { code: string }).code
  }
  return 'none'
}
const EVERY = 10

/** With the state root of every height. */
class RootedWorld extends GovernedWorld {
  readonly roots: string[] = [toHex(this.kernel.stateRoot())]

  override block(...args: Parameters<GovernedWorld['block']>): ReturnType<GovernedWorld['block']> {
    const result = super.block(...args)
    this.roots.push(toHex(result.state_root))
    return result
  }
}

function rooted(height: number): RootedWorld {
  const world = new RootedWorld({ checkpoint_blocks: EVERY })
  world.advanceTo(height)
  return world
}

const heightsOf = (kernel: Kernel): number[] => kernel.checkpoints().map(({ height }) => height)

function snapshotOf(kernel: Kernel, height?: number) {
  const { manifest, chunks } = height === undefined ? kernel.snapshot() : kernel.checkpointSnapshot(height)
  return { manifest, chunks: [...chunks()] }
}

describe('checkpoints', () => {
  it('are listed in the block after theirs, with their state roots; the last three stay', () => {
    const world = rooted(EVERY)
    expect(world.read(CHECKPOINTS_KEY)).toEqual([{ height: 0, state_root: world.roots[0] }])
    world.block()
    const both = [0, EVERY].map((height) => ({ height, state_root: world.roots[height]! }))
    expect(world.read(CHECKPOINTS_KEY)).toEqual(both)
    expect(world.kernel.checkpoints()).toEqual(both)
    expect(world.read(checkpointKey(0))).toMatchObject({ agents: 3, electricity: 300, data: 60, modules: world.manifest().modules })
    world.advanceTo(3 * EVERY + 1)
    expect(world.read(CHECKPOINTS_KEY)).toMatchObject([10, 20, 30].map((height) => ({ height })))
    expect(heightsOf(world.kernel)).toEqual([10, 20, 30])
    expect(world.read(checkpointKey(0))).toBe(null)
  })

  it('are not kept by a world that nobody governs', () => {
    const world = new TestWorld()
    world.block()
    expect(world.read(CHECKPOINTS_KEY)).toBe(null)
  })

  it('follow from the events of the world, and from the writes of others', async () => {
    const world = new GovernedWorld({ checkpoint_blocks: EVERY })
    const fold = new EventFold(world.genesis, world.kernel.worldId)
    const follower = createKernel(world.genesis)
    for (let i = 0; i < 3 * EVERY; i++) {
      const context = world.context()
      const result = world.kernel.executeBlock(context, i % 4 === 0 ? [await world.sign(ann, { kind: 'move_agent', to: `asteroid/000${1 + (i % 3)}` })] : [])
      follower.applyCommitted({ ...world.kernel.commit(), state_root: result.state_root })
      expect(toHex(fold.apply(context, result))).toBe(toHex(result.state_root))
    }
    expect(follower.checkpoints()).toEqual(world.kernel.checkpoints())
    for (const height of heightsOf(world.kernel)) expect(snapshotOf(follower, height)).toEqual(snapshotOf(world.kernel, height))
  })

  it('are the states they were, however the world goes on', async () => {
    const world = rooted(EVERY)
    const then = snapshotOf(world.kernel)
    await world.travel(ann, 'asteroid/0002')
    expect(snapshotOf(world.kernel, EVERY)).toEqual(then)
    world.advanceTo(300)
    expect(heightsOf(world.kernel)).toEqual([270, 280, 290])
    expect(codeOf(() => world.kernel.checkpointSnapshot(EVERY))).toBe('CHECKPOINT_MISSING')
    expect(toHex(world.kernel.checkpointSnapshot(270).manifest.state_root)).toBe(world.roots[270])
  })

  it('are lost with a restart, and taken back when they are those listed', () => {
    const world = rooted(2 * EVERY + 5)
    const restored = createKernel(world.genesis)
    const now = snapshotOf(world.kernel)
    restored.restore(now.manifest, now.chunks)
    expect(restored.checkpoints()).toEqual([])
    expect(codeOf(() => restored.checkpointSnapshot(EVERY))).toBe('CHECKPOINT_MISSING')
    expect(codeOf(() => restored.forkAt(EVERY))).toBe('CHECKPOINT_MISSING')
    for (const height of [EVERY, 2 * EVERY]) {
      const { manifest, chunks } = snapshotOf(world.kernel, height)
      restored.addCheckpoint(manifest, chunks)
    }
    expect(heightsOf(restored)).toEqual([EVERY, 2 * EVERY])
    expect(snapshotOf(restored, EVERY)).toEqual(snapshotOf(world.kernel, EVERY))
    expect(restored.stateRoot()).toEqual(world.kernel.stateRoot())
    // Loading another state of the world keeps those that it lists as well.
    world.block()
    const next = snapshotOf(world.kernel)
    restored.restore(next.manifest, next.chunks)
    expect(heightsOf(restored)).toEqual([EVERY, 2 * EVERY])
  })

  it('are refused when they are not', () => {
    const world = rooted(2 * EVERY + 5)
    const restored = createKernel(world.genesis)
    const now = snapshotOf(world.kernel)
    restored.restore(now.manifest, now.chunks)
    const { manifest, chunks } = snapshotOf(world.kernel, EVERY)
    const refused = (change: object, given: readonly Uint8Array[] = chunks): string => codeOf(() => restored.addCheckpoint({ ...manifest, ...change }, given))
    expect(codeOf(() => restored.addCheckpoint(now.manifest, now.chunks))).toBe('CHECKPOINT_UNKNOWN')
    expect(refused({ height: 2 * EVERY })).toBe('CHECKPOINT_UNKNOWN')
    expect(refused({ state_root: now.manifest.state_root })).toBe('CHECKPOINT_UNKNOWN')
    expect(refused({ world_id: 'another' })).toBe('SNAPSHOT_WRONG_WORLD')
    expect(refused({ chunk_hashes: now.manifest.chunk_hashes, entry_count: now.manifest.entry_count }, now.chunks)).toBe('SNAPSHOT_WRONG_ROOT')
    expect(refused({}, now.chunks)).toBe('SNAPSHOT_CHUNK_MISMATCH')
    expect(refused({}, [])).toBe('SNAPSHOT_INCOMPLETE')
    expect(refused({ format: 9 })).toBe('SNAPSHOT_INVALID')
    expect(restored.checkpoints()).toEqual([])
    expect(snapshotOf(restored)).toEqual(now)
  })

  it('give kernels of their own, which go on as the world did and leave it alone', async () => {
    const world = rooted(EVERY + 2)
    const before = toHex(world.kernel.stateRoot())
    const fork = world.kernel.forkAt(EVERY)
    expect([fork.height(), toHex(fork.stateRoot()), fork.worldId]).toEqual([EVERY, world.roots[EVERY], world.kernel.worldId])
    const move = await world.sign(ann, { kind: 'move_agent', to: 'asteroid/0002' })
    fork.executeBlock({ ...world.context(), height: EVERY + 1 }, [move])
    fork.commit()
    expect([fork.height(), ...heightsOf(fork)]).toEqual([EVERY + 1, 0, EVERY])
    expect([world.kernel.height(), toHex(world.kernel.stateRoot())]).toEqual([EVERY + 2, before])

    // Recent heights serve as well.
    const recent = world.kernel.forkAt(EVERY + 2)
    expect(recent.executeBlock(world.context(), [move])).toEqual(world.kernel.executeBlock(world.context(), [move]))
    expect(codeOf(() => world.kernel.forkAt(EVERY + 9))).toBe('CHECKPOINT_MISSING')
  })
})
