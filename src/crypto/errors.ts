import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type CryptoErrorCode = 'SEED_INVALID'

/** A key the caller handed over cannot be used. Bad signatures are never errors: verification answers false. */
export class CryptoError extends AppError {
  declare readonly code: CryptoErrorCode

  constructor(code: CryptoErrorCode, message: string, detail: ErrorDetail = {}) {
    super(code, message, detail)
  }
}
