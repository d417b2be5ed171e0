import { errorInfo, schema, WORLD_ID } from '../codec/index.ts'
import type { ErrorInfo, Schema, Value } from '../codec/index.ts'
import { PUBLIC_KEY_BYTES } from '../crypto/index.ts'
import { checkIntent } from './check-intent.ts'
import type { IntentCheck } from './check-intent.ts'
import { VaultError } from './errors.ts'
import { parseIntent } from './intent.ts'
import type { KeyInfo } from './key-record.ts'
import { KEY_LABEL, MAX_KEYSTORE_CHARS } from './keystore.ts'
import type { CryptoSource } from './keystore.ts'
import { acceptResponse, encodeRequest, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES } from './request-file.ts'
import { signingDigest } from './sign-intent.ts'
import type { SignedIntent } from './sign-intent.ts'
import { summarize } from './summary.ts'
import type { IntentSummary } from './summary.ts'
import type { Lock, Vault } from './vault.ts'
import type { Secret } from './wrapping-key.ts'

/** What a call gives: errors travel as data, so that their codes survive the way between workers. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ErrorInfo }

export interface Review {
  readonly summary: IntentSummary
  readonly checks: readonly IntentCheck[]
  /** Of what would be signed, hex; see `signingDigest`. */
  readonly digest: string | null
}

const { bytes, fixedBytes, int, literal, nullable, object, text, union } = schema

const KEY_ID = text(64, /^[0-9a-f]{64}$/)
const PASSPHRASE = text(4096)
const FILE = text(MAX_KEYSTORE_CHARS)
const NAMING = object({ label: KEY_LABEL, world_id: nullable(WORLD_ID) })
const LOCK = union('kind', {
  passphrase: object({ kind: literal('passphrase'), passphrase: PASSPHRASE }),
  passkey: object({ kind: literal('passkey'), credential_id: text(1400, /^[A-Za-z0-9_-]+$/), prf_input: fixedBytes(32), prf_output: fixedBytes(32) }),
})
const byPassphrase = object({ passphrase: PASSPHRASE })
const byPasskey = object({ prfOutput: fixedBytes(32) })
const SECRET: Schema<Secret> = {
  parse: (value, path) => (Object.hasOwn(Object(value) as object, 'passphrase') ? byPassphrase : byPasskey).parse(value, path),
}

/** The calls of the vault worker, all there are. Every argument is checked; none of them is bytes to sign. */
export interface VaultApi {
  readonly list: () => Promise<Outcome<readonly KeyInfo[]>>
  readonly create: (naming: unknown, lock: unknown) => Promise<Outcome<KeyInfo>>
  readonly importKeystore: (file: unknown, passphrase: unknown, lock: unknown) => Promise<Outcome<KeyInfo>>
  readonly exportKeystore: (keyId: unknown, secret: unknown, passphrase: unknown) => Promise<Outcome<string>>
  readonly confirmBackup: (keyId: unknown, file: unknown, passphrase: unknown) => Promise<Outcome<KeyInfo>>
  readonly remove: (keyId: unknown) => Promise<Outcome<null>>
  readonly unlock: (keyId: unknown, secret: unknown) => Promise<Outcome<{ readonly until: number }>>
  /** In every tab. */
  readonly lock: () => Promise<Outcome<null>>
  readonly unlocked: () => Promise<Outcome<{ readonly key_id: string; readonly until: number } | null>>
  /** What the intent says and which of its hashes hold, for the key with that public key or for none yet. */
  readonly review: (intent: unknown, publicKey: unknown) => Promise<Outcome<Review>>
  readonly sign: (keyId: unknown, intent: unknown) => Promise<Outcome<SignedIntent>>
  /** The file for a device that holds the key elsewhere. */
  readonly makeRequest: (intent: unknown, publicKey: unknown) => Promise<Outcome<Uint8Array>>
  readonly acceptResponse: (request: unknown, response: unknown, height: unknown) => Promise<Outcome<SignedIntent>>
}

