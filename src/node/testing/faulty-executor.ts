import type { ExecutorService } from '../executor/service.ts'
import type { ExecutorThread, SpawnExecutor } from '../executor/thread.ts'
import { localExecutor } from './local-executor.ts'

export interface Fault {
  readonly method: keyof ExecutorService
  /** Which call of that method, counted over all executors from 1. */
  readonly call: number
  /** `before`: it dies without having done it; `after`: it has done it, and nobody hears of it. */
  readonly when: 'before' | 'after'
}

/** Executors of which the one that takes the named call dies with it. */
export function faultyExecutors(fault: Fault): { readonly spawn: SpawnExecutor; readonly died: () => boolean } {
  let calls = 0
  let died = false
  const spawn = (): ExecutorThread => {
    const thread = localExecutor()
    const api = new Proxy(thread.api, {
      get: (target, name) => async (...args: unknown[]) => {
        const call = (target as unknown as Record<string | symbol, (...rest: unknown[]) => Promise<unknown>>)[name]!
        if (name !== fault.method || ++calls !== fault.call) return call(...args)
        died = true
        if (fault.when === 'after') await call(...args)
        thread.terminate()
        return new Promise(() => {})
      },
    })
    return { api, terminate: thread.terminate, ended: thread.ended }
  }
  return { spawn, died: () => died }
}
