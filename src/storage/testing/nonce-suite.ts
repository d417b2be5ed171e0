import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { frost } from '../../crypto/index.ts'

export interface NoncePlace {
  /** Opens what is there, any number of times. */
  open(): Promise<frost.NonceStore>
  remove(): Promise<void>
}

const id = (n: number): string => n.toString(16).padStart(64, '0')

/** What every store of nonces must do. */
export function describeNonceStore(name: string, createPlace: () => Promise<NoncePlace>): void {
  describe(`nonces: ${name}`, () => {
    let place: NoncePlace
    beforeEach(async () => {
      place = await createPlace()
    })
    afterEach(() => place.remove())

    it('are given once, each under its own id', async () => {
      const store = await place.open()
      await store.put(id(1), Uint8Array.of(1, 1))
      await store.put(id(2), Uint8Array.of(2))
      expect(await store.take(id(1))).toEqual(Uint8Array.of(1, 1))
      expect(await store.take(id(1))).toBeNull()
      expect(await store.take(id(2))).toEqual(Uint8Array.of(2))
      expect(await store.take(id(3))).toBeNull()
    })

    it('are given once among all who ask at a time, through whichever opening', async () => {
      const [one, other] = [await place.open(), await place.open()]
      await one.put(id(1), Uint8Array.of(7))
      const given = await Promise.all([one, other, one, other].map((store) => store.take(id(1))))
      expect(given.filter((nonces) => nonces !== null)).toEqual([Uint8Array.of(7)])
    })

    it('outlive the opening they were kept in, and stay taken', async () => {
      await (await place.open()).put(id(1), Uint8Array.of(7))
      expect(await (await place.open()).take(id(1))).toEqual(Uint8Array.of(7))
      expect(await (await place.open()).take(id(1))).toBeNull()
    })

    it('are copied: what the caller wipes stays kept', async () => {
      const store = await place.open()
      const nonces = Uint8Array.of(7)
      await store.put(id(1), nonces)
      nonces.fill(0)
      expect(await store.take(id(1))).toEqual(Uint8Array.of(7))
    })

    it('never take the place of others', async () => {
      const store = await place.open()
      await store.put(id(1), Uint8Array.of(1))
      await expect(store.put(id(1), Uint8Array.of(2))).rejects.toThrow()
      expect(await store.take(id(1))).toEqual(Uint8Array.of(1))
    })
  })
}
