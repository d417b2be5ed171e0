import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { approval, moving } from '../../vault/testing/intents.ts'
import { vault } from './client.ts'
import { askPasskey, createPasskey } from './passkey.ts'
import { unlockedStore } from './unlocked.ts'

const PASSPHRASE = 'correct horse battery staple'
/** What a passkey might give: opens at once, where stretching a passphrase is beside the point. */
const prfOutput = (): Uint8Array => new Uint8Array(32).fill(5)
const refusal = (code: string): unknown => expect.objectContaining({ code })
const unproven = () => vault().create({ label: 'Ada', world_id: null }, { kind: 'passkey', credential_id: 'abcd', prf_input: new Uint8Array(32), prf_output: prfOutput() })

afterEach(async () => {
  vi.restoreAllMocks()
  for (const { key_id } of await vault().list()) await vault().remove(key_id)
})

describe('the vault of the page', () => {
  it('is one, answers typed errors, and keeps what it made', async () => {
    expect(vault()).toBe(vault())
    await expect(vault().create({ label: 'Ada', world_id: null }, { kind: 'passphrase', passphrase: 'short' })).rejects.toThrowError(refusal('PASSPHRASE_TOO_SHORT'))
    const key = await unproven()
    expect(await vault().list()).toMatchObject([{ key_id: key.key_id, label: 'Ada', kind: 'passkey' }])
  })

  it('tells the page which key is open, and when it is locked again', async () => {
    const key = await unproven()
    const { until } = await vault().unlock(key.key_id, { prfOutput: prfOutput() })
    expect(unlockedStore.getState().open).toEqual({ key_id: key.key_id, until })
    await vault().lock()
    expect(unlockedStore.getState().open).toBeNull()
  })

  it('shows a key as closed by the governance signature it was opened for, and as open after plain actions', async () => {
    const { key_id, public_key } = await unproven()
    await vault().confirmBackup(key_id, await vault().exportKeystore(key_id, { prfOutput: prfOutput() }, PASSPHRASE), PASSPHRASE)
    await vault().unlock(key_id, { prfOutput: prfOutput() })
    await vault().sign(key_id, moving(public_key))
    expect(unlockedStore.getState().open?.key_id).toBe(key_id)
    await vault().unlock(key_id, { prfOutput: prfOutput() })
    await vault().sign(key_id, approval(public_key))
    expect(unlockedStore.getState().open).toBeNull()
    await expect(vault().sign(key_id, moving(public_key))).rejects.toThrowError(refusal('VAULT_LOCKED'))
  })

  it.each([
    ['hidden', () => {
      vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
      document.dispatchEvent(new Event('visibilitychange'))
    }],
    ['left', () => void window.dispatchEvent(new Event('pagehide'))],
  ])('locks when the page is %s', async (_, leave) => {
    const key = await unproven()
    await vault().unlock(key.key_id, { prfOutput: prfOutput() })
    leave()
    expect(unlockedStore.getState().open).toBeNull()
    await expect.poll(() => vault().unlocked()).toBeNull()
  })

  it('does not stay open when the page is hidden while the key is opened', async () => {
    const key = await unproven()
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
    await vault().unlock(key.key_id, { prfOutput: prfOutput() })
    expect(unlockedStore.getState().open).toBeNull()
    expect(await vault().unlocked()).toBeNull()
  })

  it('causes no long task in the page while Argon2id runs', async () => {
    await vault().list()
    const tasks: number[] = []
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
    observer.observe({ type: 'longtask' })
    await vault().create({ label: 'Ada', world_id: null }, { kind: 'passphrase', passphrase: PASSPHRASE })
    tasks.push(...observer.takeRecords().map(({ duration }) => duration))
    observer.disconnect()
    expect(tasks, 'ms of tasks over 50 ms').toEqual([])
  })
})

describe('a passkey of a virtual authenticator', () => {
  beforeAll(async () => {
    const session = cdp() as unknown as { send(method: string, params?: object): Promise<unknown> }
    await session.send('WebAuthn.enable')
    await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true },
    })
  })

  it('makes a key and opens it, with the same secret every time', async () => {
    const lock = await createPasskey('Ada')
    const made = lock.prf_output.slice()
    const key = await vault().create({ label: 'Ada', world_id: null }, lock)
    expect(key).toMatchObject({ kind: 'passkey', passkey: { credential_id: lock.credential_id } })
    const given = await askPasskey(key.passkey!)
    expect(given).toEqual(made)
    await vault().unlock(key.key_id, { prfOutput: given })
    await expect(vault().unlock(key.key_id, { prfOutput: new Uint8Array(32) })).rejects.toThrowError(refusal('UNLOCK_FAILED'))
  })

  it('is another for every key', async () => {
    const [one, two] = [await createPasskey('Ada'), await createPasskey('Ada')]
    expect(two.credential_id).not.toBe(one.credential_id)
    expect(two.prf_output).not.toEqual(one.prf_output)
  })

  it('that is not there is not given', async () => {
    const lock = await createPasskey('Ada')
    await expect(askPasskey({ ...lock, credential_id: 'AAAA' })).rejects.toThrowError(refusal('PASSKEY_CANCELLED'))
  })
})
