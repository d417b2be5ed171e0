export { StorageError } from './errors.ts'
export type { StorageErrorCode } from './errors.ts'
export * from './limits.ts'
export { createMemoryDisk, openMemoryStorage } from './memory.ts'
export type { MemoryDisk } from './memory.ts'
export type {
  BlobInfo, BlockCommit, BlockRecord, Damage, EvictReport, NodeStorage, PartName, PinnedBlob, PruneReport, RestoredHead, SnapshotRecord, StateEntry,
  StateWrite, StorageEvent, StorageHead, StorageOptions, StorageReport, StoredCommit,
} from './types.ts'
