import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import { installErrorTransfer } from './error-transfer.ts'
import { ExecutorService } from './service.ts'

if (parentPort === null) throw new Error('worker.node.ts runs only as a worker thread')
installErrorTransfer()
expose(new ExecutorService(), nodeEndpoint(parentPort))
