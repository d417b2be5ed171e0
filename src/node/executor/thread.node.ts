import { Worker } from 'node:worker_threads'
import { wrap } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { installErrorTransfer } from './error-transfer.ts'
import type { ExecutorService } from './service.ts'
import type { ExecutorThread } from './thread.ts'

/** An executor in a worker thread of Node.js. */
export function spawnExecutorThread(): ExecutorThread {
  installErrorTransfer()
  const worker = new Worker(new URL('./worker.node.ts', import.meta.url), { name: 'executor' })
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => resolve())
    worker.once('error', () => resolve())
  })
  return { api: wrap<ExecutorService>(nodeEndpoint(worker)), terminate: () => void worker.terminate(), ended }
}
