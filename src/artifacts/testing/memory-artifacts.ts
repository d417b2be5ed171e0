import { sha256, toHex } from '../../codec/index.ts'
import type { BlobStore, HashIndex } from '../index.ts'

export interface MemoryArtifacts {
  readonly store: BlobStore
  readonly index: HashIndex
  readonly blobs: Map<string, Uint8Array>
  readonly hashes: Map<string, string>
}

export const hashOf = (bytes: Uint8Array): string => toHex(sha256(bytes))

/** A store and an index whose content tests see and damage. */
export function memoryArtifacts(): MemoryArtifacts {
  const blobs = new Map<string, Uint8Array>()
  const hashes = new Map<string, string>()
  return {
    blobs, hashes,
    store: {
      get: async (hash) => blobs.get(hash) ?? null,
      put: async (hash, bytes) => void blobs.set(hash, bytes),
      remove: async (hash) => void blobs.delete(hash),
    },
    index: { get: async (moduleId) => hashes.get(moduleId) ?? null, set: async (moduleId, hash) => void hashes.set(moduleId, hash) },
  }
}
