import { openDB } from 'idb'

const DATABASE = 'agent-world-settings'
const STORE = 'settings'

/** Small secrets and choices of this browser's node that belong to no world. Kept in IndexedDB of this origin. */
export interface NodeSettings {
  /** 32 bytes, made by `make` and stored when missing; the same ever after. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>
  /** Any bytes, made when missing. */
  bytes(name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array>
}

export async function openNodeSettings(): Promise<NodeSettings> {
  const database = await openDB(DATABASE, 1, { upgrade: (db) => void db.createObjectStore(STORE) })
  const bytes: NodeSettings['bytes'] = async (name, make) => {
    const stored: unknown = await database.get(STORE, name)
    if (stored instanceof Uint8Array) return stored
    const made = await make()
    await database.put(STORE, made, name)
    return made
  }
  return {
    bytes,
    secret: async (name, make) => {
      const stored = await bytes(name, async () => make())
      return stored.length === 32 ? stored : make()
    },
  }
}
