import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type ConsensusErrorCode =
  | 'WAL_CORRUPT' | 'WAL_RECORD_TOO_LARGE' | 'WAL_WRONG_WORLD' | 'WAL_CONFLICT' | 'WAL_WRITE_FAILED'
  | 'CERTIFICATE_INVALID' | 'CERTIFICATE_NO_QUORUM' | 'EVIDENCE_INVALID'
  | 'COMMIT_WRONG_HEIGHT' | 'BLOCK_INVALID' | 'COMMIT_FAILED'
  | 'CERTIFIED_BLOCK_INVALID' | 'CERTIFIED_FORK' | 'SIGNER_FAILED' | 'HALTED' | 'INTERNAL'

/** A consensus fault with a stable code. */
export class ConsensusError extends AppError {
  declare readonly code: ConsensusErrorCode

  constructor(code: ConsensusErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
