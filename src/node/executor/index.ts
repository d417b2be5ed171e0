/** What the executor worker's entry file needs. */
export { installErrorTransfer } from './error-transfer.ts'
export { ExecutorService } from './service.ts'
