import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type ReplicationErrorCode = 'NO_PEER' | 'NOT_FOUND' | 'SNAPSHOT_INVALID' | 'SNAPSHOT_UNVERIFIED'

/** Nothing useful could be fetched; what is stored stays as it was. */
export class ReplicationError extends AppError {
  declare readonly code: ReplicationErrorCode

  constructor(code: ReplicationErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
