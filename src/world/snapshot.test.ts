import { describe, expect, it } from 'vitest'
import { encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { SnapshotError } from './errors.ts'
import { createKernel } from './kernel.ts'
import { chunkHash, MAX_CHUNK_BYTES, packChunks, snapshotEntries } from './snapshot.ts'
import type { SnapshotManifest } from './snapshot.ts'
import type { StateEntry } from './types.ts'
import { inhabitant, seedOf, testGenesis, TestWorld } from './testing/test-world.ts'

const ann = inhabitant('ann')
const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof SnapshotError) return error.code
    throw error
  }
  return 'accepted'
}

/** Agents whose keys are only numbers: nobody signs here. */
const crowd = (count: number): { public_key: Uint8Array; name: string }[] =>
  Array.from({ length: count }, (_, index) => ({ public_key: new Uint8Array(32).map((_, at) => index >> (8 * at)), name: `agent ${index}` }))

const world = new TestWorld(testGenesis({ agents: [...crowd(3_000), { public_key: ann.signer.publicKey, name: 'ann' }] }))
await world.act(ann, { kind: 'move_agent', to: 'asteroid/0007' })
world.advanceTo(3)
const { manifest, chunks } = world.kernel.snapshot()
const all = [...chunks()]

describe('a snapshot', () => {
  it('is cut into chunks of at most 256 KiB named by their hashes', () => {
    expect(all.length).toBeGreaterThan(2)
    expect(manifest).toMatchObject({ format: 1, world_id: world.kernel.worldId, height: 3, state_root: world.kernel.stateRoot(), chunk_hashes: all.map(chunkHash) })
    for (const chunk of all) expect(chunk.length).toBeLessThanOrEqual(MAX_CHUNK_BYTES)
    expect(() => encodeCanonical(manifest as unknown as Value)).not.toThrow()
  })

  it('is the same on every node at the same height, and stays what it was when the world goes on', async () => {
    const other = createKernel(world.genesis)
    other.restore(manifest, all)
    expect(other.snapshot().manifest).toEqual(manifest)
    const taken = other.snapshot()
    other.executeBlock(world.context(), [])
    other.commit()
    expect([...taken.chunks()].map(chunkHash)).toEqual(manifest.chunk_hashes)
  })

  it('restores a world that goes on exactly as the original', async () => {
    const restored = createKernel(world.genesis)
    restored.restore(manifest, all)
    const actions = [await world.sign(ann, { kind: 'query_observation' })]
    for (let round = 0; round < 40; round++) { // past the arrival that was scheduled before
      const context = world.context()
      const result = world.block(round === 0 ? actions : [])
      expect(restored.executeBlock(context, round === 0 ? actions : [])).toEqual(result)
      restored.commit()
    }
    expect(world.agent(ann.id).motion).toBeNull()
    expect(restored.view().agents.x).toEqual(world.kernel.view().agents.x)
  })
})

describe('a snapshot is refused', () => {
  const fresh = createKernel(world.genesis)
  const before = fresh.stateRoot()
  const restore = (change: Partial<SnapshotManifest>, given: readonly Uint8Array[] = all): string => {
    const code = codeOf(() => fresh.restore({ ...manifest, ...change }, given))
    if (code !== 'accepted') expect([fresh.height(), fresh.stateRoot()]).toEqual([0, before])
    return code
  }
  const repack = (entries: readonly StateEntry[]): { change: Partial<SnapshotManifest>; given: Uint8Array[] } => {
    const given = packChunks(entries)
    return { change: { chunk_hashes: given.map(chunkHash), entry_count: entries.length }, given }
  }
  const entries = [...snapshotEntries(manifest, all)]

  it('with chunks that are tampered, reordered, missing or too many', () => {
    expect(restore({}, all.with(1, all[1]!.with(100, all[1]![100]! ^ 1)))).toBe('SNAPSHOT_CHUNK_MISMATCH')
    expect(restore({}, [all[1]!, all[0]!, ...all.slice(2)])).toBe('SNAPSHOT_CHUNK_MISMATCH')
    expect(restore({}, all.slice(1))).toBe('SNAPSHOT_CHUNK_MISMATCH')
    expect(restore({}, all.slice(0, -1))).toBe('SNAPSHOT_INCOMPLETE')
    expect(restore({}, [])).toBe('SNAPSHOT_INCOMPLETE')
    expect(restore({}, [...all, all[0]!])).toBe('SNAPSHOT_CHUNK_MISMATCH')
    expect(restore({}, ['chunk' as never, ...all])).toBe('SNAPSHOT_CHUNK_MISMATCH')
    const large = new Uint8Array(MAX_CHUNK_BYTES + 1)
    expect(restore({ chunk_hashes: [chunkHash(large)] }, [large])).toBe('SNAPSHOT_CHUNK_MISMATCH')
  })

  it('with a manifest that is malformed or of another world', () => {
    expect(codeOf(() => fresh.restore(null as never, all))).toBe('SNAPSHOT_INVALID')
    expect(codeOf(() => fresh.restore({ ...manifest, extra: 1 } as never, all))).toBe('SNAPSHOT_INVALID')
    expect(restore({ format: 2 as never })).toBe('SNAPSHOT_INVALID')
    expect(restore({ height: -1 })).toBe('SNAPSHOT_INVALID')
    expect(restore({ state_root: new Uint8Array(31) })).toBe('SNAPSHOT_INVALID')
    expect(restore({ chunk_hashes: ['../../etc/passwd'] })).toBe('SNAPSHOT_INVALID')
    expect(restore({ entry_count: entries.length + 1 })).toBe('SNAPSHOT_INVALID')
    expect(codeOf(() => new TestWorld(testGenesis({ seed: seedOf('elsewhere') })).kernel.restore(manifest, all))).toBe('SNAPSHOT_WRONG_WORLD')
  })

  it('when its records do not give the state root, or not the height', () => {
    expect(restore({ state_root: new Uint8Array(32) })).toBe('SNAPSHOT_WRONG_ROOT')
    expect(restore({ height: 4 })).toBe('SNAPSHOT_INVALID')
    const { change, given } = repack(entries.slice(0, -1))
    expect(restore(change, given)).toBe('SNAPSHOT_WRONG_ROOT')
  })

  it('when its keys are out of order or doubled, or its records are none', () => {
    const swapped = repack([entries[1]!, entries[0]!, ...entries.slice(2)])
    expect(restore(swapped.change, swapped.given)).toBe('SNAPSHOT_INVALID')
    const doubled = repack([entries[0]!, ...entries])
    expect(restore(doubled.change, doubled.given)).toBe('SNAPSHOT_INVALID')
    const damaged = repack(entries.with(0, { key: entries[0]!.key, value: Uint8Array.of(0xff) }))
    expect(restore(damaged.change, damaged.given)).toBe('SNAPSHOT_INVALID')
    const unknown = repack([...entries, { key: 'zzz', value: encodeCanonical(1) }])
    expect(restore(unknown.change, unknown.given)).toBe('SNAPSHOT_INVALID')
    for (const garbage of [Uint8Array.of(0xff), encodeCanonical({}), encodeCanonical([['key']]), encodeCanonical([[1, new Uint8Array(1)]]), encodeCanonical([['k', 'v']])]) {
      expect(restore({ chunk_hashes: [chunkHash(garbage)] }, [garbage])).toBe('SNAPSHOT_INVALID')
    }
  })

  it('and nothing of it is left behind: the right one is accepted afterwards', () => {
    expect(restore({})).toBe('accepted')
    expect(fresh.height()).toBe(3)
  })
})
