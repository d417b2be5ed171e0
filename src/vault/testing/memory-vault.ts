import { openKeyStore } from '../key-store.ts'
import type { KeyStore } from '../key-store.ts'
import { platformCrypto } from '../keystore.ts'
import { Vault } from '../vault.ts'

export const FAST = { memory_kib: 1024, iterations: 1, parallelism: 1 } as const

/** A clock and its timers, moved by hand. */
export class ManualTime {
  now = 1_000_000
  readonly #timers = new Map<symbol, { readonly at: number; readonly callback: () => void }>()

  readonly schedule = (ms: number, callback: () => void): (() => void) => {
    const id = Symbol('timer')
    this.#timers.set(id, { at: this.now + ms, callback })
    return () => void this.#timers.delete(id)
  }

  pending(): number {
    return this.#timers.size
  }

  /** Moves the clock; `quietly` without the timers, as in a page that sleeps. */
  advance(ms: number, quietly = false): void {
    this.now += ms
    if (quietly) return
    for (const [id, { at, callback }] of this.#timers) {
      if (at > this.now) continue
      this.#timers.delete(id)
      callback()
    }
  }
}

export interface TestVault {
  readonly vault: Vault
  readonly store: KeyStore
  readonly time: ManualTime
}

let databases = 0

export const freshDatabase = (): string => `vault-test-${databases++}`

/** A vault of its own, or one more tab on the same database. */
export async function openVault(name: string = freshDatabase(), time: ManualTime = new ManualTime()): Promise<TestVault> {
  const store = await openKeyStore(name)
  const vault = new Vault({ store, crypto: platformCrypto(), now: () => time.now, schedule: time.schedule, argon2: FAST })
  return { vault, store, time }
}
