import { describe, expect, it } from 'vitest'
import { equalBytes, utf8Bytes } from '../../codec/index.ts'
import { stateKey } from '../keys.ts'
import { MAX_STATE_KEY_BYTES } from '../limits.ts'
import type { NodeStorage, StateEntry } from '../types.ts'
import { blockAt, counter, recordOf } from './blocks.ts'
import { collect, refusal } from './harness.ts'
import type { Subject } from './subject.ts'

/** Entries of the large state; enough for many batches and for a tree of real size. */
const BIG_STATE = 20_000

/** State entries, and their replacement by a snapshot. */
export function describeState(t: Subject): void {
  describe('state', () => {
    it('applies writes and deletions, and lists entries by the bytes of their keys', async () => {
      const keys = ['b', 'a', 'é', '😀', 'ab', 'Z', '\u{ffff}']
      await t.store.commitBlock(blockAt(1, keys.map((key) => ({ key, value: utf8Bytes(key) }))))
      await t.store.commitBlock(blockAt(2, [{ key: 'ab', value: null }, { key: 'a', value: Uint8Array.of(0) }, { key: 'gone', value: null }]))
      const listed = await collect(t.store.stateEntries())
      expect(listed.map(({ key }) => key)).toEqual(['Z', 'a', 'b', 'é', '\u{ffff}', '😀'])
      expect(listed[1]!.value).toEqual(Uint8Array.of(0))
      expect(await t.store.readState('ab')).toBeNull()
    })

    it('tells a reader that the state moved on', async () => {
      await t.commitTo(1)
      const reading = t.store.stateEntries()[Symbol.asyncIterator]()
      await t.store.commitBlock(blockAt(2))
      expect((await reading.next()).value).toMatchObject({ key: 'counter' })
      const slow = async (): Promise<void> => {
        for await (const entry of t.store.stateEntries()) if (entry.key === 'counter') await t.store.commitBlock(blockAt(3, [counter(3), { key: 'z', value: utf8Bytes('z') }]))
      }
      await t.store.close()
      t.store = await t.place.open()
      await slow()
      await t.store.commitBlock(blockAt(4, [{ key: 'zz', value: utf8Bytes('z') }]))
      const interrupted = async (): Promise<void> => {
        for await (const entry of t.store.stateEntries()) if (entry.key === 'counter') await t.store.commitBlock(blockAt(5))
      }
      expect(await refusal(interrupted)).toBe('STATE_CHANGED')
    })

    it(`holds ${BIG_STATE} entries through commit, iteration, restart and replacement`, async () => {
      const writes = Array.from({ length: BIG_STATE }, (_, i) => ({ key: `agent/${String(i).padStart(6, '0')}`, value: utf8Bytes(`value of ${i}`) }))
      await t.store.commitBlock(blockAt(1, writes))
      await t.reopen()
      const listed = await collect(t.store.stateEntries())
      expect(listed).toHaveLength(BIG_STATE)
      expect(listed.every(({ key, value }, i) => key === writes[i]!.key && equalBytes(value, writes[i]!.value))).toBe(true)
      const half = writes.filter((_, i) => i % 2 === 0)
      await t.store.replaceState(half, { ...recordOf(blockAt(2)), state_root: blockAt(2).state_root })
      let count = 0
      for await (const { key } of t.store.stateEntries()) expect(key).toBe(half[count++]!.key)
      expect(count).toBe(half.length)
    })

    it('never takes a damaged entry for an absent one', async () => {
      await t.commitTo(1)
      await t.damageClosed('state', stateKey(1, utf8Bytes('counter')))
      expect(await refusal(() => t.store.readState('counter'))).toBe('STORAGE_DAMAGED')
      expect(await refusal(() => collect(t.store.stateEntries()))).toBe('STORAGE_DAMAGED')
      expect((await t.store.verify('full')).damaged).toEqual([{ part: 'state', key: 'counter', height: 0, reason: 'checksum' }])
      expect((await t.store.head())?.height).toBe(1)
    })
  })

  describe('restoring a snapshot', () => {
    const snapshotAt = (height: number): { entries: StateEntry[]; head: Parameters<NodeStorage['replaceState']>[1] } => ({
      entries: [counter(height), { key: 'restored', value: Uint8Array.of(1) }],
      head: { ...recordOf(blockAt(height)), events: null, receipts: null, state_root: blockAt(height).state_root },
    })

    it('replaces the state and the head at once, ahead of the log', async () => {
      await t.commitTo(3)
      const { entries, head } = snapshotAt(50)
      const report = await t.store.replaceState(entries, head)
      expect(report).toMatchObject({ from: 1, to: 3, blocks: 3 })
      await t.reopen()
      expect((await t.store.head())?.height).toBe(50)
      expect(await t.heightOfState()).toBe(50)
      expect(await t.store.earliestHeight()).toBe(50)
      expect(await t.store.readEvents(50)).toBeNull()
      expect((await t.store.verify('full')).damaged).toEqual([])
      await t.store.commitBlock(blockAt(51))
      expect(await t.heightOfState()).toBe(51)
    })

    it('into an empty store, from a stream', async () => {
      const { entries, head } = snapshotAt(7)
      await t.store.replaceState((async function* () { yield* entries })(), head)
      expect(await t.heightOfState()).toBe(7)
      expect(await collect(t.store.stateEntries())).toHaveLength(2)
    })

    it('goes back to an older height keeping the blocks above, to be executed again', async () => {
      await t.commitTo(6)
      const { entries, head } = snapshotAt(4)
      await t.store.replaceState(entries, { ...head, ...recordOf(blockAt(4)) })
      expect((await t.store.head())?.height).toBe(4)
      expect((await t.store.readCommit(6))?.height).toBe(6)
      expect(await refusal(() => t.store.commitBlock(blockAt(5, [counter(5)], 'fork')))).toBe('STORAGE_CONFLICT')
      await t.store.commitBlock(blockAt(5))
      expect(await t.heightOfState()).toBe(5)
    })

    it('leaves everything as it was when the stream breaks or an entry is refused', async () => {
      await t.commitTo(2)
      const broken = async function* (): AsyncGenerator<StateEntry> {
        for (let i = 0; i < 3000; i++) yield { key: `x/${i}`, value: Uint8Array.of(1) }
        throw new Error('peer went away')
      }
      await expect(t.store.replaceState(broken(), snapshotAt(9).head)).rejects.toThrow('peer went away')
      expect(await t.rowsOf('state'), 'rows left behind').toBe(1)
      const oversized = [{ key: 'k'.repeat(MAX_STATE_KEY_BYTES + 1), value: Uint8Array.of(1) }]
      expect(await refusal(() => t.store.replaceState(oversized, snapshotAt(9).head))).toBe('STORAGE_BAD_INPUT')
      await t.reopen()
      expect((await t.store.head())?.height).toBe(2)
      expect((await collect(t.store.stateEntries())).map(({ key }) => key)).toEqual(['counter'])
    })

    it('leaves no rows of the state before, nor of one that was refused', async () => {
      await t.commitTo(1)
      const { entries, head } = snapshotAt(9)
      await t.store.replaceState(entries, head)
      expect(await t.rowsOf('state')).toBe(2)
      const conflicting = { ...head, ...recordOf(blockAt(9, [], 'fork')) }
      expect(await refusal(() => t.store.replaceState(entries, conflicting))).toBe('STORAGE_CONFLICT')
      expect(await t.rowsOf('state')).toBe(2)
    })

    it('does not overrule a block committed meanwhile', async () => {
      await t.commitTo(1)
      const entries = async function* (): AsyncGenerator<StateEntry> {
        yield counter(9)
        await t.store.commitBlock(blockAt(2))
      }
      expect(await refusal(() => t.store.replaceState(entries(), snapshotAt(9).head))).toBe('STATE_CHANGED')
      expect([(await t.store.head())?.height, await t.heightOfState()]).toEqual([2, 2])
    })

    it('drops what an interrupted restore left when it is opened again', async () => {
      await t.commitTo(1)
      await t.store.close()
      const engine = await t.place.engine()
      await engine.write([{ kind: 'put', table: 'state', key: stateKey(2, utf8Bytes('half')), value: Uint8Array.of(1) }])
      await engine.close()
      await t.reopen()
      expect((await collect(t.store.stateEntries())).map(({ key }) => key)).toEqual(['counter'])
      expect(await t.rowsOf('state')).toBe(1)
    })
  })
}
