import { openDB } from 'idb'
import type { IDBPDatabase } from 'idb'
import type { Value } from '../codec/index.ts'
import { VaultError } from './errors.ts'
import { keyRecordSchema } from './key-record.ts'
import type { KeyRecord } from './key-record.ts'

const STORE = 'keys'
/** More than anyone keeps apart. */
export const MAX_KEYS = 64

/** Where wrapped keys lie. Every change is one transaction, so tabs never overwrite each other's. */
export interface KeyStore {
  /** In order of creation. */
  readonly list: () => Promise<KeyRecord[]>
  /** Throws `KEY_NOT_FOUND`. */
  readonly get: (keyId: string) => Promise<KeyRecord>
  /** Throws `KEY_EXISTS`, `TOO_MANY_KEYS`. */
  readonly add: (record: KeyRecord) => Promise<void>
  /** Reads, changes and writes at once; an error of `change` leaves the record as it was. Throws `KEY_NOT_FOUND`. */
  readonly update: (keyId: string, change: (record: KeyRecord) => KeyRecord) => Promise<KeyRecord>
  readonly remove: (keyId: string) => Promise<void>
  readonly close: () => void
}

export const VAULT_DATABASE = 'agent-world-vault'

export async function openKeyStore(name: string = VAULT_DATABASE): Promise<KeyStore> {
  const database = await openDB(name, 1, { upgrade: (db) => void db.createObjectStore(STORE, { keyPath: 'key_id' }) })
  return {
    list: async () => {
      const records = (await database.getAll(STORE)).flatMap((stored) => readable(stored) ?? [])
      return records.sort((a, b) => a.created_at - b.created_at || (a.key_id < b.key_id ? -1 : 1))
    },
    get: async (keyId) => found(await database.get(STORE, keyId), keyId),
    add: (record) => add(database, record),
    update: (keyId, change) => update(database, keyId, change),
    remove: (keyId) => database.delete(STORE, keyId),
    close: () => database.close(),
  }
}

async function add(database: IDBPDatabase, record: KeyRecord): Promise<void> {
  const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' })
  const [count, stored] = await Promise.all([transaction.store.count(), transaction.store.get(record.key_id)])
  const exists = readable(stored) !== undefined
  const fits = stored !== undefined || count < MAX_KEYS
  if (!exists && fits) await transaction.store.put(record)
  await transaction.done
  if (exists) throw new VaultError('KEY_EXISTS', { key_id: record.key_id })
  if (!fits) throw new VaultError('TOO_MANY_KEYS', { max: MAX_KEYS })
}

async function update(database: IDBPDatabase, keyId: string, change: (record: KeyRecord) => KeyRecord): Promise<KeyRecord> {
  const transaction = database.transaction(STORE, 'readwrite', { durability: 'strict' })
  try {
    const changed = change(found(await transaction.store.get(keyId), keyId))
    await transaction.store.put(changed)
    await transaction.done
    return changed
  } catch (error) {
    await transaction.done.catch(() => undefined) // nothing was written: the error itself is what counts
    throw error
  }
}

function found(stored: unknown, keyId: string): KeyRecord {
  const record = readable(stored)
  if (record === undefined || record.key_id !== keyId) throw new VaultError('KEY_NOT_FOUND', { key_id: keyId })
  return record
}

/** A record that does not have the shape of one is as good as lost; its backup is not. */
function readable(stored: unknown): KeyRecord | undefined {
  try {
    return keyRecordSchema.parse(stored as Value | undefined, '')
  } catch {
    return undefined
  }
}
