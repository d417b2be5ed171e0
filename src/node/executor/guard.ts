import { AppError } from '../../codec/index.ts'
import type { ExecutorThread } from './thread.ts'

export type ExecutorErrorCode = 'EXECUTION_INTERRUPTED' | 'EXECUTOR_LOST' | 'EXECUTOR_CLOSED'

/** The local execution did not finish. Never a consensus result (DESIGN §3.6): no vote is cast, nothing is recorded, retry. */
export class ExecutorError extends AppError {
  declare readonly code: ExecutorErrorCode

  constructor(code: ExecutorErrorCode, message: string) {
    super(code, message)
  }
}

/**
 * A call's result, or a typed error when the worker hangs or is gone: no call waits longer than `timeoutMs`. A worker that hangs, or whose
 * engine failed under a module, is terminated: it is not to be trusted with a retry.
 */
export async function guarded<T>(thread: ExecutorThread, call: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      thread.terminate()
      reject(new ExecutorError('EXECUTION_INTERRUPTED', `Execution was interrupted after ${timeoutMs} ms; the executor is restored from the last commit.`))
    }, timeoutMs)
  })
  const lost = thread.ended.then(() => {
    throw new ExecutorError('EXECUTOR_LOST', 'The executor worker ended; it is restored from the last commit.')
  })
  lost.catch(() => {})
  try {
    return await Promise.race([call, deadline, lost])
  } catch (error) {
    if (error instanceof AppError && !(error instanceof ExecutorError) && error.code === 'EXECUTION_INTERRUPTED') {
      thread.terminate()
      throw new ExecutorError('EXECUTION_INTERRUPTED', error.message)
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}
