import { describe, expect, it } from 'vitest'
import { governanceCertificatePayload } from '../../codec/index.ts'
import { verifyEd25519 } from '../../crypto/index.ts'
import type { KeyInfo } from '../key-record.ts'
import { MAX_UNLOCKED_MS, UNLOCKED_MS } from '../vault.ts'
import type { Lock, Vault } from '../vault.ts'
import { approval, moving, OTHER_WORLD, WORLD } from './intents.ts'
import { freshDatabase, openVault } from './memory-vault.ts'

const PASSPHRASE = 'correct horse battery staple'
const FILE_PASSPHRASE = 'another one for the file'
const lock: Lock = { kind: 'passphrase', passphrase: PASSPHRASE }
const secret = { passphrase: PASSPHRASE }
const refusal = (code: string, detail?: object): unknown => expect.objectContaining(detail === undefined ? { code } : { code, detail: expect.objectContaining(detail) })

/** A key that may sign. */
async function readyKey(vault: Vault, label = 'Ada'): Promise<KeyInfo> {
  const key = await vault.create({ label, world_id: WORLD }, lock)
  return vault.confirmBackup(key.key_id, await vault.exportKeystore(key.key_id, secret, FILE_PASSPHRASE), FILE_PASSPHRASE)
}

/** What the vault promises, in any engine. */
export function describeVault(engine: string): void {
  describe(`vault in ${engine}`, () => {
    it('approves with an unlocked key, once per unlocking', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      const intent = approval(key.public_key)
      await vault.unlock(key.key_id, secret)
      const signed = await vault.sign(key.key_id, intent)
      expect(await verifyEd25519(key.public_key, governanceCertificatePayload(intent.certificate), signed.share_signature!)).toBe(true)
      expect(vault.unlocked()).toBeNull()
      await expect(vault.sign(key.key_id, intent)).rejects.toThrowError(refusal('VAULT_LOCKED'))
    })

    it('never makes two governance signatures of one unlocking, even at the same time', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      const both = await Promise.allSettled([vault.sign(key.key_id, approval(key.public_key)), vault.sign(key.key_id, { ...approval(key.public_key), nonce: 5 })])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    })

    it('stays locked until unlocked, and a refused intent leaves it as it was', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      await expect(vault.sign(key.key_id, approval(key.public_key))).rejects.toThrowError(refusal('VAULT_LOCKED'))
      await vault.unlock(key.key_id, secret)
      const tampered = { ...approval(key.public_key), proposal_id: '0'.repeat(64) }
      await expect(vault.sign(key.key_id, tampered)).rejects.toThrowError(refusal('INTENT_MISMATCH'))
      expect(vault.unlocked()).not.toBeNull()
    })

    it('refuses a key that the set does not list', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      await expect(vault.sign(key.key_id, approval())).rejects.toThrowError(refusal('SIGNER_NOT_IN_SET'))
    })

    it('keeps a key to its world', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      await expect(vault.sign(key.key_id, { ...moving(key.public_key), world_id: OTHER_WORLD })).rejects.toThrowError(refusal('WRONG_WORLD'))
    })

    it('signs nothing before the backup is proven', async () => {
      const { vault } = await openVault()
      const key = await vault.create({ label: 'Ada', world_id: null }, lock)
      await vault.unlock(key.key_id, secret)
      await expect(vault.sign(key.key_id, moving(key.public_key))).rejects.toThrowError(refusal('BACKUP_NOT_VERIFIED'))
      const file = await vault.exportKeystore(key.key_id, secret, FILE_PASSPHRASE)
      await expect(vault.confirmBackup(key.key_id, file, 'not this one, no')).rejects.toThrowError(refusal('KEYSTORE_NOT_OPENED'))
      await expect(vault.confirmBackup(key.key_id, file.slice(0, -20), FILE_PASSPHRASE)).rejects.toThrowError(refusal('KEYSTORE_INVALID'))
      const other = await vault.create({ label: 'Other', world_id: null }, lock)
      await expect(vault.confirmBackup(other.key_id, file, FILE_PASSPHRASE)).rejects.toThrowError(refusal('BACKUP_OTHER_KEY'))
      await expect(vault.sign(key.key_id, moving(key.public_key))).rejects.toThrowError(refusal('BACKUP_NOT_VERIFIED'))
      await vault.confirmBackup(key.key_id, file, FILE_PASSPHRASE)
      await expect(vault.sign(key.key_id, moving(key.public_key))).resolves.toBeDefined()
    })

    it('locks after a minute without use, also when timers sleep', async () => {
      const { vault, time } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      time.advance(UNLOCKED_MS - 1)
      expect(vault.unlocked()).not.toBeNull()
      time.advance(1)
      expect(vault.unlocked()).toBeNull()
      expect(time.pending()).toBe(0)
      await vault.unlock(key.key_id, secret)
      time.advance(UNLOCKED_MS, true)
      await expect(vault.sign(key.key_id, moving(key.public_key))).rejects.toThrowError(refusal('VAULT_LOCKED'))
    })

    it('stays open for plain actions while they are sent, but not for ever', async () => {
      const { vault, time } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      for (let ms = 0; ms < MAX_UNLOCKED_MS - UNLOCKED_MS; ms += UNLOCKED_MS / 2) {
        time.advance(UNLOCKED_MS / 2)
        await vault.sign(key.key_id, moving(key.public_key))
      }
      time.advance(UNLOCKED_MS - 1)
      await vault.sign(key.key_id, moving(key.public_key))
      time.advance(1)
      expect(vault.unlocked()).toBeNull()
    })

    it('signs nothing of governance when it was opened for a plain action', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      await vault.sign(key.key_id, moving(key.public_key))
      await expect(vault.sign(key.key_id, approval(key.public_key))).rejects.toThrowError(refusal('VAULT_LOCKED'))
      expect(vault.unlocked()).toBeNull()
      await vault.unlock(key.key_id, secret)
      await expect(vault.sign(key.key_id, approval(key.public_key))).resolves.toBeDefined()
    })

    it('stays locked when it is told to lock while it is opened', async () => {
      const { vault } = await openVault()
      const key = await readyKey(vault)
      const opening = vault.unlock(key.key_id, secret)
      vault.lock()
      await expect(opening).rejects.toThrowError(refusal('VAULT_LOCKED'))
      expect(vault.unlocked()).toBeNull()
    })

    it('slows down guessing, over reloads and tabs', async () => {
      const name = freshDatabase()
      const { vault, time } = await openVault(name)
      const key = await readyKey(vault)
      const wrong = { passphrase: 'wrong horse battery staple' }
      for (const failures of [1, 2, 3]) await expect(vault.unlock(key.key_id, wrong)).rejects.toThrowError(refusal('UNLOCK_FAILED', { failures }))
      const reloaded = (await openVault(name, time)).vault
      await expect(reloaded.unlock(key.key_id, secret)).rejects.toThrowError(refusal('TOO_MANY_ATTEMPTS', { retry_ms: 5000 }))
      await expect(reloaded.exportKeystore(key.key_id, secret, FILE_PASSPHRASE)).rejects.toThrowError(refusal('TOO_MANY_ATTEMPTS'))
      time.advance(5000)
      await reloaded.unlock(key.key_id, secret)
      expect((await vault.list())[0]).toMatchObject({ failures: 0, blocked_until: 0 })
    })

    it('counts attempts that are made at once in two tabs', async () => {
      const name = freshDatabase()
      const one = await openVault(name)
      const two = await openVault(name, one.time)
      const key = await readyKey(one.vault)
      const wrong = { passphrase: 'wrong horse battery staple' }
      const tries = await Promise.allSettled([one, two, one, two, one, two].map(({ vault }) => vault.unlock(key.key_id, wrong)))
      const codes = tries.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'opened')).sort()
      expect(codes).toEqual(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS', 'UNLOCK_FAILED', 'UNLOCK_FAILED', 'UNLOCK_FAILED'])
    })

    it('signs no more with a key that another tab removed', async () => {
      const name = freshDatabase()
      const one = await openVault(name)
      const two = await openVault(name, one.time)
      const key = await readyKey(one.vault)
      await one.vault.unlock(key.key_id, secret)
      await two.vault.remove(key.key_id)
      await expect(one.vault.sign(key.key_id, moving(key.public_key))).rejects.toThrowError(refusal('KEY_NOT_FOUND'))
      expect(one.vault.unlocked()).toBeNull()
    })

    it('opens passkey keys with the passkey alone', async () => {
      const { vault } = await openVault()
      const prfOutput = new Uint8Array(32).fill(5)
      const key = await vault.create({ label: 'Ada', world_id: null }, { kind: 'passkey', credential_id: 'abc', prf_input: new Uint8Array(32), prf_output: prfOutput })
      expect(key).toMatchObject({ kind: 'passkey', passkey: { credential_id: 'abc' } })
      await expect(vault.unlock(key.key_id, secret)).rejects.toThrowError(refusal('SECRET_KIND'))
      await expect(vault.unlock(key.key_id, { prfOutput: new Uint8Array(32) })).rejects.toThrowError(refusal('UNLOCK_FAILED'))
      await vault.unlock(key.key_id, { prfOutput })
      const file = await vault.exportKeystore(key.key_id, { prfOutput }, FILE_PASSPHRASE)
      await vault.confirmBackup(key.key_id, file, FILE_PASSPHRASE)
      await expect(vault.sign(key.key_id, moving(key.public_key))).resolves.toBeDefined()
    })

    it('makes no key that could not be opened again', async () => {
      const { vault } = await openVault()
      const naming = { label: 'Ada', world_id: null }
      await expect(vault.create(naming, { kind: 'passphrase', passphrase: 'short' })).rejects.toThrowError(refusal('PASSPHRASE_TOO_SHORT'))
      const passkey = { kind: 'passkey', credential_id: 'abc', prf_input: new Uint8Array(32), prf_output: new Uint8Array(8) } as const
      await expect(vault.create(naming, passkey)).rejects.toThrowError(refusal('PASSKEY_SECRET_INVALID'))
      expect(await vault.list()).toEqual([])
    })

    it('carries a key to another browser, where it may sign at once', async () => {
      const [here, there] = [await openVault(), await openVault()]
      const key = await readyKey(here.vault)
      const file = await here.vault.exportKeystore(key.key_id, secret, FILE_PASSPHRASE)
      const imported = await there.vault.importKeystore(file, FILE_PASSPHRASE, lock)
      expect(imported).toMatchObject({ key_id: key.key_id, label: 'Ada', world_id: WORLD })
      await there.vault.unlock(key.key_id, secret)
      await expect(there.vault.sign(key.key_id, moving(key.public_key))).resolves.toBeDefined()
      await expect(there.vault.importKeystore(file, FILE_PASSPHRASE, lock)).rejects.toThrowError(refusal('KEY_EXISTS'))
    })

    it('opens no record whose stored fields were changed', async () => {
      for (const change of [{ label: 'Bob' }, { world_id: OTHER_WORLD }, { nonce: new Uint8Array(12) }, { ciphertext: new Uint8Array(64) }]) {
        const { vault, store } = await openVault()
        const key = await readyKey(vault)
        await store.update(key.key_id, (record) => ({ ...record, ...change }))
        await expect(vault.unlock(key.key_id, secret)).rejects.toThrowError(refusal('UNLOCK_FAILED'))
      }
    })

    it('signs for the world it was opened for, whatever is written into storage afterwards', async () => {
      const { vault, store } = await openVault()
      const key = await readyKey(vault)
      await vault.unlock(key.key_id, secret)
      await store.update(key.key_id, (record) => ({ ...record, world_id: OTHER_WORLD }))
      await expect(vault.sign(key.key_id, { ...moving(key.public_key), world_id: OTHER_WORLD })).rejects.toThrowError(refusal('WRONG_WORLD'))
    })

    it('keeps nothing readable in storage', async () => {
      const { vault, store } = await openVault()
      const key = await readyKey(vault)
      const record = await store.get(key.key_id)
      expect(Object.keys(record).sort()).toEqual([
        'backup_verified_at', 'blocked_until', 'ciphertext', 'created_at', 'failures', 'key_id', 'label', 'nonce', 'protection', 'public_key', 'world_id',
      ])
      expect(JSON.stringify(record)).not.toContain(PASSPHRASE)
    })
  })
}
