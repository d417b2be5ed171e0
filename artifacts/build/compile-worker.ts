import { parentPort } from 'node:worker_threads'
import { errorInfo } from '../../src/codec/index.ts'
import type { ErrorInfo } from '../../src/codec/index.ts'
import { compileModule } from './compile.ts'
import type { CompileJob } from './compile.ts'

/** What a compiling thread answers to a job. */
export type CompileAnswer = { readonly wasm: Uint8Array } | { readonly error: ErrorInfo }

parentPort!.on('message', (job: CompileJob) => {
  void compileModule(job).then(
    (wasm): CompileAnswer => ({ wasm }),
    (error: unknown): CompileAnswer => ({ error: errorInfo(error) }),
  ).then((answer) => parentPort!.postMessage(answer))
})
