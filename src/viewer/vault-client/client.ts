/** The vault of this tab. Its worker starts with the first call and serves the page until it closes. */
import vaultWorkerUrl from '../../../workers/vault.ts?worker&url'
import { connectVault } from '../../vault/index.ts'
import type { VaultClient } from '../../vault/index.ts'
import { PageError } from '../node-client/errors.ts'
import { startWorker } from '../node-client/worker-url.ts'
import { noteUnlocked, unlockedStore } from './unlocked.ts'

export type { VaultClient }

let client: VaultClient | null = null
let guarding = false

export function vault(): VaultClient {
  if (!guarding) lockWhenLeft()
  guarding = true
  return (client ??= open())
}

/** Calls that may open or close a key. */
const CHANGE_LOCK: ReadonlySet<string> = new Set<keyof VaultClient>(['unlock', 'lock', 'sign', 'remove'])

type Call = (...args: unknown[]) => Promise<unknown>

function open(): VaultClient {
  const worker = startWorker(vaultWorkerUrl, 'vault')
  const { promise: crashed, reject: crash } = Promise.withResolvers<never>()
  crashed.catch(() => undefined)
  worker.onerror = (event) => {
    worker.terminate()
    client = null // the next call starts another
    noteUnlocked(null)
    crash(new PageError('VAULT_WORKER_FAILED', `The vault stopped: ${event.message || 'its script could not be loaded'}. No key left it. Try again, or reload the page.`))
  }
  const calls = connectVault(worker) as unknown as Readonly<Record<string, Call>>
  const guarded = (name: string): Call => async (...args) => {
    try {
      return await Promise.race([calls[name]!(...args), crashed])
    } finally {
      if (CHANGE_LOCK.has(name)) await settle(calls)
    }
  }
  return new Proxy({} as VaultClient, { get: (_, name) => (typeof name === 'string' && name !== 'then' ? guarded(name) : undefined) })
}

/** What is open now; a page that went out of sight while a passphrase was stretched locks again at once (R12). */
async function settle(calls: Readonly<Record<string, Call>>): Promise<void> {
  try {
    if (document.visibilityState === 'hidden') await calls['lock']!()
    noteUnlocked((await calls['unlocked']!()) as { readonly key_id: string; readonly until: number } | null)
  } catch {
    noteUnlocked(null)
  }
}

/** R12: no key stays open in a page that nobody looks at. */
function lockWhenLeft(): void {
  const lock = (): void => {
    if (client === null || unlockedStore.getState().open === null) return
    noteUnlocked(null)
    client.lock().catch(() => undefined)
  }
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') lock()
  })
  window.addEventListener('pagehide', lock)
}
