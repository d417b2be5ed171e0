import { AppError, sha256, toHex } from '../codec/index.ts'
import { ArtifactError } from './errors.ts'

/** Bytes by their SHA-256 in lowercase hex. What it gives is hashed again, so it need not be trusted. */
export interface BlobStore {
  get(hash: string): Promise<Uint8Array | null>
  put(hash: string, bytes: Uint8Array): Promise<void>
  remove(hash: string): Promise<void>
}

/** The hash each module was last loaded under, so that what was built here is not built again at every start. */
export interface HashIndex {
  get(moduleId: string): Promise<string | null>
  set(moduleId: string, hash: string): Promise<void>
}

export interface MaterializerInit {
  readonly store: BlobStore
  readonly index: HashIndex
  /** Bytes of a hash from elsewhere (`fetch-blob`); null when nobody has them. Default: nobody. */
  readonly fetchBlob?: (hash: string) => Promise<Uint8Array | null>
  /** Builds a module from its source; null where there is no source or no compiler. Default: never. */
  readonly build?: (moduleId: string) => Promise<Uint8Array | null>
}

/** Where bytes came from. */
export type MaterializedFrom = 'store' | 'index' | 'peer' | 'build'

export interface Materialized {
  readonly module_id: string
  readonly wasm: Uint8Array
  /** That of `wasm`. */
  readonly wasm_hash: string
  readonly from: MaterializedFrom
  /** Whether the hash is on the list; only a build of this machine may be off it. */
  readonly listed: boolean
}

export interface MaterializerCounts extends Readonly<Record<MaterializedFrom, number>> {
  /** Stored bytes that were no longer what they were stored as; dropped. */
  readonly damaged: number
  /** Bytes from elsewhere that were not what was asked for; dropped. */
  readonly refused: number
}

/** Gets the bytes of modules (DESIGN §7): store by listed hash, index, peers, local build. Bytes from elsewhere must be on the list. */
export class Materializer {
  private readonly init: MaterializerInit
  private readonly counted = { store: 0, index: 0, peer: 0, build: 0, damaged: 0, refused: 0 }

  constructor(init: MaterializerInit) {
    this.init = init
  }

  counts(): MaterializerCounts {
    return { ...this.counted }
  }

  /**
   * Throws `ARTIFACT_MISSING` when no step gives bytes, and whatever store, index or build throw. Who can use only listed bytes skips the
   * index: what it leads to is on no list, or the store would have given it, and must not stand before peers and a new build.
   */
  async materialize(moduleId: string, hashes: readonly string[], { skipIndex = false }: { readonly skipIndex?: boolean } = {}): Promise<Materialized> {
    const found = (await this.fromStore(hashes)) ?? (skipIndex ? null : await this.fromIndex(moduleId)) ?? (await this.fromPeers(hashes)) ?? (await this.fromBuild(moduleId))
    if (found === null) {
      throw new ArtifactError(
        'ARTIFACT_MISSING',
        `The bytes of ${moduleId} are not stored here, no peer gave them, and it cannot be built here. Restore artifacts/modules, or connect to a peer that has ${hashes[0] ?? 'them'}.`,
        { module_id: moduleId },
      )
    }
    const { wasm, from } = found
    const wasm_hash = hashOf(wasm)
    if (from === 'peer' || from === 'build') await this.init.store.put(wasm_hash, wasm)
    if (from !== 'index') await this.init.index.set(moduleId, wasm_hash)
    this.counted[from]++
    return { module_id: moduleId, wasm, wasm_hash, from, listed: hashes.includes(wasm_hash) }
  }

  private async fromStore(hashes: readonly string[]): Promise<Found | null> {
    for (const hash of hashes) {
      const wasm = await this.stored(hash)
      if (wasm !== null) return { wasm, from: 'store' }
    }
    return null
  }

  private async fromIndex(moduleId: string): Promise<Found | null> {
    const hash = await this.init.index.get(moduleId)
    const wasm = hash === null ? null : await this.stored(hash)
    return wasm === null ? null : { wasm, from: 'index' }
  }

  private async fromPeers(hashes: readonly string[]): Promise<Found | null> {
    for (const hash of this.init.fetchBlob === undefined ? [] : hashes) {
      const wasm = await this.fetched(hash)
      if (wasm === null) continue
      if (hashOf(wasm) === hash) return { wasm, from: 'peer' }
      this.counted.refused++
    }
    return null
  }

  private async fromBuild(moduleId: string): Promise<Found | null> {
    const wasm = (await this.init.build?.(moduleId)) ?? null
    return wasm === null ? null : { wasm, from: 'build' }
  }

  /** A peer that fails is one that does not have it. */
  private async fetched(hash: string): Promise<Uint8Array | null> {
    try {
      return (await this.init.fetchBlob?.(hash)) ?? null
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  private async stored(hash: string): Promise<Uint8Array | null> {
    const wasm = await this.init.store.get(hash)
    if (wasm === null || hashOf(wasm) === hash) return wasm
    this.counted.damaged++
    await this.init.store.remove(hash)
    return null
  }
}

interface Found {
  readonly wasm: Uint8Array
  readonly from: MaterializedFrom
}

const hashOf = (wasm: Uint8Array): string => toHex(sha256(wasm))
