import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type ChainErrorCode =
  | 'WRONG_WORLD' | 'WRONG_HEIGHT' | 'BAD_BLOCK' | 'EXECUTION_DIFFERS' | 'SNAPSHOT_DIFFERS' | 'STORAGE_DAMAGED' | 'CHAIN_FAILED' | 'CHECKPOINT_MISSING' | 'NO_HEAD'

/** A block this node refuses. Nothing of it was recorded; the head is what it was. */
export class ChainError extends AppError {
  declare readonly code: ChainErrorCode

  constructor(code: ChainErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
