import { openDB } from 'idb'
import type { TrustedSigner } from '../world/index.ts'
import { BUILTIN_SIGNERS, decodeBase64 } from './builtin.ts'
import type { BuiltinModule } from './builtin.ts'
import { materializedModules } from './materialized-modules.ts'
import { Materializer } from './materializer.ts'
import type { BlobStore, HashIndex } from './materializer.ts'
import { embeddedModules, MODULE_SETS } from './sets.ts'
import type { ModuleSet } from './sets.ts'

const DATABASE = 'agent-world-artifacts'
const BLOBS = 'blobs'
const INDEX = 'module_hash_index'

export interface BrowserArtifacts {
  readonly store: BlobStore
  readonly index: HashIndex
  close(): void
}

/** A store and an index of modules in this browser's IndexedDB; where it stores nothing, both live as long as the page. */
export async function openBrowserArtifacts(name: string = DATABASE): Promise<BrowserArtifacts> {
  const tables = await openTables(name)
  return {
    store: {
      get: async (hash) => {
        const bytes = await tables.get(BLOBS, hash)
        return bytes instanceof Uint8Array ? bytes : null
      },
      put: (hash, bytes) => tables.put(BLOBS, hash, bytes),
      remove: (hash) => tables.remove(BLOBS, hash),
    },
    index: {
      get: async (moduleId) => {
        const hash = await tables.get(INDEX, moduleId)
        return typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash) ? hash : null
      },
      set: (moduleId, hash) => tables.put(INDEX, moduleId, hash),
    },
    close: tables.close,
  }
}

/** The modules a world of this browser starts with, kept in IndexedDB, and whose signatures they carry. Throws what `materializedModules` throws. */
export async function browserModules(): Promise<{ readonly modules: readonly BuiltinModule[]; readonly trustedSigners: readonly TrustedSigner[] }> {
  const artifacts = await openBrowserArtifacts()
  try {
    return { modules: await materializedModules(new Materializer({ ...artifacts, fetchBlob: embeddedBlobs() })), trustedSigners: BUILTIN_SIGNERS }
  } finally {
    artifacts.close()
  }
}

/** Gives the bytes that came with the page, by hash; the page takes the place of a peer. */
export function embeddedBlobs(sets: readonly ModuleSet[] = MODULE_SETS): (hash: string) => Promise<Uint8Array | null> {
  return async (hash) => {
    const found = (await embeddedModules(sets)).find(({ manifest }) => manifest.wasm_hash === hash)
    return found === undefined ? null : decodeBase64(found.wasm_base64)
  }
}

interface Tables {
  get(table: string, key: string): Promise<unknown>
  put(table: string, key: string, value: unknown): Promise<void>
  remove(table: string, key: string): Promise<void>
  readonly close: () => void
}

async function openTables(name: string): Promise<Tables> {
  try {
    const database = await openDB(name, 1, {
      upgrade: (db) => {
        db.createObjectStore(BLOBS)
        db.createObjectStore(INDEX)
      },
    })
    return {
      get: (table, key) => database.get(table, key),
      put: async (table, key, value) => void (await database.put(table, value, key)),
      remove: (table, key) => database.delete(table, key),
      close: () => database.close(),
    }
  } catch {
    const tables: Record<string, Map<string, unknown>> = { [BLOBS]: new Map(), [INDEX]: new Map() }
    return {
      get: async (table, key) => tables[table]!.get(key),
      put: async (table, key, value) => void tables[table]!.set(key, value),
      remove: async (table, key) => void tables[table]!.delete(key),
      close: () => undefined,
    }
  }
}
