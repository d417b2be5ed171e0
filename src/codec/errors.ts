/** Plain data behind an error: survives a worker boundary and a log line. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | null>>

export interface ErrorInfo {
  readonly code: string
  readonly message: string
  readonly detail: ErrorDetail
}

/**
 * Base of every error this project throws on purpose. `code` is stable and may be matched by programs;
 * `message` is for people and says what to do next; `detail` carries the numbers behind it.
 */
export class AppError extends Error {
  readonly code: string
  readonly detail: ErrorDetail

  constructor(code: string, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.detail = detail
  }

  toInfo(): ErrorInfo {
    return { code: this.code, message: this.message, detail: this.detail }
  }
}

/** The same shape for anything that can be thrown, for logs and messages between workers. */
export function errorInfo(error: unknown): ErrorInfo {
  if (error instanceof AppError) return error.toInfo()
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), detail: {} }
}

export type CodecErrorCode =
  | 'CBOR_EMPTY' | 'CBOR_TOO_LARGE' | 'CBOR_TOO_MANY_ITEMS' | 'CBOR_TOO_DEEP' | 'CBOR_TRUNCATED' | 'CBOR_TRAILING_BYTES'
  | 'CBOR_NOT_CANONICAL' | 'CBOR_FORBIDDEN_TYPE' | 'CBOR_INTEGER_RANGE' | 'CBOR_BAD_UTF8' | 'CBOR_BAD_KEY' | 'CBOR_UNENCODABLE'
  | 'SCHEMA_MISMATCH' | 'HEX_INVALID'

/** A value or bytes that the codec refuses. Nothing was decoded; drop the input. */
export class CodecError extends AppError {
  declare readonly code: CodecErrorCode

  constructor(code: CodecErrorCode, message: string, detail: ErrorDetail = {}) {
    super(code, message, detail)
  }
}
