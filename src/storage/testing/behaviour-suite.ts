import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { equalBytes, sha256, toHex, utf8Bytes } from '../../codec/index.ts'
import type { Table } from '../engine.ts'
import { nameKey, numberKey, stateKey, voteKey } from '../keys.ts'
import {
  MAX_BLOB_BYTES, MAX_COMMIT_BYTES, MAX_META_BYTES, MAX_STATE_KEY_BYTES, MAX_STATE_VALUE_BYTES, MAX_WAL_RECORD_BYTES,
} from '../limits.ts'
import type { NodeStorage, StateEntry, StorageEvent } from '../types.ts'
import { blockAt, counter, recordOf } from './blocks.ts'
import { collect, damage, refusal } from './harness.ts'
import type { Place } from './harness.ts'

/** Entries of the large state; enough for many batches and for a tree of real size. */
const BIG_STATE = 20_000

/** What every back end must do. One suite, so that a node behaves alike wherever it runs. */
export function describeStorage(name: string, createPlace: () => Promise<Place>): void {
  describe(`storage: ${name}`, () => {
    let place: Place
    let store: NodeStorage
    let events: StorageEvent[]
    const reopen = async (): Promise<NodeStorage> => {
      await store.close()
      events = []
      store = await place.open({ onEvent: (event) => events.push(event) })
      return store
    }
    const commitTo = async (height: number): Promise<void> => {
      for (let next = ((await store.head())?.height ?? 0) + 1; next <= height; next++) await store.commitBlock(blockAt(next))
    }
    const damageClosed = async (table: Table, key: Uint8Array, byte?: number): Promise<void> => {
      await store.close()
      await damage(place, table, key, byte)
      await reopen()
    }
    const rowsOf = async (table: Table): Promise<number> => {
      await store.close()
      const engine = await place.engine()
      const { length } = await engine.keys(table, {}, 1e6)
      await engine.close()
      await reopen()
      return length
    }
    const heightOfState = async (): Promise<number> => Number(new TextDecoder().decode((await store.readState('counter')) ?? undefined))

    beforeEach(async () => {
      place = await createPlace()
      events = []
      store = await place.open({ onEvent: (event) => events.push(event) })
    })
    afterEach(async () => {
      await store.close()
      await place.remove()
    })

    describe('blocks', () => {
      it('has nothing at first', async () => {
        expect([await store.head(), await store.earliestHeight(), await store.readCommit(1), await store.readEvents(1)]).toEqual([null, null, null, null])
        expect(store.openReport).toMatchObject({ head: null, damaged: [] })
      })

      it('keeps block, events, receipts, state and head together, over a restart', async () => {
        await commitTo(3)
        await reopen()
        const { height, block_hash, state_root, commit, events: written, receipts } = blockAt(3)
        expect(await store.head()).toEqual({ height, block_hash, state_root })
        expect(await store.readCommit(3)).toEqual({ height, block_hash, commit })
        expect(await store.readEvents(3)).toEqual(written)
        expect(await store.readReceipts(3)).toEqual(receipts)
        expect(await heightOfState()).toBe(3)
        expect(await store.earliestHeight()).toBe(1)
        expect(store.openReport.damaged).toEqual([])
      })

      it('stores blocks in order only', async () => {
        expect(await refusal(() => store.commitBlock(blockAt(2)))).toBe('STORAGE_OUT_OF_ORDER')
        await commitTo(2)
        expect(await refusal(() => store.commitBlock(blockAt(2)))).toBe('STORAGE_OUT_OF_ORDER')
        expect(await refusal(() => store.commitBlock(blockAt(4)))).toBe('STORAGE_OUT_OF_ORDER')
        expect((await store.head())?.height).toBe(2)
      })

      it('serves writes made at once in the order made', async () => {
        await Promise.all([1, 2, 3, 4, 5].map((height) => store.commitBlock(blockAt(height))))
        expect((await store.head())?.height).toBe(5)
        expect(await heightOfState()).toBe(5)
      })

      it('leaves the old head when a block is refused, however late in it the fault stands', async () => {
        await commitTo(1)
        const writes = [counter(2), { key: 'other', value: Uint8Array.of(1) }, { key: 'bad', value: 'text' as unknown as Uint8Array }]
        expect(await refusal(() => store.commitBlock(blockAt(2, writes)))).toBe('STORAGE_BAD_INPUT')
        const twice = { bytes: utf8Bytes('same'), pin: 'a' }
        expect(await refusal(() => store.commitBlock({ ...blockAt(2), blobs: [twice, { ...twice, pin: 'b' }] }))).toBe('STORAGE_BAD_INPUT')
        await reopen()
        expect((await store.head())?.height).toBe(1)
        expect(await heightOfState()).toBe(1)
        expect(await store.readState('other')).toBeNull()
        expect(await store.readCommit(2)).toBeNull()
        expect(await store.listBlobs()).toEqual([])
      })

      it('reads ranges within count and bytes, the first block always', async () => {
        await commitTo(6)
        const size = blockAt(1).commit.length
        const heights = async (from: number, limit: number, bytes: number): Promise<number[]> => (await store.readRange(from, limit, bytes)).map(({ height }) => height)
        expect(await heights(2, 3, 1e9)).toEqual([2, 3, 4])
        expect(await heights(5, 10, 1e9)).toEqual([5, 6])
        expect(await heights(1, 10, 2 * size + 1)).toEqual([1, 2])
        expect(await heights(1, 10, 1)).toEqual([1])
        expect(await heights(7, 10, 1e9)).toEqual([])
        expect(await heights(1, 0, 1e9)).toEqual([])
      })

      it('brings blobs with a block, pinned', async () => {
        await store.commitBlock({ ...blockAt(1), blobs: [{ bytes: utf8Bytes('module'), pin: 'module/1' }] })
        const hash = toHex(sha256(utf8Bytes('module')))
        expect(await store.listBlobs()).toEqual([{ content_hash: hash, size_bytes: 6, pins: ['module/1'] }])
      })

      it('puts lost records back in place, and only there', async () => {
        await commitTo(5)
        await damageClosed('blocks', numberKey(3))
        await damageClosed('events', numberKey(4))
        expect(await store.readCommit(3)).toBeNull()
        expect(await store.readEvents(4)).toBeNull()
        expect(events.map((event) => event.kind === 'RECORD_DAMAGED' && event.damage)).toEqual([
          { part: 'commit', key: '3', height: 3, reason: 'checksum' }, { part: 'events', key: '4', height: 4, reason: 'checksum' },
        ])
        expect((await store.verify('full')).damaged.map(({ part, height }) => [part, height])).toEqual([['commit', 3], ['events', 4]])
        await store.repairBlock(recordOf(blockAt(3)))
        await store.repairBlock(recordOf(blockAt(4)))
        expect(await store.readEvents(4)).toEqual(blockAt(4).events)
        await store.repairBlock({ ...recordOf(blockAt(4)), events: null, receipts: null })
        expect([await store.readEvents(4), await store.readReceipts(4)], 'what is intact and not given stays').toEqual([blockAt(4).events, blockAt(4).receipts])
        expect((await store.verify('full')).damaged).toEqual([])
        expect((await store.head())?.height).toBe(5)
        expect(await refusal(() => store.repairBlock(recordOf(blockAt(6))))).toBe('STORAGE_OUT_OF_ORDER')
        expect(await refusal(() => store.repairBlock(recordOf(blockAt(3, [], 'fork'))))).toBe('STORAGE_CONFLICT')
      })

      it('prunes below the newest snapshot only, and says what went', async () => {
        await commitTo(10)
        expect(await refusal(() => store.prune(5))).toBe('PRUNE_REFUSED')
        await store.putSnapshot({ height: 6, manifest: utf8Bytes('m'), chunk_hashes: [] })
        expect(await refusal(() => store.prune(7))).toBe('PRUNE_REFUSED')
        const report = await store.prune(5)
        expect(report).toMatchObject({ from: 1, to: 4, blocks: 4 })
        expect(report.bytes).toBeGreaterThan(4 * blockAt(1).commit.length)
        expect(await store.earliestHeight()).toBe(5)
        expect([await store.readCommit(4), await store.readEvents(4)]).toEqual([null, null])
        expect(await store.prune(5)).toEqual({ from: null, to: null, blocks: 0, bytes: 0 })
        await reopen()
        expect(await store.earliestHeight()).toBe(5)
        expect((await store.verify('full')).damaged).toEqual([])
        await store.repairBlock(recordOf(blockAt(4)))
        expect(await store.earliestHeight()).toBe(4)
      })
    })

    describe('state', () => {
      it('applies writes and deletions, and lists entries by the bytes of their keys', async () => {
        const keys = ['b', 'a', 'é', '😀', 'ab', 'Z', '\u{ffff}']
        await store.commitBlock(blockAt(1, keys.map((key) => ({ key, value: utf8Bytes(key) }))))
        await store.commitBlock(blockAt(2, [{ key: 'ab', value: null }, { key: 'a', value: Uint8Array.of(0) }, { key: 'gone', value: null }]))
        const listed = await collect(store.stateEntries())
        expect(listed.map(({ key }) => key)).toEqual(['Z', 'a', 'b', 'é', '\u{ffff}', '😀'])
        expect(listed[1]!.value).toEqual(Uint8Array.of(0))
        expect(await store.readState('ab')).toBeNull()
      })

      it('tells a reader that the state moved on', async () => {
        await commitTo(1)
        const reading = store.stateEntries()[Symbol.asyncIterator]()
        await store.commitBlock(blockAt(2))
        expect((await reading.next()).value).toMatchObject({ key: 'counter' })
        const slow = async (): Promise<void> => {
          for await (const entry of store.stateEntries()) if (entry.key === 'counter') await store.commitBlock(blockAt(3, [counter(3), { key: 'z', value: utf8Bytes('z') }]))
        }
        await store.close()
        store = await place.open()
        await slow()
        await store.commitBlock(blockAt(4, [{ key: 'zz', value: utf8Bytes('z') }]))
        const interrupted = async (): Promise<void> => {
          for await (const entry of store.stateEntries()) if (entry.key === 'counter') await store.commitBlock(blockAt(5))
        }
        expect(await refusal(interrupted)).toBe('STATE_CHANGED')
      })

      it(`holds ${BIG_STATE} entries through commit, iteration, restart and replacement`, async () => {
        const writes = Array.from({ length: BIG_STATE }, (_, i) => ({ key: `agent/${String(i).padStart(6, '0')}`, value: utf8Bytes(`value of ${i}`) }))
        await store.commitBlock(blockAt(1, writes))
        await reopen()
        const listed = await collect(store.stateEntries())
        expect(listed).toHaveLength(BIG_STATE)
        expect(listed.every(({ key, value }, i) => key === writes[i]!.key && equalBytes(value, writes[i]!.value))).toBe(true)
        const half = writes.filter((_, i) => i % 2 === 0)
        await store.replaceState(half, { ...recordOf(blockAt(2)), state_root: blockAt(2).state_root })
        let count = 0
        for await (const { key } of store.stateEntries()) expect(key).toBe(half[count++]!.key)
        expect(count).toBe(half.length)
      })

      it('never takes a damaged entry for an absent one', async () => {
        await commitTo(1)
        await damageClosed('state', stateKey(1, utf8Bytes('counter')))
        expect(await refusal(() => store.readState('counter'))).toBe('STORAGE_DAMAGED')
        expect(await refusal(() => collect(store.stateEntries()))).toBe('STORAGE_DAMAGED')
        expect((await store.verify('full')).damaged).toEqual([{ part: 'state', key: 'counter', height: 0, reason: 'checksum' }])
        expect((await store.head())?.height).toBe(1)
      })
    })

    describe('restoring a snapshot', () => {
      const snapshotAt = (height: number): { entries: StateEntry[]; head: Parameters<NodeStorage['replaceState']>[1] } => ({
        entries: [counter(height), { key: 'restored', value: Uint8Array.of(1) }],
        head: { ...recordOf(blockAt(height)), events: null, receipts: null, state_root: blockAt(height).state_root },
      })

      it('replaces the state and the head at once, ahead of the log', async () => {
        await commitTo(3)
        const { entries, head } = snapshotAt(50)
        const report = await store.replaceState(entries, head)
        expect(report).toMatchObject({ from: 1, to: 3, blocks: 3 })
        await reopen()
        expect((await store.head())?.height).toBe(50)
        expect(await heightOfState()).toBe(50)
        expect(await store.earliestHeight()).toBe(50)
        expect(await store.readEvents(50)).toBeNull()
        expect((await store.verify('full')).damaged).toEqual([])
        await store.commitBlock(blockAt(51))
        expect(await heightOfState()).toBe(51)
      })

      it('into an empty store, from a stream', async () => {
        const { entries, head } = snapshotAt(7)
        await store.replaceState((async function* () { yield* entries })(), head)
        expect(await heightOfState()).toBe(7)
        expect(await collect(store.stateEntries())).toHaveLength(2)
      })

      it('goes back to an older height keeping the blocks above, to be executed again', async () => {
        await commitTo(6)
        const { entries, head } = snapshotAt(4)
        await store.replaceState(entries, { ...head, ...recordOf(blockAt(4)) })
        expect((await store.head())?.height).toBe(4)
        expect((await store.readCommit(6))?.height).toBe(6)
        expect(await refusal(() => store.commitBlock(blockAt(5, [counter(5)], 'fork')))).toBe('STORAGE_CONFLICT')
        await store.commitBlock(blockAt(5))
        expect(await heightOfState()).toBe(5)
      })

      it('leaves everything as it was when the stream breaks or an entry is refused', async () => {
        await commitTo(2)
        const broken = async function* (): AsyncGenerator<StateEntry> {
          for (let i = 0; i < 3000; i++) yield { key: `x/${i}`, value: Uint8Array.of(1) }
          throw new Error('peer went away')
        }
        await expect(store.replaceState(broken(), snapshotAt(9).head)).rejects.toThrow('peer went away')
        expect(await rowsOf('state'), 'rows left behind').toBe(1)
        const oversized = [{ key: 'k'.repeat(MAX_STATE_KEY_BYTES + 1), value: Uint8Array.of(1) }]
        expect(await refusal(() => store.replaceState(oversized, snapshotAt(9).head))).toBe('STORAGE_BAD_INPUT')
        await reopen()
        expect((await store.head())?.height).toBe(2)
        expect((await collect(store.stateEntries())).map(({ key }) => key)).toEqual(['counter'])
      })

      it('leaves no rows of the state before, nor of one that was refused', async () => {
        await commitTo(1)
        const { entries, head } = snapshotAt(9)
        await store.replaceState(entries, head)
        expect(await rowsOf('state')).toBe(2)
        const conflicting = { ...head, ...recordOf(blockAt(9, [], 'fork')) }
        expect(await refusal(() => store.replaceState(entries, conflicting))).toBe('STORAGE_CONFLICT')
        expect(await rowsOf('state')).toBe(2)
      })

      it('does not overrule a block committed meanwhile', async () => {
        await commitTo(1)
        const entries = async function* (): AsyncGenerator<StateEntry> {
          yield counter(9)
          await store.commitBlock(blockAt(2))
        }
        expect(await refusal(() => store.replaceState(entries(), snapshotAt(9).head))).toBe('STATE_CHANGED')
        expect([(await store.head())?.height, await heightOfState()]).toEqual([2, 2])
      })

      it('drops what an interrupted restore left when it is opened again', async () => {
        await commitTo(1)
        await store.close()
        const engine = await place.engine()
        await engine.write([{ kind: 'put', table: 'state', key: stateKey(2, utf8Bytes('half')), value: Uint8Array.of(1) }])
        await engine.close()
        await reopen()
        expect((await collect(store.stateEntries())).map(({ key }) => key)).toEqual(['counter'])
        expect(await rowsOf('state')).toBe(1)
      })
    })

    describe('blobs', () => {
      it('are kept under their hash, small and large', async () => {
        for (const bytes of [new Uint8Array(0), utf8Bytes('hello'), new Uint8Array(300_000).fill(5)]) {
          const hash = await store.putBlob(bytes)
          expect(hash).toBe(toHex(sha256(bytes)))
          expect(await store.getBlob(hash)).toEqual(bytes)
          expect(await store.hasBlob(hash)).toBe(true)
        }
        await reopen()
        expect((await store.listBlobs()).map(({ size_bytes }) => size_bytes).toSorted((a, b) => a - b)).toEqual([0, 5, 300_000])
      })

      it('that are damaged are missing from then on, reported, and keep their pins until stored again', async () => {
        const bytes = utf8Bytes('precious')
        const hash = await store.putBlob(bytes, 'module/1')
        await damageClosed('blobs', sha256(bytes), 0)
        expect((await store.verify('full')).damaged).toEqual([{ part: 'blob', key: hash, height: 0, reason: 'content' }])
        expect(await store.getBlob(hash)).toBeNull()
        expect(events).toEqual([{ kind: 'BLOB_DAMAGED', content_hash: hash }])
        expect(await store.hasBlob(hash)).toBe(false)
        expect(await store.listBlobs()).toEqual([])
        expect((await store.verify('full')).damaged).toEqual([{ part: 'blob', key: hash, height: 0, reason: 'missing' }])
        await store.putBlob(bytes)
        expect(await store.getBlob(hash)).toEqual(bytes)
        expect(await store.listBlobs()).toEqual([{ content_hash: hash, size_bytes: 8, pins: ['module/1'] }])
      })

      it('are evicted oldest first, pinned ones never', async () => {
        const hashes: string[] = []
        for (let i = 0; i < 5; i++) hashes.push(await store.putBlob(new Uint8Array(100).fill(i), i === 0 ? 'keep' : undefined))
        const report = await store.evictBlobs(250)
        expect(report).toEqual({ removed: hashes.slice(1, 4), bytes: 300, left_bytes: 200 })
        expect(await store.getBlob(hashes[0]!)).not.toBeNull()
        await store.unpinBlob(hashes[0]!, 'keep')
        expect((await store.evictBlobs(0)).left_bytes).toBe(0)
      })

      it('cannot be pinned while missing', async () => {
        expect(await refusal(() => store.pinBlob('00'.repeat(32), 'x'))).toBe('BLOB_MISSING')
        expect(await refusal(() => store.getBlob('not a hash'))).toBe('STORAGE_BAD_INPUT')
        expect(await refusal(() => store.hasBlob('AB'.repeat(32)))).toBe('STORAGE_BAD_INPUT')
      })
    })

    describe('snapshots', () => {
      it('pin their chunks, and the newest are retained', async () => {
        const shared = await store.putBlob(utf8Bytes('shared chunk'))
        const own: string[] = []
        for (const height of [10, 20, 30]) {
          own.push(await store.putBlob(utf8Bytes(`chunk of ${height}`)))
          await store.putSnapshot({ height, manifest: utf8Bytes(`manifest ${height}`), chunk_hashes: [shared, own.at(-1)!, shared] })
        }
        await reopen()
        expect(await store.listSnapshots()).toEqual([10, 20, 30])
        expect(await store.latestSnapshot()).toEqual({ height: 30, manifest: utf8Bytes('manifest 30'), chunk_hashes: [shared, own[2], shared] })
        expect((await store.evictBlobs(0)).removed).toEqual([])
        expect(await store.retainSnapshots(1)).toEqual([10, 20])
        expect(await store.readSnapshot(10)).toBeNull()
        expect((await store.listBlobs()).map(({ content_hash }) => content_hash).toSorted()).toEqual([shared, own[2]!].toSorted())
      })

      it('are refused while a chunk is missing', async () => {
        expect(await refusal(() => store.putSnapshot({ height: 1, manifest: utf8Bytes('m'), chunk_hashes: ['00'.repeat(32)] }))).toBe('BLOB_MISSING')
        expect(await store.listSnapshots()).toEqual([])
      })

      it('that are damaged give way to the one before', async () => {
        for (const height of [1, 2]) await store.putSnapshot({ height, manifest: utf8Bytes(`m${height}`), chunk_hashes: [] })
        await damageClosed('snapshots', numberKey(2))
        expect((await store.latestSnapshot())?.height).toBe(1)
        expect(events).toContainEqual({ kind: 'RECORD_DAMAGED', damage: { part: 'snapshot', key: '2', height: 2, reason: 'checksum' } })
      })
    })

    describe('the votes-WAL', () => {
      it('gives back all records in order, over a restart, and forgets finalized heights', async () => {
        for (const [height, text] of [[4, 'a'], [4, 'b'], [5, 'c'], [6, 'd'], [5, 'late']] as const) await store.walAppend(height, utf8Bytes(text))
        await reopen()
        await store.walAppend(6, utf8Bytes('e'))
        const texts = async (): Promise<string[]> => (await store.walRead()).map((record) => new TextDecoder().decode(record))
        expect(await texts()).toEqual(['a', 'b', 'c', 'late', 'd', 'e'])
        await store.walPrune(6)
        expect(await texts()).toEqual(['d', 'e'])
        await store.walPrune(100)
        expect(await texts()).toEqual([])
      })

      it('never passes over a damaged record in silence', async () => {
        for (const height of [7, 8, 9]) await store.walAppend(height, utf8Bytes(`vote at ${height}`))
        await damageClosed('votes', voteKey(8, 2))
        expect(await refusal(() => store.walRead())).toBe('WAL_DAMAGED')
        expect((await store.verify('full')).damaged).toEqual([{ part: 'votes', key: '8/2', height: 8, reason: 'checksum' }])
        expect(await store.walDiscardDamaged()).toBe(8)
        expect(await store.walRead()).toHaveLength(2)
        expect(await store.walDiscardDamaged()).toBe(0)
      })
    })

    describe('opening', () => {
      it('refuses a second opener until the first closes', async () => {
        expect(await refusal(() => place.open())).toBe('STORAGE_LOCKED')
        await store.close()
        const second = await place.open()
        await second.close()
        await reopen()
      })

      it('refuses the store of another world, changing nothing', async () => {
        await commitTo(1)
        await store.close()
        expect(await refusal(() => place.open({ world_id: `other.${'00'.repeat(32)}` }))).toBe('STORAGE_WRONG_WORLD')
        expect(await refusal(() => place.open({ world_id: '' }))).toBe('STORAGE_BAD_INPUT')
        await reopen()
        expect((await store.head())?.height).toBe(1)
      })

      it('refuses an unknown format', async () => {
        await store.close()
        const engine = await place.engine()
        const { putSealed } = await import('../store-context.ts')
        const { encodeCanonical } = await import('../../codec/index.ts')
        await engine.write([putSealed('control', nameKey('format'), encodeCanonical({ format: 99, world_id: 'w' }))])
        await engine.close()
        expect(await refusal(() => place.open())).toBe('STORAGE_FORMAT')
        expect(await refusal(() => place.open())).toBe('STORAGE_FORMAT')
      })

      it('reports a damaged or missing head commit, which can be put back', async () => {
        await commitTo(3)
        await damageClosed('blocks', numberKey(3))
        expect(store.openReport.damaged).toEqual([{ part: 'commit', key: '3', height: 3, reason: 'checksum' }])
        await store.repairBlock(recordOf(blockAt(3)))
        expect((await store.verify('quick')).damaged).toEqual([])
        await store.close()
        const engine = await place.engine()
        await engine.write([{ kind: 'delete', table: 'blocks', key: numberKey(2) }])
        await engine.close()
        await reopen()
        expect(store.openReport.damaged).toEqual([])
        expect((await store.verify('full')).damaged).toEqual([{ part: 'commit', key: '2', height: 2, reason: 'missing' }])
      })

      it('reports a commit that is intact but not the one the head names', async () => {
        await commitTo(2)
        await store.close()
        const engine = await place.engine()
        const { encodeBlockRow } = await import('../block-log.ts')
        const { putSealed } = await import('../store-context.ts')
        await engine.write([putSealed('blocks', numberKey(2), encodeBlockRow(blockAt(2, [], 'other')))])
        await engine.close()
        await reopen()
        expect(store.openReport.damaged).toEqual([{ part: 'commit', key: '2', height: 2, reason: 'content' }])
      })

      it('without a readable head keeps the blocks, so that a snapshot and they bring the state back', async () => {
        await commitTo(5)
        await damageClosed('control', nameKey('head'))
        expect(store.openReport.damaged).toEqual([{ part: 'head', key: 'head', height: 0, reason: 'checksum' }])
        expect(await store.head()).toBeNull()
        expect((await store.readCommit(5))?.height).toBe(5)
        await store.replaceState([counter(4)], { ...recordOf(blockAt(4)), state_root: blockAt(4).state_root })
        await store.commitBlock(blockAt(5))
        expect([(await store.head())?.height, await heightOfState(), await store.earliestHeight()]).toEqual([5, 5, 1])
      })

      it('without a head or the first blocks starts over from block one, with no gap in the log', async () => {
        await commitTo(5)
        await store.putSnapshot({ height: 5, manifest: utf8Bytes('m'), chunk_hashes: [] })
        await store.prune(4)
        await damageClosed('control', nameKey('head'))
        await store.commitBlock(blockAt(1))
        expect([await store.earliestHeight(), await store.readCommit(4), await heightOfState()]).toEqual([1, null, 1])
        await reopen()
        expect((await store.verify('full')).damaged).toEqual([])
      })

      it('finds a row that stands in another place than it was written to', async () => {
        await commitTo(2)
        await store.close()
        const engine = await place.engine()
        const row = (await engine.get('events', numberKey(1)))!
        await engine.write([{ kind: 'put', table: 'events', key: numberKey(2), value: row }, { kind: 'put', table: 'receipts', key: numberKey(1), value: row }])
        await engine.close()
        await reopen()
        expect([await store.readEvents(2), await store.readReceipts(1)]).toEqual([null, null])
      })

      it('writes a damaged format mark anew and says so', async () => {
        await commitTo(1)
        await damageClosed('control', nameKey('format'))
        expect(store.openReport.damaged).toEqual([{ part: 'file', key: 'format', height: 0, reason: 'checksum' }])
        await reopen()
        expect(store.openReport.damaged).toEqual([])
      })

      it('refuses every call after closing', async () => {
        await store.close()
        for (const call of [
          () => store.head(), () => store.commitBlock(blockAt(1)), () => store.readCommit(1), () => collect(store.stateEntries()), () => store.putBlob(utf8Bytes('x')),
          () => store.getBlob('00'.repeat(32)), () => store.walAppend(1, utf8Bytes('x')), () => store.walRead(), () => store.getMeta('x'), () => store.verify('full'),
        ]) expect(await refusal(call)).toBe('STORAGE_CLOSED')
        await store.close()
      })
    })

    describe('small values', () => {
      it('are kept, replaced and deleted by name', async () => {
        await store.setMeta('peers.known', utf8Bytes('one'))
        await store.setMeta('peers.known', utf8Bytes('two'))
        await reopen()
        expect(await store.getMeta('peers.known')).toEqual(utf8Bytes('two'))
        await store.setMeta('peers.known', null)
        expect(await store.getMeta('peers.known')).toBeNull()
      })
    })

    it('refuses hostile sizes, names and types everywhere, storing nothing', async () => {
      const bytes = (length: number): Uint8Array => new Uint8Array(length)
      const block = blockAt(1)
      const hostile: (() => Promise<unknown>)[] = [
        () => store.commitBlock({ ...block, commit: bytes(MAX_COMMIT_BYTES + 1) }), () => store.commitBlock({ ...block, commit: bytes(0) }),
        () => store.commitBlock({ ...block, height: 0 }), () => store.commitBlock({ ...block, height: 1.5 }), () => store.commitBlock({ ...block, height: 2 ** 60 }),
        () => store.commitBlock({ ...block, block_hash: bytes(31) }), () => store.commitBlock({ ...block, state_root: bytes(33) }),
        () => store.commitBlock({ ...block, events: null as unknown as Uint8Array }), () => store.commitBlock(blockAt(1, [{ key: '', value: bytes(1) }])),
        () => store.commitBlock(blockAt(1, [{ key: 'é'.repeat(MAX_STATE_KEY_BYTES / 2 + 1), value: bytes(1) }])),
        () => store.commitBlock(blockAt(1, [{ key: '\ud800', value: bytes(1) }])), () => store.commitBlock(blockAt(1, [counter(1), counter(2)])),
        () => store.commitBlock(blockAt(1, [{ key: 'k', value: bytes(MAX_STATE_VALUE_BYTES + 1) }])),
        () => store.commitBlock({ ...block, blobs: Array.from({ length: 65 }, (_, i) => ({ bytes: Uint8Array.of(i), pin: 'p' })) }),
        () => store.putBlob(bytes(MAX_BLOB_BYTES + 1)), () => store.putBlob('text' as unknown as Uint8Array), () => store.putBlob(bytes(1), 'p'.repeat(81)),
        () => store.putSnapshot({ height: 1, manifest: bytes(1), chunk_hashes: Array.from({ length: 4097 }, () => '00'.repeat(32)) }),
        () => store.putSnapshot({ height: -1, manifest: bytes(1), chunk_hashes: [] }), () => store.retainSnapshots(0), () => store.evictBlobs(-1),
        () => store.walAppend(1, bytes(MAX_WAL_RECORD_BYTES + 1)), () => store.walAppend(0, bytes(1)), () => store.walPrune(Number.NaN),
        () => store.setMeta('Name', bytes(1)), () => store.setMeta('../x', bytes(1)), () => store.setMeta('x', bytes(MAX_META_BYTES + 1)), () => store.getMeta('x'.repeat(65)),
        () => store.readCommit(0), () => store.readRange(0.5, 1, 1), () => store.readEvents(-1), () => store.prune(0), () => store.readState(''),
      ]
      for (const [i, call] of hostile.entries()) expect(await refusal(call), `call ${i}: ${call}`).toBe('STORAGE_BAD_INPUT')
      await reopen()
      expect([await store.head(), await store.listBlobs(), await store.listSnapshots(), await store.walRead()]).toEqual([null, [], [], []])
      expect((await store.verify('full')).checked).toBe(0)
    })
  })
}
