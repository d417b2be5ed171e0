import { describe, expect, it } from 'vitest'
import { takeLock, tryLock } from './tab-lock.ts'
import type { TabLockEvents } from './tab-lock.ts'

const ignored: TabLockEvents = { onAsked: () => undefined, onStolen: () => undefined }

describe('one node per browser', () => {
  it('gives the lock to one tab, and to the next only after the first has stopped its node and let go', async () => {
    const asked = Promise.withResolvers<void>()
    const first = (await tryLock({ ...ignored, onAsked: asked.resolve }))!
    expect(first).not.toBeNull()
    expect(await tryLock(ignored)).toBeNull()

    let moved = false
    const second = takeLock(ignored).then((lock) => {
      moved = true
      return lock
    })
    await asked.promise
    expect(moved).toBe(false)
    first.release()
    ;(await second).release()
  })

  it('is free again after a release', async () => {
    const lock = await tryLock(ignored)
    expect(lock).not.toBeNull()
    lock!.release()
    const again = await takeLock(ignored)
    again.release()
  })
})
