import { AppError } from '../../src/codec/index.ts'
import type { ErrorDetail } from '../../src/codec/index.ts'

export type BuildErrorCode =
  | 'SOURCE_MISSING' | 'COMPILER_MISSING' | 'COMPILE_FAILED' | 'MANIFEST_INVALID' | 'MODULE_INVALID' | 'OUTPUT_DIFFERS' | 'WRITE_FAILED' | 'USAGE'

/** A module set that cannot be built, or whose checked-in files are not what its sources give. */
export class BuildError extends AppError {
  declare readonly code: BuildErrorCode

  constructor(code: BuildErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
