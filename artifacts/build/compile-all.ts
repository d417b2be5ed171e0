import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { compileModule } from './compile.ts'
import type { CompileJob } from './compile.ts'
import type { CompileAnswer } from './compile-worker.ts'
import { BuildError } from './errors.ts'
import type { BuildErrorCode } from './errors.ts'

/** A thread takes about a second to load the compiler; fewer modules than this are done sooner without. */
const MIN_JOBS_FOR_THREADS = 6
const MAX_THREADS = 4

/** Compiles every job, in the order given; several at a time where the machine has the cores. Throws what `compileModule` throws, for the first job that fails. */
export async function compileAll(jobs: readonly CompileJob[], onCompiled: (index: number) => void): Promise<readonly Uint8Array[]> {
  const threads = jobs.length < MIN_JOBS_FOR_THREADS ? 0 : Math.min(MAX_THREADS, availableParallelism() - 1)
  const results: Uint8Array[] = []
  let next = 0
  const workThrough = async (compile: (job: CompileJob) => Promise<Uint8Array>): Promise<void> => {
    while (next < jobs.length) {
      const index = next++
      results[index] = await compile(jobs[index]!)
      onCompiled(index)
    }
  }
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./compile-worker.ts', import.meta.url)))
  try {
    await Promise.all([workThrough(compileModule), ...workers.map((worker) => workThrough((job) => compileIn(worker, job)))])
  } finally {
    next = jobs.length
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  return results
}

async function compileIn(worker: Worker, job: CompileJob): Promise<Uint8Array> {
  worker.postMessage(job)
  const [answer] = (await once(worker, 'message')) as [CompileAnswer]
  if ('wasm' in answer) return answer.wasm
  throw new BuildError(answer.error.code as BuildErrorCode, answer.error.message, answer.error.detail)
}
