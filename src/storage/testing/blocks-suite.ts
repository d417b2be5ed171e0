import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import { numberKey } from '../keys.ts'
import { blockAt, counter, recordOf } from './blocks.ts'
import { refusal } from './harness.ts'
import type { Subject } from './subject.ts'

/** Commits, events and receipts by height. */
export function describeBlocks(t: Subject): void {
  describe('blocks', () => {
    it('has nothing at first', async () => {
      expect([await t.store.head(), await t.store.earliestHeight(), await t.store.readCommit(1), await t.store.readEvents(1)]).toEqual([null, null, null, null])
      expect(t.store.openReport).toMatchObject({ head: null, damaged: [] })
    })

    it('keeps block, events, receipts, state and head together, over a restart', async () => {
      await t.commitTo(3)
      await t.reopen()
      const { height, block_hash, state_root, commit, events: written, receipts } = blockAt(3)
      expect(await t.store.head()).toEqual({ height, block_hash, state_root })
      expect(await t.store.readCommit(3)).toEqual({ height, block_hash, commit })
      expect(await t.store.readEvents(3)).toEqual(written)
      expect(await t.store.readReceipts(3)).toEqual(receipts)
      expect(await t.heightOfState()).toBe(3)
      expect(await t.store.earliestHeight()).toBe(1)
      expect(t.store.openReport.damaged).toEqual([])
    })

    it('stores blocks in order only', async () => {
      expect(await refusal(() => t.store.commitBlock(blockAt(2)))).toBe('STORAGE_OUT_OF_ORDER')
      await t.commitTo(2)
      expect(await refusal(() => t.store.commitBlock(blockAt(2)))).toBe('STORAGE_OUT_OF_ORDER')
      expect(await refusal(() => t.store.commitBlock(blockAt(4)))).toBe('STORAGE_OUT_OF_ORDER')
      expect((await t.store.head())?.height).toBe(2)
    })

    it('serves writes made at once in the order made', async () => {
      await Promise.all([1, 2, 3, 4, 5].map((height) => t.store.commitBlock(blockAt(height))))
      expect((await t.store.head())?.height).toBe(5)
      expect(await t.heightOfState()).toBe(5)
    })

    it('leaves the old head when a block is refused, however late in it the fault stands', async () => {
      await t.commitTo(1)
      const writes = [counter(2), { key: 'other', value: Uint8Array.of(1) }, { key: 'bad', value: 'text' as unknown as Uint8Array }]
      expect(await refusal(() => t.store.commitBlock(blockAt(2, writes)))).toBe('STORAGE_BAD_INPUT')
      const twice = { bytes: utf8Bytes('same'), pin: 'a' }
      expect(await refusal(() => t.store.commitBlock({ ...blockAt(2), blobs: [twice, { ...twice, pin: 'b' }] }))).toBe('STORAGE_BAD_INPUT')
      await t.reopen()
      expect((await t.store.head())?.height).toBe(1)
      expect(await t.heightOfState()).toBe(1)
      expect(await t.store.readState('other')).toBeNull()
      expect(await t.store.readCommit(2)).toBeNull()
      expect(await t.store.listBlobs()).toEqual([])
    })

    it('reads ranges within count and bytes, the first block always', async () => {
      await t.commitTo(6)
      const size = blockAt(1).commit.length
      const heights = async (from: number, limit: number, bytes: number): Promise<number[]> => (await t.store.readRange(from, limit, bytes)).map(({ height }) => height)
      expect(await heights(2, 3, 1e9)).toEqual([2, 3, 4])
      expect(await heights(5, 10, 1e9)).toEqual([5, 6])
      expect(await heights(1, 10, 2 * size + 1)).toEqual([1, 2])
      expect(await heights(1, 10, 1)).toEqual([1])
      expect(await heights(7, 10, 1e9)).toEqual([])
      expect(await heights(1, 0, 1e9)).toEqual([])
    })

    it('brings blobs with a block, pinned', async () => {
      await t.store.commitBlock({ ...blockAt(1), blobs: [{ bytes: utf8Bytes('module'), pin: 'module/1' }] })
      const hash = toHex(sha256(utf8Bytes('module')))
      expect(await t.store.listBlobs()).toEqual([{ content_hash: hash, size_bytes: 6, pins: ['module/1'] }])
    })

    it('puts lost records back in place, and only there', async () => {
      await t.commitTo(5)
      await t.damageClosed('blocks', numberKey(3))
      await t.damageClosed('events', numberKey(4))
      expect(await t.store.readCommit(3)).toBeNull()
      expect(await t.store.readEvents(4)).toBeNull()
      expect(t.events.map((event) => event.kind === 'RECORD_DAMAGED' && event.damage)).toEqual([
        { part: 'commit', key: '3', height: 3, reason: 'checksum' }, { part: 'events', key: '4', height: 4, reason: 'checksum' },
      ])
      expect((await t.store.verify('full')).damaged.map(({ part, height }) => [part, height])).toEqual([['commit', 3], ['events', 4]])
      await t.store.repairBlock(recordOf(blockAt(3)))
      await t.store.repairBlock(recordOf(blockAt(4)))
      expect(await t.store.readEvents(4)).toEqual(blockAt(4).events)
      await t.store.repairBlock({ ...recordOf(blockAt(4)), events: null, receipts: null })
      expect([await t.store.readEvents(4), await t.store.readReceipts(4)], 'what is intact and not given stays').toEqual([blockAt(4).events, blockAt(4).receipts])
      expect((await t.store.verify('full')).damaged).toEqual([])
      expect((await t.store.head())?.height).toBe(5)
      expect(await refusal(() => t.store.repairBlock(recordOf(blockAt(6))))).toBe('STORAGE_OUT_OF_ORDER')
      expect(await refusal(() => t.store.repairBlock(recordOf(blockAt(3, [], 'fork'))))).toBe('STORAGE_CONFLICT')
    })

    it('prunes below the newest snapshot only, and says what went', async () => {
      await t.commitTo(10)
      expect(await refusal(() => t.store.prune(5))).toBe('PRUNE_REFUSED')
      await t.store.putSnapshot({ height: 6, manifest: utf8Bytes('m'), chunk_hashes: [] })
      expect(await refusal(() => t.store.prune(7))).toBe('PRUNE_REFUSED')
      const report = await t.store.prune(5)
      expect(report).toMatchObject({ from: 1, to: 4, blocks: 4 })
      expect(report.bytes).toBeGreaterThan(4 * blockAt(1).commit.length)
      expect(await t.store.earliestHeight()).toBe(5)
      expect([await t.store.readCommit(4), await t.store.readEvents(4)]).toEqual([null, null])
      expect(await t.store.prune(5)).toEqual({ from: null, to: null, blocks: 0, bytes: 0 })
      await t.reopen()
      expect(await t.store.earliestHeight()).toBe(5)
      expect((await t.store.verify('full')).damaged).toEqual([])
      await t.store.repairBlock(recordOf(blockAt(4)))
      expect(await t.store.earliestHeight()).toBe(4)
    })
  })
}
