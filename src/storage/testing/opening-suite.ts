import { describe, expect, it } from 'vitest'
import { encodeCanonical, utf8Bytes } from '../../codec/index.ts'
import { encodeBlockRow } from '../block-log.ts'
import { nameKey, numberKey } from '../keys.ts'
import { putSealed } from '../store-context.ts'
import { blockAt, counter, recordOf } from './blocks.ts'
import { collect, refusal } from './harness.ts'
import type { Subject } from './subject.ts'

/** What opening and closing check, lock and report. */
export function describeOpening(t: Subject): void {
  describe('opening', () => {
    it('refuses a second opener until the first closes', async () => {
      expect(await refusal(() => t.place.open())).toBe('STORAGE_LOCKED')
      await t.store.close()
      const second = await t.place.open()
      await second.close()
      await t.reopen()
    })

    it('refuses the store of another world, changing nothing', async () => {
      await t.commitTo(1)
      await t.store.close()
      expect(await refusal(() => t.place.open({ world_id: `other.${'00'.repeat(32)}` }))).toBe('STORAGE_WRONG_WORLD')
      expect(await refusal(() => t.place.open({ world_id: '' }))).toBe('STORAGE_BAD_INPUT')
      await t.reopen()
      expect((await t.store.head())?.height).toBe(1)
    })

    it('refuses an unknown format', async () => {
      await t.store.close()
      const engine = await t.place.engine()
      await engine.write([putSealed('control', nameKey('format'), encodeCanonical({ format: 99, world_id: 'w' }))])
      await engine.close()
      expect(await refusal(() => t.place.open())).toBe('STORAGE_FORMAT')
      expect(await refusal(() => t.place.open())).toBe('STORAGE_FORMAT')
    })

    it('reports a damaged or missing head commit, which can be put back', async () => {
      await t.commitTo(3)
      await t.damageClosed('blocks', numberKey(3))
      expect(t.store.openReport.damaged).toEqual([{ part: 'commit', key: '3', height: 3, reason: 'checksum' }])
      await t.store.repairBlock(recordOf(blockAt(3)))
      expect((await t.store.verify('quick')).damaged).toEqual([])
      await t.store.close()
      const engine = await t.place.engine()
      await engine.write([{ kind: 'delete', table: 'blocks', key: numberKey(2) }])
      await engine.close()
      await t.reopen()
      expect(t.store.openReport.damaged).toEqual([])
      expect((await t.store.verify('full')).damaged).toEqual([{ part: 'commit', key: '2', height: 2, reason: 'missing' }])
    })

    it('reports a commit that is intact but not the one the head names', async () => {
      await t.commitTo(2)
      await t.store.close()
      const engine = await t.place.engine()
      await engine.write([putSealed('blocks', numberKey(2), encodeBlockRow(blockAt(2, [], 'other')))])
      await engine.close()
      await t.reopen()
      expect(t.store.openReport.damaged).toEqual([{ part: 'commit', key: '2', height: 2, reason: 'content' }])
    })

    it('without a readable head keeps the blocks, so that a snapshot and they bring the state back', async () => {
      await t.commitTo(5)
      await t.damageClosed('control', nameKey('head'))
      expect(t.store.openReport.damaged).toEqual([{ part: 'head', key: 'head', height: 0, reason: 'checksum' }])
      expect(await t.store.head()).toBeNull()
      expect((await t.store.readCommit(5))?.height).toBe(5)
      await t.store.replaceState([counter(4)], { ...recordOf(blockAt(4)), state_root: blockAt(4).state_root })
      await t.store.commitBlock(blockAt(5))
      expect([(await t.store.head())?.height, await t.heightOfState(), await t.store.earliestHeight()]).toEqual([5, 5, 1])
    })

    it('without a head or the first blocks starts over from block one, with no gap in the log', async () => {
      await t.commitTo(5)
      await t.store.putSnapshot({ height: 5, manifest: utf8Bytes('m'), chunk_hashes: [] })
      await t.store.prune(4)
      await t.damageClosed('control', nameKey('head'))
      await t.store.commitBlock(blockAt(1))
      expect([await t.store.earliestHeight(), await t.store.readCommit(4), await t.heightOfState()]).toEqual([1, null, 1])
      await t.reopen()
      expect((await t.store.verify('full')).damaged).toEqual([])
    })

    it('finds a row that stands in another place than it was written to', async () => {
      await t.commitTo(2)
      await t.store.close()
      const engine = await t.place.engine()
      const row = (await engine.get('events', numberKey(1)))!
      await engine.write([{ kind: 'put', table: 'events', key: numberKey(2), value: row }, { kind: 'put', table: 'receipts', key: numberKey(1), value: row }])
      await engine.close()
      await t.reopen()
      expect([await t.store.readEvents(2), await t.store.readReceipts(1)]).toEqual([null, null])
    })

    it('writes a damaged format mark anew and says so', async () => {
      await t.commitTo(1)
      await t.damageClosed('control', nameKey('format'))
      expect(t.store.openReport.damaged).toEqual([{ part: 'file', key: 'format', height: 0, reason: 'checksum' }])
      await t.reopen()
      expect(t.store.openReport.damaged).toEqual([])
    })

    it('refuses every call after closing', async () => {
      await t.store.close()
      for (const call of [
        () => t.store.head(), () => t.store.commitBlock(blockAt(1)), () => t.store.readCommit(1), () => collect(t.store.stateEntries()), () => t.store.putBlob(utf8Bytes('x')),
        () => t.store.getBlob('00'.repeat(32)), () => t.store.walAppend(1, utf8Bytes('x')), () => t.store.walRead(), () => t.store.getMeta('x'), () => t.store.verify('full'),
      ]) expect(await refusal(call)).toBe('STORAGE_CLOSED')
      await t.store.close()
    })
  })
}
