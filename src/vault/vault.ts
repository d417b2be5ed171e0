import { VaultError } from './errors.ts'
import { fingerprintOf } from './fingerprint.ts'
import { parseIntent } from './intent.ts'
import type { Intent } from './intent.ts'
import { keyInfo, recordAssociatedData } from './key-record.ts'
import type { KeyInfo, KeyRecord } from './key-record.ts'
import type { KeyStore } from './key-store.ts'
import { KEY_LABEL, openKeystore, parseKeystore, sealKeystore } from './keystore.ts'
import type { CryptoSource } from './keystore.ts'
import { assertSupported, generateKey, NONCE_BYTES, signNative, unwrapKey, wrapKey } from './native-key.ts'
import type { FreshKey } from './native-key.ts'
import { assertWorld, signIntent } from './sign-intent.ts'
import type { SignedIntent } from './sign-intent.ts'
import { afterSuccess, countAttempt } from './throttle.ts'
import { assertNewPassphrase, DEFAULT_ARGON2, PRF_BYTES, SALT_BYTES, wrappingKey } from './wrapping-key.ts'
import type { Argon2Params, Protection, Secret } from './wrapping-key.ts'

/** An unlocked key is forgotten after that long without use (R12). */
export const UNLOCKED_MS = 60_000
/** Use does not keep a key open for ever. */
export const MAX_UNLOCKED_MS = 10 * 60_000

export interface VaultComponents {
  readonly store: KeyStore
  readonly crypto: CryptoSource
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls back once after `ms`; the answer cancels it. */
  readonly schedule: (ms: number, callback: () => void) => () => void
  /** Costs of new wrappings. Default `DEFAULT_ARGON2`. */
  readonly argon2?: Argon2Params
}

/** How a new key is to be opened from then on. */
export type Lock =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'passkey'; readonly credential_id: string; readonly prf_input: Uint8Array; readonly prf_output: Uint8Array }

export interface KeyNaming {
  readonly label: string
  /** The only world the key is to sign for; null for any. */
  readonly world_id: string | null
}

interface Unlocked {
  readonly keyId: string
  readonly secret: CryptoKey
  /** The only world it signs for, as authenticated when it was opened: what lies in storage may have been changed since. */
  readonly worldId: string | null
  /** No use at or after this. */
  until: number
  /** Use does not move `until` beyond this. */
  readonly latest: number
  /** Whether it signed something since it was opened. */
  used: boolean
  cancelTimer: () => void
}

/**
 * Holds keys and signs typed intents with them. Opened secrets are non-extractable keys of the engine; at most one is open, for a short time, and a
 * governance signature closes it: every such signature takes the holder's presence (R12). There is no way to have bytes signed.
 */
export class Vault {
  readonly #components: VaultComponents
  #unlocked: Unlocked | null = null
  /** Rises whenever keys are locked: what was being opened meanwhile stays closed. */
  #locks = 0

  constructor(components: VaultComponents) {
    this.#components = components
  }

