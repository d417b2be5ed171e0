import { describe, expect, it } from 'vitest'
import { sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import { numberKey } from '../keys.ts'
import { refusal } from './harness.ts'
import type { Subject } from './subject.ts'

/** Bytes by their hash, and the snapshots made of them. */
export function describeBlobs(t: Subject): void {
  describe('blobs', () => {
    it('are kept under their hash, small and large', async () => {
      for (const bytes of [new Uint8Array(0), utf8Bytes('hello'), new Uint8Array(300_000).fill(5)]) {
        const hash = await t.store.putBlob(bytes)
        expect(hash).toBe(toHex(sha256(bytes)))
        expect(await t.store.getBlob(hash)).toEqual(bytes)
        expect(await t.store.hasBlob(hash)).toBe(true)
      }
      await t.reopen()
      expect((await t.store.listBlobs()).map(({ size_bytes }) => size_bytes).toSorted((a, b) => a - b)).toEqual([0, 5, 300_000])
    })

    it('that are damaged are missing from then on, reported, and keep their pins until stored again', async () => {
      const bytes = utf8Bytes('precious')
      const hash = await t.store.putBlob(bytes, 'module/1')
      await t.damageClosed('blobs', sha256(bytes), 0)
      expect((await t.store.verify('full')).damaged).toEqual([{ part: 'blob', key: hash, height: 0, reason: 'content' }])
      expect(await t.store.getBlob(hash)).toBeNull()
      expect(t.events).toEqual([{ kind: 'BLOB_DAMAGED', content_hash: hash }])
      expect(await t.store.hasBlob(hash)).toBe(false)
      expect(await t.store.listBlobs()).toEqual([])
      expect((await t.store.verify('full')).damaged).toEqual([{ part: 'blob', key: hash, height: 0, reason: 'missing' }])
      await t.store.putBlob(bytes)
      expect(await t.store.getBlob(hash)).toEqual(bytes)
      expect(await t.store.listBlobs()).toEqual([{ content_hash: hash, size_bytes: 8, pins: ['module/1'] }])
    })

    it('are evicted oldest first, pinned ones never', async () => {
      const hashes: string[] = []
      for (let i = 0; i < 5; i++) hashes.push(await t.store.putBlob(new Uint8Array(100).fill(i), i === 0 ? 'keep' : undefined))
      const report = await t.store.evictBlobs(250)
      expect(report).toEqual({ removed: hashes.slice(1, 4), bytes: 300, left_bytes: 200 })
      expect(await t.store.getBlob(hashes[0]!)).not.toBeNull()
      await t.store.unpinBlob(hashes[0]!, 'keep')
      expect((await t.store.evictBlobs(0)).left_bytes).toBe(0)
    })

    it('cannot be pinned while missing', async () => {
      expect(await refusal(() => t.store.pinBlob('00'.repeat(32), 'x'))).toBe('BLOB_MISSING')
      expect(await refusal(() => t.store.getBlob('not a hash'))).toBe('STORAGE_BAD_INPUT')
      expect(await refusal(() => t.store.hasBlob('AB'.repeat(32)))).toBe('STORAGE_BAD_INPUT')
    })
  })

  describe('snapshots', () => {
    it('pin their chunks, and the newest are retained', async () => {
      const shared = await t.store.putBlob(utf8Bytes('shared chunk'))
      const own: string[] = []
      for (const height of [10, 20, 30]) {
        own.push(await t.store.putBlob(utf8Bytes(`chunk of ${height}`)))
        await t.store.putSnapshot({ height, manifest: utf8Bytes(`manifest ${height}`), chunk_hashes: [shared, own.at(-1)!, shared] })
      }
      await t.reopen()
      expect(await t.store.listSnapshots()).toEqual([10, 20, 30])
      expect(await t.store.latestSnapshot()).toEqual({ height: 30, manifest: utf8Bytes('manifest 30'), chunk_hashes: [shared, own[2], shared] })
      expect((await t.store.evictBlobs(0)).removed).toEqual([])
      expect(await t.store.retainSnapshots(1, [10, 15])).toEqual([20])
      expect(await t.store.listSnapshots()).toEqual([10, 30])
      expect(await t.store.retainSnapshots(1)).toEqual([10])
      expect(await t.store.readSnapshot(10)).toBeNull()
      expect((await t.store.listBlobs()).map(({ content_hash }) => content_hash).toSorted()).toEqual([shared, own[2]!].toSorted())
    })

    it('are refused while a chunk is missing', async () => {
      expect(await refusal(() => t.store.putSnapshot({ height: 1, manifest: utf8Bytes('m'), chunk_hashes: ['00'.repeat(32)] }))).toBe('BLOB_MISSING')
      expect(await t.store.listSnapshots()).toEqual([])
    })

    it('that are damaged give way to the one before', async () => {
      for (const height of [1, 2]) await t.store.putSnapshot({ height, manifest: utf8Bytes(`m${height}`), chunk_hashes: [] })
      await t.damageClosed('snapshots', numberKey(2))
      expect((await t.store.latestSnapshot())?.height).toBe(1)
      expect(t.events).toContainEqual({ kind: 'RECORD_DAMAGED', damage: { part: 'snapshot', key: '2', height: 2, reason: 'checksum' } })
    })
  })
}
