import { AppError } from '../../codec/index.ts'
import type { ErrorDetail } from '../../codec/index.ts'

export type FrostErrorCode =
  // what the caller asked for
  | 'GROUP_INVALID' | 'KEY_SHARE_INVALID' | 'NOT_A_PARTICIPANT' | 'WRONG_ROUND' | 'WEAK_RANDOMNESS'
  // what a participant sent; `detail.participant` names it
  | 'MESSAGE_MALFORMED' | 'MESSAGE_MISSING' | 'MESSAGE_DUPLICATE' | 'MESSAGE_UNEXPECTED'
  | 'COMMITMENT_INVALID' | 'PROOF_INVALID' | 'SHARE_INVALID' | 'TRANSCRIPTS_DIFFER'
  | 'NONCE_COMMITMENT_INVALID' | 'SIGNATURE_SHARE_INVALID'
  // signing
  | 'TOO_FEW_SIGNERS' | 'NONCE_USED'

/**
 * Making a group key or a signature failed. Where somebody else is at fault, `detail.participant` is the first of them and
 * `participants` all that are known: leave them out and start again.
 */
export class FrostError extends AppError {
  declare readonly code: FrostErrorCode
  readonly participants: readonly string[]

  constructor(code: FrostErrorCode, message: string, participants: readonly string[] = [], detail: ErrorDetail = {}) {
    super(code, message, participants.length === 0 ? detail : { participant: participants[0]!, ...detail })
    this.participants = participants
  }
}

/** Throws an error that names one participant. */
export function blame(code: FrostErrorCode, participant: string, message: string, detail: ErrorDetail = {}): never {
  throw new FrostError(code, message, [participant], detail)
}
