import { expose } from 'comlink'
import type { Endpoint } from 'comlink'
import { errorInfo } from '../codec/index.ts'
import { VaultError } from './errors.ts'
import { openKeyStore } from './key-store.ts'
import { platformCrypto } from './keystore.ts'
import { narrowEndpoint } from './narrow-endpoint.ts'
import { createVaultApi } from './service.ts'
import type { Outcome, VaultApi } from './service.ts'
import { Vault } from './vault.ts'

const CHANNEL = 'agent-world-vault'
const LOCK_MESSAGE = 'lock'

/** Runs the vault behind an endpoint: the scope of a dedicated worker. Calls that arrive while storage opens wait for it. */
export function serveVault(endpoint: Endpoint): void {
  const starting = startVault()
  starting.catch(() => {}) // every call tells
  const api: Record<string, (...args: unknown[]) => Promise<unknown>> = {}
  for (const name of VAULT_CALLS) {
    api[name] = (...args) => starting.then((vault) => (vault[name] as (...given: unknown[]) => Promise<unknown>)(...args), (error: unknown) => ({ ok: false, error: errorInfo(error) }))
  }
  const refused = new VaultError('CALL_REFUSED').toInfo()
  api[REFUSED] = async (): Promise<Outcome<never>> => ({ ok: false, error: refused })
  expose(api, narrowEndpoint(endpoint, VAULT_CALLS, REFUSED))
}

const REFUSED = 'refused'
const VAULT_CALLS: readonly (keyof VaultApi)[] = [
  'list', 'create', 'importKeystore', 'exportKeystore', 'confirmBackup', 'remove', 'unlock', 'lock', 'unlocked', 'review', 'sign', 'makeRequest', 'acceptResponse',
]

async function startVault(): Promise<VaultApi> {
  const crypto = platformCrypto()
  const vault = new Vault({
    store: await openKeyStore().catch((cause: unknown) => {
      throw new VaultError('STORAGE_UNAVAILABLE', {}, undefined, { cause })
    }),
    crypto,
    now: () => Date.now(),
    schedule: (ms, callback) => {
      const timer = setTimeout(callback, ms)
      return () => clearTimeout(timer)
    },
  })
  const channel = new BroadcastChannel(CHANNEL)
  channel.addEventListener('message', ({ data }) => {
    if (data === LOCK_MESSAGE) vault.lock()
  })
  return createVaultApi(vault, crypto, { announceLock: () => channel.postMessage(LOCK_MESSAGE) })
}
