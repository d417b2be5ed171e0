import { afterEach, describe, expect, it } from 'vitest'
import { connectVault } from './client.ts'
import type { VaultClient } from './client.ts'
import { VAULT_DATABASE } from './key-store.ts'
import type { VaultApi } from './service.ts'
import { approval, moving } from './testing/intents.ts'
import type { Lock } from './vault.ts'

const PASSPHRASE = 'correct horse battery staple'
const lock: Lock = { kind: 'passphrase', passphrase: PASSPHRASE }
const naming = { label: 'Ada', world_id: null }
const secret = { passphrase: PASSPHRASE }
const refusal = (code: string): unknown => expect.objectContaining({ code })

const workers: Worker[] = []

function startWorker(): Worker {
  const worker = new Worker(new URL('./testing/vault-worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  return worker
}

const openVault = (): VaultClient => connectVault(startWorker())

async function readyKey(vault: VaultClient): Promise<{ readonly key_id: string; readonly public_key: Uint8Array }> {
  const key = await vault.create(naming, lock)
  return vault.confirmBackup(key.key_id, await vault.exportKeystore(key.key_id, secret, PASSPHRASE), PASSPHRASE)
}

/** What the worker answers to a message as comlink would send it. */
function raw(worker: Worker, message: object): Promise<unknown> {
  const id = crypto.randomUUID()
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent): void => {
      if (data?.id !== id) return
      worker.removeEventListener('message', listen)
      resolve(data.value)
    }
    worker.addEventListener('message', listen)
    worker.postMessage({ id, ...message })
  })
}

afterEach(async () => {
  for (const worker of workers.splice(0)) worker.terminate()
  await new Promise<void>((resolve) => {
    const deleting = indexedDB.deleteDatabase(VAULT_DATABASE)
    deleting.onsuccess = deleting.onerror = () => resolve()
  })
})

describe('vault worker', () => {
  it('makes, backs up and uses a key', async () => {
    const vault = openVault()
    const key = await readyKey(vault)
    await vault.unlock(key.key_id, secret)
    const signed = await vault.sign(key.key_id, approval(key.public_key))
    expect(signed.share_signature).toHaveLength(64)
    expect(signed.summary.sentence.code).toBe('approve_proposal')
    expect(await vault.unlocked()).toBeNull()
  })

  it('leaves the page its turns while a passphrase is stretched', async () => {
    const vault = openVault()
    await vault.list()
    let turns = 0
    const ticking = setInterval(() => turns++, 5)
    await vault.create(naming, lock)
    clearInterval(ticking)
    expect(turns, 'turns of the page meanwhile').toBeGreaterThan(5)
  })

  it('reviews intents without a key', async () => {
    const { summary, checks } = await openVault().review(approval(), null)
    expect(summary.dangers.length).toBeGreaterThan(0)
    expect(checks.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual(['registered_key'])
  })

  it('gives typed errors with their next step', async () => {
    const vault = openVault()
    await expect(vault.create(naming, { kind: 'passphrase', passphrase: 'short' })).rejects.toThrowError(refusal('PASSPHRASE_TOO_SHORT'))
    await expect(vault.create('Ada', lock)).rejects.toThrowError(refusal('ARGUMENT_INVALID'))
    await expect(vault.unlock('0'.repeat(64), secret)).rejects.toThrowError(refusal('KEY_NOT_FOUND'))
    await expect(vault.sign('0'.repeat(64), new Uint8Array(32))).rejects.toThrowError(refusal('INTENT_INVALID'))
  })

  it('keeps keys for the next visit, and locks in every tab', async () => {
    const one = openVault()
    const key = await readyKey(one)
    const two = openVault()
    expect((await two.list()).map(({ key_id }) => key_id)).toEqual([key.key_id])
    await two.unlock(key.key_id, secret)
    await one.lock()
    await expect.poll(() => two.unlocked()).toBeNull()
    await expect(two.sign(key.key_id, moving(key.public_key))).rejects.toThrowError(refusal('VAULT_LOCKED'))
    await two.remove(key.key_id)
    expect(await one.list()).toEqual([])
  })

  it.each<[string, object]>([
    ['reads', { type: 'GET', path: ['sign'] }],
    ['writes', { type: 'SET', path: ['sign'], value: { type: 'RAW', value: 1 } }],
    ['constructors', { type: 'APPLY', path: ['sign', 'constructor'], argumentList: [{ type: 'RAW', value: 'return 1' }] }],
    ['constructions', { type: 'CONSTRUCT', path: ['sign', 'constructor'], argumentList: [] }],
    ['ports of its own', { type: 'ENDPOINT' }],
    ['unknown methods', { type: 'APPLY', path: ['signBytes'], argumentList: [{ type: 'RAW', value: new Uint8Array(32) }] }],
    ['inherited methods', { type: 'APPLY', path: ['toString'], argumentList: [] }],
    ['callbacks', { type: 'APPLY', path: ['sign'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: null }] }],
    ['a release by a stranger', { type: 'RELEASE' }],
  ])('answers no %s', async (_, message) => {
    const worker = startWorker()
    expect(await raw(worker, message)).toMatchObject({ ok: false, error: { code: 'CALL_REFUSED' } })
    expect(await raw(worker, { type: 'APPLY', path: ['list' satisfies keyof VaultApi], argumentList: [] })).toEqual({ ok: true, value: [] })
  })
})
