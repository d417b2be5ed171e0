import { AppError } from '../../src/codec/index.ts'
import type { ErrorDetail } from '../../src/codec/index.ts'

export type BuildErrorCode =
  | 'SET_UNKNOWN' | 'SOURCE_MISSING' | 'SOURCE_OUTSIDE' | 'COMPILER_MISSING' | 'COMPILER_DIFFERS' | 'LOCK_INVALID' | 'COMPILE_FAILED' | 'MANIFEST_INVALID'
  | 'MODULE_INVALID' | 'WRITE_FAILED' | 'SIGNERS_INVALID' | 'SIGNER_KEY_MISSING' | 'SIGNER_KEY_INVALID' | 'SIGNER_NOT_ENROLLED' | 'SIGNER_TAKEN'
  | 'HOOK_TAKEN' | 'HOOK_FAILED'

/** Something that keeps a module set from being built or signed. Nothing was written; the message says what to do. */
export class BuildError extends AppError {
  declare readonly code: BuildErrorCode

  constructor(code: BuildErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

/** Why checked-in files are not what their sources give. */
export type DifferenceCode =
  | 'SOURCE_CHANGED' | 'MANIFEST_CHANGED' | 'SHARED_CHANGED' | 'SDK_CHANGED' | 'TOOLCHAIN_CHANGED' | 'RECIPE_CHANGED'
  | 'WASM_MISSING' | 'WASM_EXTRA' | 'BYTES_DIFFER'
  | 'LIST_MISSING' | 'LIST_MALFORMED' | 'LIST_MIXED' | 'LIST_DUPLICATE' | 'LIST_UNSORTED' | 'LIST_MODULE_MISSING' | 'LIST_MODULE_EXTRA' | 'LIST_HASH_DIFFERS'
  | 'LIST_COUNT_DIFFERS' | 'IDS_DIFFER'
  | 'IDENTITY_FILE_MISSING' | 'IDENTITY_FILE_INVALID' | 'IDENTITY_MODULE_MISSING' | 'IDENTITY_MODULE_EXTRA' | 'IDENTITY_DUPLICATE' | 'IDENTITY_STALE'
  | 'IDENTITY_MISSING' | 'SIGNATURE_SCHEME_REFUSED' | 'SIGNER_UNKNOWN' | 'SIGNATURE_INVALID' | 'HASH_MISMATCH'
  | 'GENERATED_STALE'

/** One finding of a check: a stable code, and a sentence naming what is wrong. */
export interface Difference {
  readonly code: DifferenceCode
  readonly message: string
}
