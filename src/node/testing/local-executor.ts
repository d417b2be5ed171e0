import type { ExecutorService } from '../executor/service.ts'
import { ExecutorService as Service } from '../executor/service.ts'
import type { ExecutorThread } from '../executor/thread.ts'

/** An executor in this thread: everything of the pool but the thread, for tests of what is built on it. */
export function localExecutor(): ExecutorThread {
  const service = new Service()
  let end: () => void = () => {}
  let dead = false
  const ended = new Promise<void>((resolve) => {
    end = () => {
      dead = true
      resolve()
    }
  })
  const api = new Proxy(service, {
    get: (target, name) => async (...args: unknown[]) => {
      await Promise.resolve()
      if (dead) return new Promise(() => {})
      return (target[name as keyof ExecutorService] as (...rest: unknown[]) => unknown).apply(target, args)
    },
  })
  return { api: api as unknown as ExecutorThread['api'], terminate: end, ended }
}
