import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type GenesisErrorCode = 'GENESIS_INVALID' | 'GENESIS_TOO_LARGE'

/** A genesis that describes no valid world. Nothing was created; get the genesis file again or correct it. */
export class GenesisError extends AppError {
  declare readonly code: GenesisErrorCode

  constructor(code: GenesisErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

export function invalidGenesis(message: string, detail: ErrorDetail = {}, cause?: unknown): never {
  throw new GenesisError('GENESIS_INVALID', message, detail, cause === undefined ? {} : { cause })
}

export type KernelErrorCode =
  | 'CHECKPOINT_MISSING' | 'CHECKPOINT_UNKNOWN'
  | 'WRONG_HEIGHT' | 'NOT_STAGED' | 'BAD_CONTEXT' | 'WRONG_STATE_ROOT' | 'BAD_STATE' | 'UNKNOWN_HEIGHT' | 'BAD_REQUEST'

/** The kernel was used against its contract, or was given a state that is not the one it was told. The committed state is unchanged. */
export class KernelError extends AppError {
  declare readonly code: KernelErrorCode

  constructor(code: KernelErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

export type SnapshotErrorCode = 'SNAPSHOT_INVALID' | 'SNAPSHOT_WRONG_WORLD' | 'SNAPSHOT_CHUNK_MISMATCH' | 'SNAPSHOT_INCOMPLETE' | 'SNAPSHOT_WRONG_ROOT'

/** Snapshot data that does not hold what its manifest says. The old state is unchanged; fetch the named chunk from another peer. */
export class SnapshotError extends AppError {
  declare readonly code: SnapshotErrorCode

  constructor(code: SnapshotErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

/**
 * The engine under the modules failed or was interrupted. Says nothing about block or module and is never a consensus result
 * (DESIGN §3.6): the block is rolled back, do not vote, retry on a fresh executor.
 */
export class ExecutionInterrupted extends AppError {
  declare readonly code: 'EXECUTION_INTERRUPTED'

  constructor(detail: string, options?: ErrorOptions) {
    super('EXECUTION_INTERRUPTED', `Execution did not finish (${detail}). The block is rolled back; run it again on a fresh executor.`, { fault: detail }, options)
  }
}
