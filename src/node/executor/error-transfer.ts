import { transferHandlers } from 'comlink'
import type { TransferHandler } from 'comlink'
import { AppError, errorInfo } from '../../codec/index.ts'
import type { ErrorInfo } from '../../codec/index.ts'

interface Thrown {
  readonly value: unknown
}

let installed = false

/**
 * Makes typed errors survive a worker boundary: comlink alone keeps only name, message and stack. Call it once on both sides;
 * errors then arrive as `AppError` with their code and detail.
 */
export function installErrorTransfer(): void {
  if (installed) return
  installed = true
  const original = transferHandlers.get('throw')!
  const handler: TransferHandler<Thrown, ErrorInfo> = {
    canHandle: (value): value is Thrown => original.canHandle(value),
    serialize: ({ value }) => [errorInfo(value), []],
    deserialize: ({ code, message, detail }) => {
      throw new AppError(code, message, detail)
    },
  }
  transferHandlers.set('throw', handler)
}
