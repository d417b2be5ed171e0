import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type ReplicationErrorCode = 'NO_PEER' | 'NOT_FOUND' | 'SNAPSHOT_INVALID' | 'STOPPED'

/** Nothing useful could be fetched; what is stored stays as it was. */
export class ReplicationError extends AppError {
  declare readonly code: ReplicationErrorCode

  constructor(code: ReplicationErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

/** True for bytes that are not canonical or not of the shape asked for: whoever sent them broke the protocol. */
export function isDecodeError(error: unknown): boolean {
  return error instanceof AppError && (error.code.startsWith('CBOR_') || error.code === 'SCHEMA_MISMATCH')
}
