import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type ArtifactErrorCode = 'ARTIFACT_MISSING' | 'HASH_MISMATCH' | 'IO_ERROR' | 'UNLISTED_BUILD'

/**
 * A built-in module that cannot be used.
 * - `ARTIFACT_MISSING`: no module of that id, or its bytes are nowhere to be had
 * - `HASH_MISMATCH`: its bytes are not those its manifest names; nothing was handed out
 * - `IO_ERROR`: the code that holds the set, or the store of modules, could not be read
 * - `UNLISTED_BUILD`: what was built here is not what anyone signed; it may not enter a world
 */
export class ArtifactError extends AppError {
  declare readonly code: ArtifactErrorCode

  constructor(code: ArtifactErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
