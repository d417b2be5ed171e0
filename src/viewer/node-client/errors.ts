/** Whatever was thrown here, in the node worker or by the browser, as plain data with a stable code. */
import { transferHandlers } from 'comlink'
import type { ErrorDetail, ErrorInfo } from '../../codec/index.ts'

/** An error of the page itself. The same shape as `AppError` of the codec, which the first view does without to stay small. */
export class PageError extends Error {
  readonly code: string
  readonly detail: ErrorDetail

  constructor(code: string, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PageError'
    this.code = code
    this.detail = detail
  }
}

/** Browser exceptions that have a meaning of their own here. */
const BY_NAME: Readonly<Record<string, string>> = { QuotaExceededError: 'STORAGE_FULL', NotSupportedError: 'BROWSER_TOO_OLD' }

export function errorInfoOf(error: unknown): ErrorInfo {
  if (typeof error !== 'object' || error === null) return { code: 'INTERNAL', message: String(error), detail: {} }
  const { code, message, detail, name } = error as { code?: unknown; message?: unknown; detail?: unknown; name?: unknown }
  return {
    code: typeof code === 'string' ? code : ((typeof name === 'string' ? BY_NAME[name] : undefined) ?? 'INTERNAL'),
    message: typeof message === 'string' ? message : '',
    detail: typeof detail === 'object' && detail !== null ? (detail as ErrorDetail) : {},
  }
}

/** The page's end of the node worker's error channel: what the worker throws arrives with its code (comlink alone keeps only the message). */
export function installErrorTransfer(): void {
  const original = transferHandlers.get('throw')!
  transferHandlers.set('throw', {
    canHandle: original.canHandle,
    serialize: original.serialize,
    deserialize: (sent: unknown) => {
      if (typeof sent === 'object' && sent !== null && 'code' in sent) {
        const { code, message, detail } = errorInfoOf(sent)
        throw new PageError(code, message, detail)
      }
      return original.deserialize(sent as never)
    },
  })
}
