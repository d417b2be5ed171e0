import { describe, expect, it } from 'vitest'
import { utf8Bytes } from '../../codec/index.ts'
import { voteKey } from '../keys.ts'
import { MAX_BLOB_BYTES, MAX_COMMIT_BYTES, MAX_META_BYTES, MAX_STATE_KEY_BYTES, MAX_STATE_VALUE_BYTES, MAX_WAL_RECORD_BYTES } from '../limits.ts'
import { blockAt, counter } from './blocks.ts'
import { refusal } from './harness.ts'
import type { Subject } from './subject.ts'

/** The votes-WAL, small values, and what is refused everywhere. */
export function describeRecords(t: Subject): void {
  describe('the votes-WAL', () => {
    it('gives back all records in order, over a restart, and forgets finalized heights', async () => {
      for (const [height, text] of [[4, 'a'], [4, 'b'], [5, 'c'], [6, 'd'], [5, 'late']] as const) await t.store.walAppend(height, utf8Bytes(text))
      await t.reopen()
      await t.store.walAppend(6, utf8Bytes('e'))
      const texts = async (): Promise<string[]> => (await t.store.walRead()).map((record) => new TextDecoder().decode(record))
      expect(await texts()).toEqual(['a', 'b', 'c', 'late', 'd', 'e'])
      await t.store.walPrune(6)
      expect(await texts()).toEqual(['d', 'e'])
      await t.store.walPrune(100)
      expect(await texts()).toEqual([])
    })

    it('never passes over a damaged record in silence', async () => {
      for (const height of [7, 8, 9]) await t.store.walAppend(height, utf8Bytes(`vote at ${height}`))
      await t.damageClosed('votes', voteKey(8, 2))
      expect(await refusal(() => t.store.walRead())).toBe('WAL_DAMAGED')
      expect((await t.store.verify('full')).damaged).toEqual([{ part: 'votes', key: '8/2', height: 8, reason: 'checksum' }])
      expect(await t.store.walDiscardDamaged()).toBe(8)
      expect(await t.store.walRead()).toHaveLength(2)
      expect(await t.store.walDiscardDamaged()).toBe(0)
    })
  })

  describe('small values', () => {
    it('are kept, replaced and deleted by name', async () => {
      await t.store.setMeta('peers.known', utf8Bytes('one'))
      await t.store.setMeta('peers.known', utf8Bytes('two'))
      await t.reopen()
      expect(await t.store.getMeta('peers.known')).toEqual(utf8Bytes('two'))
      await t.store.setMeta('peers.known', null)
      expect(await t.store.getMeta('peers.known')).toBeNull()
    })
  })

  it('refuses hostile sizes, names and types everywhere, storing nothing', async () => {
    const bytes = (length: number): Uint8Array => new Uint8Array(length)
    const block = blockAt(1)
    const hostile: (() => Promise<unknown>)[] = [
      () => t.store.commitBlock({ ...block, commit: bytes(MAX_COMMIT_BYTES + 1) }), () => t.store.commitBlock({ ...block, commit: bytes(0) }),
      () => t.store.commitBlock({ ...block, height: 0 }), () => t.store.commitBlock({ ...block, height: 1.5 }), () => t.store.commitBlock({ ...block, height: 2 ** 60 }),
      () => t.store.commitBlock({ ...block, block_hash: bytes(31) }), () => t.store.commitBlock({ ...block, state_root: bytes(33) }),
      () => t.store.commitBlock({ ...block, events: null as unknown as Uint8Array }), () => t.store.commitBlock(blockAt(1, [{ key: '', value: bytes(1) }])),
      () => t.store.commitBlock(blockAt(1, [{ key: 'é'.repeat(MAX_STATE_KEY_BYTES / 2 + 1), value: bytes(1) }])),
      () => t.store.commitBlock(blockAt(1, [{ key: '\ud800', value: bytes(1) }])), () => t.store.commitBlock(blockAt(1, [counter(1), counter(2)])),
      () => t.store.commitBlock(blockAt(1, [{ key: 'k', value: bytes(MAX_STATE_VALUE_BYTES + 1) }])),
      () => t.store.commitBlock({ ...block, blobs: Array.from({ length: 65 }, (_, i) => ({ bytes: Uint8Array.of(i), pin: 'p' })) }),
      () => t.store.putBlob(bytes(MAX_BLOB_BYTES + 1)), () => t.store.putBlob('text' as unknown as Uint8Array), () => t.store.putBlob(bytes(1), 'p'.repeat(81)),
      () => t.store.putSnapshot({ height: 1, manifest: bytes(1), chunk_hashes: Array.from({ length: 4097 }, () => '00'.repeat(32)) }),
      () => t.store.putSnapshot({ height: -1, manifest: bytes(1), chunk_hashes: [] }), () => t.store.retainSnapshots(0), () => t.store.evictBlobs(-1),
      () => t.store.walAppend(1, bytes(MAX_WAL_RECORD_BYTES + 1)), () => t.store.walAppend(0, bytes(1)), () => t.store.walPrune(Number.NaN),
      () => t.store.setMeta('Name', bytes(1)), () => t.store.setMeta('../x', bytes(1)), () => t.store.setMeta('x', bytes(MAX_META_BYTES + 1)), () => t.store.getMeta('x'.repeat(65)),
      () => t.store.readCommit(0), () => t.store.readRange(0.5, 1, 1), () => t.store.readEvents(-1), () => t.store.prune(0), () => t.store.readState(''),
    ]
    for (const [i, call] of hostile.entries()) expect(await refusal(call), `call ${i}: ${call}`).toBe('STORAGE_BAD_INPUT')
    await t.reopen()
    expect([await t.store.head(), await t.store.listBlobs(), await t.store.listSnapshots(), await t.store.walRead()]).toEqual([null, [], [], []])
    expect((await t.store.verify('full')).checked).toBe(0)
  })
}
