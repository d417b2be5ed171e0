import { wrap } from 'comlink'
import type { Endpoint } from 'comlink'
import { AppError } from '../codec/index.ts'
import type { Outcome, VaultApi } from './service.ts'

type ValueOf<F> = F extends (...args: never[]) => Promise<Outcome<infer T>> ? T : never

/** The vault as the page calls it: values, or `AppError` with the code and detail of a `VaultError`. */
export type VaultClient = {
  readonly [Name in keyof VaultApi]: (...args: Parameters<VaultApi[Name]>) => Promise<ValueOf<VaultApi[Name]>>
}

/** `worker` runs `workers/vault.ts`. */
export function connectVault(worker: Endpoint): VaultClient {
  const remote = wrap<VaultApi>(worker) as unknown as Readonly<Record<string, (...args: unknown[]) => Promise<Outcome<unknown>>>>
  const call = async (name: string, args: readonly unknown[]): Promise<unknown> => {
    const outcome = await remote[name]!(...args)
    if (outcome.ok) return outcome.value
    throw new AppError(outcome.error.code, outcome.error.message, outcome.error.detail)
  }
  return new Proxy({} as VaultClient, { get: (_, name) => (typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => call(name, args) : undefined) })
}
