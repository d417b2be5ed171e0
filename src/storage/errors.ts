import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type StorageErrorCode =
  /** Another process, worker or tab has it open. */
  | 'STORAGE_LOCKED'
  | 'STORAGE_CLOSED'
  /** Written by a newer or older format of this software. */
  | 'STORAGE_FORMAT'
  /** Holds another world than the one asked for. */
  | 'STORAGE_WRONG_WORLD'
  /** Stored bytes are not what was written. */
  | 'STORAGE_DAMAGED'
  /** An acknowledged vote record cannot be read: the validator may have signed what it does not remember. */
  | 'WAL_DAMAGED'
  /** The disk or the browser's quota is full. */
  | 'STORAGE_FULL'
  | 'STORAGE_IO'
  /** This browser or runtime lacks what the back end needs. */
  | 'STORAGE_UNAVAILABLE'
  /** A block that does not follow the head, or a repair outside the log. */
  | 'STORAGE_OUT_OF_ORDER'
  /** Another block is stored at that height. */
  | 'STORAGE_CONFLICT'
  /** The state moved on while it was read or replaced; start again. */
  | 'STATE_CHANGED'
  /** A key or value beyond the limits, or of the wrong type. */
  | 'STORAGE_BAD_INPUT'
  /** A snapshot or pin names a blob that is not stored. */
  | 'BLOB_MISSING'
  /** Pruning at or above the newest snapshot would lose history that nothing can restore. */
  | 'PRUNE_REFUSED'

/** The store refused or failed. Unless the code says damage, what was stored before is unchanged. */
export class StorageError extends AppError {
  declare readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
