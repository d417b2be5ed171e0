import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type ArtifactErrorCode = 'ARTIFACT_MISSING' | 'HASH_MISMATCH' | 'IO_ERROR'

/**
 * A built-in module that cannot be used.
 * - `ARTIFACT_MISSING`: no module of that id in the set
 * - `HASH_MISMATCH`: its bytes are not those its manifest names; nothing was handed out
 * - `IO_ERROR`: the code that holds the set could not be loaded
 */
export class ArtifactError extends AppError {
  declare readonly code: ArtifactErrorCode

  constructor(code: ArtifactErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
