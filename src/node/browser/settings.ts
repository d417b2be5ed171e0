import { openDB } from 'idb'

const DATABASE = 'agent-world-settings'
const STORE = 'settings'

/** Small secrets and choices of this browser's node that belong to no world. Kept in IndexedDB of this origin. */
export interface NodeSettings {
  /** 32 bytes, made by `make` and stored when missing; the same ever after. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>
  /** Any bytes, made when missing. */
  bytes(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>
  close(): void
}

interface ByteStore {
  get(name: string): Promise<unknown>
  put(name: string, value: Uint8Array): Promise<unknown>
  close(): void
}

/** Where the browser stores nothing, the settings live as long as the page. */
export async function openNodeSettings(): Promise<NodeSettings> {
  const store = await openByteStore()
  const bytes: NodeSettings['bytes'] = async (name, make) => {
    const stored = await store.get(name)
    if (stored instanceof Uint8Array) return stored
    const made = await make()
    await store.put(name, made)
    return made
  }
  return {
    bytes,
    secret: async (name, make) => {
      const stored = await bytes(name, async () => make())
      if (stored.length === 32) return stored
      const made = make()
      await store.put(name, made)
      return made
    },
    close: () => store.close(),
  }
}

async function openByteStore(): Promise<ByteStore> {
  try {
    const database = await openDB(DATABASE, 1, { upgrade: (db) => void db.createObjectStore(STORE) })
    return {
      get: (name) => database.get(STORE, name),
      put: (name, value) => database.put(STORE, value, name),
      close: () => database.close(),
    }
  } catch {
    const values = new Map<string, Uint8Array>()
    return { get: async (name) => values.get(name), put: async (name, value) => values.set(name, value), close: () => values.clear() }
  }
}
