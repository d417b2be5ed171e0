import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'
import type { ConflictEvidence } from './types.ts'

export type LightErrorCode =
  // one header with its certificate and validator set
  | 'MALFORMED' | 'WRONG_WORLD' | 'WRONG_HEIGHT' | 'WRONG_ROUND' | 'WRONG_BLOCK_HASH' | 'WRONG_VALIDATOR_SET' | 'BAD_BITMAP'
  | 'WRONG_SIGNATURE_COUNT' | 'TOO_FEW_STAKE' | 'BAD_SIGNATURE'
  // a header against one that is already trusted
  | 'NOT_NEWER' | 'TIME_NOT_MONOTONE' | 'HEADER_FROM_FUTURE' | 'NOT_ENOUGH_TRUST' | 'WRONG_PARENT_HASH'
  // the client
  | 'BAD_OPTIONS' | 'BAD_CHECKPOINT' | 'WRONG_CHECKPOINT' | 'CHECKPOINT_EXPIRED' | 'NOT_FOUND' | 'SOURCE_FAILED' | 'TOO_MANY_STEPS'
  | 'NOT_CROSS_CHECKED' | 'LIGHT_CONFLICT'
  // state proofs
  | 'BAD_PROOF' | 'WRONG_STATE_ROOT' | 'WRONG_VALUE' | 'UNKNOWN_STATE_ROOT'

/** Something could not be verified. Nothing was accepted; the head and everything trusted before stay as they were. */
export class LightError extends AppError {
  declare readonly code: LightErrorCode

  constructor(code: LightErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

/** Two headers of one height, both with valid certificates: more than a third of stake signed both. The client stops. */
export class LightConflictError extends LightError {
  readonly evidence: ConflictEvidence

  constructor(message: string, evidence: ConflictEvidence) {
    super('LIGHT_CONFLICT', message, {
      height: evidence.primary.header.height,
      common_height: evidence.common_height,
      witness: evidence.witness_index,
      double_signers: evidence.double_signers.join(','),
    })
    this.evidence = evidence
  }
}