/** Word between the vaults of several tabs. */
export interface TabChannel {
  readonly announceLock: () => void
}

export function createVaultApi(vault: Vault, crypto: CryptoSource, tabs: TabChannel): VaultApi {
  return {
    list: () => outcome(() => vault.list()),
    create: (naming, lock) => outcome(() => withLock(lock, (parsed) => vault.create(arg(NAMING, naming, 'naming'), parsed))),
    importKeystore: (file, passphrase, lock) =>
      outcome(() => withLock(lock, (parsed) => vault.importKeystore(arg(FILE, file, 'file'), arg(PASSPHRASE, passphrase, 'passphrase'), parsed))),
    exportKeystore: (keyId, secret, passphrase) =>
      outcome(() => withSecret(secret, (parsed) => vault.exportKeystore(arg(KEY_ID, keyId, 'keyId'), parsed, arg(PASSPHRASE, passphrase, 'passphrase')))),
    confirmBackup: (keyId, file, passphrase) =>
      outcome(() => vault.confirmBackup(arg(KEY_ID, keyId, 'keyId'), arg(FILE, file, 'file'), arg(PASSPHRASE, passphrase, 'passphrase'))),
    remove: (keyId) =>
      outcome(async () => {
        await vault.remove(arg(KEY_ID, keyId, 'keyId'))
        return null
      }),
    unlock: (keyId, secret) => outcome(() => withSecret(secret, (parsed) => vault.unlock(arg(KEY_ID, keyId, 'keyId'), parsed))),
    lock: () =>
      outcome(() => {
        vault.lock()
        tabs.announceLock()
        return null
      }),
    unlocked: () => outcome(() => vault.unlocked()),
    review: (content, publicKey) =>
      outcome(async () => {
        const intent = parseIntent(content)
        const key = arg(nullable(fixedBytes(PUBLIC_KEY_BYTES)), publicKey, 'publicKey')
        return { summary: summarize(intent), checks: await checkIntent(intent, key), digest: signingDigest(intent, key) }
      }),
    sign: (keyId, intent) => outcome(() => vault.sign(arg(KEY_ID, keyId, 'keyId'), intent)),
    makeRequest: (intent, publicKey) =>
      outcome(() => encodeRequest(parseIntent(intent), arg(fixedBytes(PUBLIC_KEY_BYTES), publicKey, 'publicKey'), crypto.randomBytes)),
    acceptResponse: (request, response, height) =>
      outcome(() => acceptResponse(arg(bytes(MAX_REQUEST_BYTES), request, 'request'), arg(bytes(MAX_RESPONSE_BYTES), response, 'response'), arg(nullable(int()), height, 'height'))),
  }
}

/** Wipes what a passkey gave once it was used; texts cannot be wiped, and are not kept. */
async function withSecret<T>(value: unknown, use: (secret: Secret) => Promise<T>): Promise<T> {
  const secret = arg(SECRET, value, 'secret')
  try {
    return await use(secret)
  } finally {
    if ('prfOutput' in secret) secret.prfOutput.fill(0)
  }
}

async function withLock<T>(value: unknown, use: (lock: Lock) => Promise<T>): Promise<T> {
  const lock = arg(LOCK, value, 'lock')
  try {
    return await use(lock)
  } finally {
    if (lock.kind === 'passkey') lock.prf_output.fill(0)
  }
}

async function outcome<T>(call: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call() }
  } catch (error) {
    return { ok: false, error: errorInfo(error) }
  }
}

function arg<T>(shape: Schema<T>, value: unknown, name: string): T {
  try {
    return shape.parse(value as Value | undefined, name)
  } catch (cause) {
    // Its message may quote nothing of the value: it could be a passphrase.
    throw new VaultError('ARGUMENT_INVALID', { argument: name }, undefined, { cause })
  }
}
