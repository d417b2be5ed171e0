import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type AuditErrorCode =
  // asking for an export
  | 'FILTER_INVALID' | 'RANGE_EMPTY' | 'CURSOR_INVALID' | 'BLOCK_MISSING' | 'DIRECTORY_INVALID'
  // the form of a file
  | 'FILE_EMPTY' | 'LINE_TOO_LONG' | 'LINE_MALFORMED' | 'LINE_OUT_OF_PLACE' | 'TRUNCATED'
  // what a file says
  | 'WRONG_WORLD' | 'WRONG_GENESIS' | 'GENESIS_INVALID' | 'WRONG_VALIDATOR_SET' | 'CERTIFICATE_INVALID' | 'WRONG_ORDER' | 'OUTSIDE_FILTER' | 'WRONG_EVENT_ID'
  | 'NOT_IN_BLOCK' | 'EVENT_CHAIN_BROKEN' | 'WRONG_COUNT' | 'WRONG_CHECKPOINT' | 'CHECKPOINT_INVALID' | 'CHECKPOINT_NOT_COVERED'

/** An export that cannot be made, or a file that does not hold what it should. `detail.line` names the first bad line, counted from 1. */
export class AuditError extends AppError {
  declare readonly code: AuditErrorCode

  constructor(code: AuditErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
