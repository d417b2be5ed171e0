/** Nonces of group signatures in a browser. What calls them, and why each is used once, is in `crypto/frost`. */
import { openDB } from 'idb'
import type { frost } from '../crypto/index.ts'
import { translated } from './indexeddb.ts'

const TABLE = 'nonces'

/** A store in one IndexedDB database: taking reads and removes in one transaction, which is on disk before its result is seen. Throws `StorageError`. */
export async function openNonceDatabase(name: string): Promise<frost.NonceStore & { readonly close: () => void }> {
  const database = await translated(() => openDB(name, 1, { upgrade: (upgraded) => void upgraded.createObjectStore(TABLE) }))
  return {
    put: (id, nonces) => translated(async () => {
      const transaction = database.transaction(TABLE, 'readwrite', { durability: 'strict' })
      await Promise.all([transaction.store.add(nonces.slice(), id), transaction.done])
    }),
    take: (id) => translated(async () => {
      const transaction = database.transaction(TABLE, 'readwrite', { durability: 'strict' })
      const [held] = await Promise.all([transaction.store.get(id) as Promise<Uint8Array | undefined>, transaction.store.delete(id), transaction.done])
      return held ?? null
    }),
    close: () => database.close(),
  }
}
