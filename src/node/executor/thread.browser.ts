import { wrap } from 'comlink'
import { ownWorkerUrl } from '../worker-url.ts'
import { installErrorTransfer } from './error-transfer.ts'
import type { ExecutorService } from './service.ts'
import type { ExecutorThread } from './thread.ts'

/** An executor in a dedicated worker of the browser, started from the node worker. */
export function spawnExecutorThread(scriptUrl: string): ExecutorThread {
  installErrorTransfer()
  const worker = new Worker(ownWorkerUrl(scriptUrl) as string | URL, { type: 'module', name: 'executor' })
  let finish: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    finish = resolve
  })
  worker.addEventListener('error', () => {
    worker.terminate()
    finish()
  })
  return {
    api: wrap<ExecutorService>(worker),
    terminate: () => {
      worker.terminate()
      finish()
    },
    ended,
  }
}
