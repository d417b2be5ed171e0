import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Change, Engine } from '../engine.ts'
import type { Place } from './harness.ts'

const key = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
const put = (at: Uint8Array, value: Uint8Array): Change => ({ kind: 'put', table: 'state', key: at, value })

/** What every engine must do, whatever it keeps its bytes in. */
export function describeEngine(name: string, createPlace: () => Promise<Place>): void {
  describe(`engine: ${name}`, () => {
    let place: Place
    let engine: Engine
    beforeEach(async () => {
      place = await createPlace()
      engine = await place.engine()
    })
    afterEach(async () => {
      await engine.close()
      await place.remove()
    })
    const keysNow = async (): Promise<number[][]> => (await engine.keys('state', {}, 100)).map((found) => [...found])

    it('orders keys by their bytes, a prefix first, and bounds ranges from inclusive to exclusive', async () => {
      const keys = [[200], [2], [1, 0], [1], [0, 255], [255], [128, 1]]
      await engine.write(keys.map((bytes) => put(key(...bytes), key(...bytes))))
      const sorted = [[0, 255], [1], [1, 0], [2], [128, 1], [200], [255]]
      expect(await keysNow()).toEqual(sorted)
      const rows = await engine.scan('state', { from: key(1), to: key(200) }, 10)
      expect(rows.map((row) => [...row.key])).toEqual([[1], [1, 0], [2], [128, 1]])
      expect(rows.map((row) => [...row.value])).toEqual([[1], [1, 0], [2], [128, 1]])
      expect((await engine.keys('state', { to: key(200) }, 2, 'descending')).map((found) => [...found])).toEqual([[128, 1], [2]])
      expect((await engine.scan('state', {}, 1, 'descending')).map((row) => [...row.value])).toEqual([[255]])
    })

    it('applies changes in order: the last word on a key counts', async () => {
      await engine.write([put(key(1), key(1)), put(key(2), key(2)), put(key(3), key(3))])
      await engine.write([
        { kind: 'delete-range', table: 'state', range: { from: key(2) } }, put(key(2), key(9)), put(key(1), key(7)), { kind: 'delete', table: 'state', key: key(1) },
      ])
      expect(await keysNow()).toEqual([[2]])
      expect(await engine.get('state', key(2))).toEqual(key(9))
      await engine.write([{ kind: 'delete-range', table: 'state', range: {} }])
      expect(await keysNow()).toEqual([])
    })

    it('leaves nothing of a write that fails half way', async () => {
      await engine.write([put(key(1), key(1))])
      function* broken(): Iterable<Change> {
        yield put(key(1), key(99))
        yield put(key(2), key(2))
        yield { kind: 'delete-range', table: 'state', range: {} }
        throw new Error('power cut')
      }
      await expect(engine.write(broken())).rejects.toThrow('power cut')
      expect(await keysNow()).toEqual([[1]])
      expect(await engine.get('state', key(1))).toEqual(key(1))
      await engine.write([put(key(2), key(2))])
      expect(await keysNow()).toEqual([[1], [2]])
    })

    it('keeps its own copies of what it is given and gives', async () => {
      const buffer = new Uint8Array(64).fill(7)
      await engine.write([put(key(1), buffer.subarray(8, 16))])
      buffer.fill(0)
      const read = await engine.get('state', key(1))
      expect(read).toEqual(new Uint8Array(8).fill(7))
      read!.fill(9)
      expect(await engine.get('state', key(1))).toEqual(new Uint8Array(8).fill(7))
    })

    it('finds nothing wrong with itself', async () => {
      expect(await engine.check()).toEqual([])
    })
  })
}
