import type { Remote } from 'comlink'
import type { ExecutorService } from './service.ts'

/** One executor worker, as the pool sees it on any platform. */
export interface ExecutorThread {
  readonly api: Remote<ExecutorService>
  /** Ends it at once, whatever it is doing. */
  terminate(): void
  /** Settles when the worker has ended by itself or was terminated; never rejects. */
  readonly ended: Promise<void>
}

export type SpawnExecutor = () => ExecutorThread