  async list(): Promise<KeyInfo[]> {
    return (await this.#components.store.list()).map(keyInfo)
  }

  /** A new key, which may not sign before `confirmBackup`. Throws `ED25519_UNSUPPORTED`, `PASSPHRASE_TOO_SHORT`, `PASSKEY_SECRET_INVALID`, `TOO_MANY_KEYS`. */
  async create(naming: KeyNaming, lock: Lock): Promise<KeyInfo> {
    assertLock(lock)
    return this.#keep(await generateKey(this.#components.crypto.subtle), naming, lock, null)
  }

  /** Opens the key for `UNLOCKED_MS`; any other is closed. Throws `VAULT_LOCKED` when it was locked meanwhile, here or in another tab, `UNLOCK_FAILED`, `TOO_MANY_ATTEMPTS`, `SECRET_KIND`, `KEY_NOT_FOUND`. */
  async unlock(keyId: string, secret: Secret): Promise<{ readonly until: number }> {
    this.lock()
    const { now } = this.#components
    const before = this.#locks
    const opened = await this.#open(keyId, secret, false)
    if (this.#locks !== before) throw new VaultError('VAULT_LOCKED', { key_id: keyId })
    const start = now()
    const unlocked: Unlocked = { keyId, secret: opened.secret, worldId: opened.record.world_id, until: start + UNLOCKED_MS, latest: start + MAX_UNLOCKED_MS, used: false, cancelTimer: () => {} }
    this.#unlocked = unlocked
    this.#startTimer(unlocked)
    return { until: unlocked.until }
  }

  /** Forgets the opened key at once. */
  lock(): void {
    this.#locks++
    this.#unlocked?.cancelTimer()
    this.#unlocked = null
  }

  /** Which key is open and until when. */
  unlocked(): { readonly key_id: string; readonly until: number } | null {
    const open = this.#current()
    return open === null ? null : { key_id: open.keyId, until: open.until }
  }

  /**
   * Signs an intent whose every hash was recomputed from its content. Throws `INTENT_INVALID`, `INTENT_MISMATCH`, `SIGNER_NOT_IN_SET`, `WRONG_WORLD`,
   * `BACKUP_NOT_VERIFIED`, `VAULT_LOCKED`, `KEY_NOT_FOUND`; nothing was signed then.
   */
  async sign(keyId: string, content: unknown): Promise<SignedIntent> {
    const intent = parseIntent(content)
    const record = await this.#components.store.get(keyId).catch((error: unknown) => {
      if (this.#unlocked?.keyId === keyId) this.lock() // the key was removed in another tab
      throw error
    })
    if (record.backup_verified_at === null) throw new VaultError('BACKUP_NOT_VERIFIED', { key_id: keyId })
    assertWorld(intent, record.world_id)
    return signIntent(intent, {
      publicKey: record.public_key,
      sign: this.#signer(keyId, intent),
    })
  }

  /** The keystore file's text, under a passphrase of its own. Takes the holder's presence. */
  async exportKeystore(keyId: string, secret: Secret, passphrase: string): Promise<string> {
    assertNewPassphrase(passphrase)
    const { record, secret: key } = await this.#open(keyId, secret, true)
    const { crypto, argon2 = DEFAULT_ARGON2 } = this.#components
    return sealKeystore(crypto, { publicKey: record.public_key, secret: key }, { label: record.label, world_id: record.world_id, passphrase, params: argon2 })
  }

  /** Proves that the exported file opens; from then on the key may sign. Throws `KEYSTORE_INVALID`, `KEYSTORE_NOT_OPENED`, `BACKUP_OTHER_KEY`. */
  async confirmBackup(keyId: string, file: string, passphrase: string): Promise<KeyInfo> {
    const { store, crypto, now } = this.#components
    const keystore = parseKeystore(file)
    if (fingerprintOf(keystore.public_key) !== keyId) throw new VaultError('BACKUP_OTHER_KEY', { key_id: keyId, file_holds: keystore.fingerprint })
    await store.get(keyId)
    await openKeystore(crypto.subtle, keystore, passphrase)
    return keyInfo(await store.update(keyId, (record) => ({ ...record, backup_verified_at: now() })))
  }

  /** Adds the key of a keystore file: that it opened is the proof of its backup. Throws `KEYSTORE_*`, `KEY_EXISTS`. */
  async importKeystore(file: string, passphrase: string, lock: Lock): Promise<KeyInfo> {
    assertLock(lock)
    const keystore = parseKeystore(file)
    const key = await openKeystore(this.#components.crypto.subtle, keystore, passphrase, true)
    return this.#keep(key, { label: keystore.label, world_id: keystore.world_id }, lock, this.#components.now())
  }

  /** Removes the key from this browser. Only a file made by `exportKeystore` brings it back. */
  async remove(keyId: string): Promise<void> {
    if (this.#unlocked?.keyId === keyId) this.lock()
    await this.#components.store.remove(keyId)
  }

  async #keep(key: FreshKey, { label, world_id }: KeyNaming, lock: Lock, backupVerifiedAt: number | null): Promise<KeyInfo> {
    const { store, crypto, now, argon2 = DEFAULT_ARGON2 } = this.#components
    const salt = crypto.randomBytes(SALT_BYTES)
    const protection: Protection =
      lock.kind === 'passphrase'
        ? { kdf: 'argon2id', salt, params: argon2 }
        : { kdf: 'webauthn-prf', salt, credential_id: lock.credential_id, prf_input: lock.prf_input }
    const secret: Secret = lock.kind === 'passphrase' ? { passphrase: lock.passphrase } : { prfOutput: lock.prf_output }
    const named = { label: KEY_LABEL.parse(label, 'label'), world_id, public_key: key.publicKey, protection }
    const wrapping = await wrappingKey(crypto.subtle, protection, secret)
    const wrapped = await wrapKey(crypto.subtle, key.secret, wrapping, recordAssociatedData(named), crypto.randomBytes(NONCE_BYTES))
    const record: KeyRecord = {
      key_id: fingerprintOf(key.publicKey), ...named, ...wrapped, created_at: now(), backup_verified_at: backupVerifiedAt, failures: 0, blocked_until: 0,
    }
    await store.add(record)
    return keyInfo(record)
  }

  async #open(keyId: string, secret: Secret, extractable: boolean): Promise<{ readonly record: KeyRecord; readonly secret: CryptoKey }> {
    const { store, crypto, now } = this.#components
    await assertSupported(crypto.subtle)
    const { protection } = await store.get(keyId)
    if (('passphrase' in secret) !== (protection.kdf === 'argon2id')) throw new VaultError('SECRET_KIND', { kdf: protection.kdf })
    const record = await store.update(keyId, (current) => countAttempt(current, now()))
    const wrapping = await wrappingKey(crypto.subtle, record.protection, secret)
    const key = await unwrapKey(crypto.subtle, record, wrapping, recordAssociatedData(record), record.public_key, extractable)
    if (key === undefined) throw new VaultError('UNLOCK_FAILED', { failures: record.failures, retry_ms: Math.max(0, record.blocked_until - now()) })
    await store.update(keyId, afterSuccess)
    return { record, secret: key }
  }

  /** Signs the payloads of one intent. The handle is taken before the first signature, so nothing else can be signed with it meanwhile. */
  #signer(keyId: string, intent: Intent): (payload: Uint8Array) => Promise<Uint8Array> {
    let taken: CryptoKey | null = null
    return async (payload) => {
      taken ??= this.#take(keyId, intent)
      return signNative(this.#components.crypto.subtle, taken, payload)
    }
  }

  #take(keyId: string, intent: Intent): CryptoKey {
    const open = this.#current()
    if (open === null || open.keyId !== keyId) throw new VaultError('VAULT_LOCKED', { key_id: keyId })
    assertWorld(intent, open.worldId)
    if (intent.kind !== 'world_action') {
      this.lock()
      // A key that is still open from plain actions governs nothing: that takes its holder's presence anew (R12).
      if (open.used) throw new VaultError('VAULT_LOCKED', { key_id: keyId })
    } else {
      open.used = true
      open.until = Math.min(open.latest, this.#components.now() + UNLOCKED_MS)
      this.#startTimer(open)
    }
    return open.secret
  }

  /** The open key, if its time is not over: timers of a page in the background run late. */
  #current(): Unlocked | null {
    if (this.#unlocked !== null && this.#components.now() >= this.#unlocked.until) this.lock()
    return this.#unlocked
  }

  #startTimer(open: Unlocked): void {
    open.cancelTimer()
    open.cancelTimer = this.#components.schedule(open.until - this.#components.now(), () => {
      if (this.#unlocked === open) this.lock()
    })
  }
}

/** Before anything is made: a key that could never be opened again must not exist. */
function assertLock(lock: Lock): void {
  if (lock.kind === 'passphrase') assertNewPassphrase(lock.passphrase)
  else if (lock.prf_output.length !== PRF_BYTES) throw new VaultError('PASSKEY_SECRET_INVALID', { expected_bytes: PRF_BYTES })
}
