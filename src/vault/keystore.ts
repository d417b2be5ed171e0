/**
 * The keystore file: one secret key encrypted under a passphrase, to be kept as a backup, carried to another browser, or used by `aw sign`.
 *
 *     {"format": "agent-world-keystore", "version": 1, "label", "world_id": text | null, "public_key", "fingerprint",
 *      "kdf": "argon2id", "params": {"memory_kib", "iterations", "parallelism"}, "salt",
 *      "cipher": "aes-256-gcm", "nonce", "ciphertext"}
 *
 * Bytes are lowercase hex. The ciphertext holds the key as PKCS #8. Everything else in the file is authenticated with it, so a changed label,
 * world or parameter opens no more than a changed ciphertext does.
 */
import { encodeCanonical, schema, WORLD_ID } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import { isValidPublicKey, PUBLIC_KEY_BYTES } from '../crypto/index.ts'
import { VaultError } from './errors.ts'
import { fingerprintOf } from './fingerprint.ts'
import { hexBytes, withHex } from './hex-fields.ts'
import { NONCE_BYTES, unwrapKey, wrapKey, WRAPPED_KEY_BYTES } from './native-key.ts'
import type { FreshKey } from './native-key.ts'
import { argon2ParamsSchema, assertNewPassphrase, DEFAULT_ARGON2, SALT_BYTES, wrappingKey } from './wrapping-key.ts'
import type { Argon2Params } from './wrapping-key.ts'

const FORMAT = 'agent-world-keystore'
const VERSION = 1
const KEYSTORE_DOMAIN = 'agent-world/keystore/v1'
export const MAX_KEYSTORE_CHARS = 8192

const { literal, nullable, object, text } = schema

/** What people call a key: one line, nothing invisible. */
export const KEY_LABEL = text(64, /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u)

const keystoreSchema = object({
  format: literal(FORMAT),
  version: literal(VERSION),
  label: KEY_LABEL,
  /** The only world this key signs for; null for any. */
  world_id: nullable(WORLD_ID),
  public_key: hexBytes(PUBLIC_KEY_BYTES),
  fingerprint: text(64, /^[0-9a-f]{64}$/),
  kdf: literal('argon2id'),
  params: argon2ParamsSchema,
  salt: hexBytes(SALT_BYTES),
  cipher: literal('aes-256-gcm'),
  nonce: hexBytes(NONCE_BYTES),
  ciphertext: hexBytes(WRAPPED_KEY_BYTES),
})
export type Keystore = Infer<typeof keystoreSchema>

export interface CryptoSource {
  readonly subtle: SubtleCrypto
  /** Secure random bytes. */
  readonly randomBytes: (length: number) => Uint8Array
}

export const platformCrypto = (): CryptoSource => ({
  subtle: globalThis.crypto.subtle,
  randomBytes: (length) => globalThis.crypto.getRandomValues(new Uint8Array(length)),
})

export interface KeystoreInit {
  readonly label: string
  readonly world_id: string | null
  readonly passphrase: string
  /** Default `DEFAULT_ARGON2`. */
  readonly params?: Argon2Params
}

/** The file's text. `key.secret` must be extractable. Throws `PASSPHRASE_TOO_SHORT`, `PASSPHRASE_TOO_LONG`. */
export async function sealKeystore({ subtle, randomBytes }: CryptoSource, key: FreshKey, init: KeystoreInit): Promise<string> {
  assertNewPassphrase(init.passphrase)
  const head = {
    format: FORMAT, version: VERSION, label: KEY_LABEL.parse(init.label, 'label'), world_id: init.world_id, public_key: key.publicKey,
    fingerprint: fingerprintOf(key.publicKey), kdf: 'argon2id', params: init.params ?? DEFAULT_ARGON2, salt: randomBytes(SALT_BYTES), cipher: 'aes-256-gcm',
  } as const
  const wrapping = await wrappingKey(subtle, { kdf: 'argon2id', salt: head.salt, params: head.params }, { passphrase: init.passphrase })
  const wrapped = await wrapKey(subtle, key.secret, wrapping, associatedData(head), randomBytes(NONCE_BYTES))
  return `${JSON.stringify(withHex({ ...head, ...wrapped }), null, 2)}\n`
}

/** Reads a file without opening it. Throws `KEYSTORE_INVALID`, `KEYSTORE_TOO_COSTLY`. */
export function parseKeystore(file: string): Keystore {
  if (file.length > MAX_KEYSTORE_CHARS) throw new VaultError('KEYSTORE_INVALID', { max_chars: MAX_KEYSTORE_CHARS })
  const keystore = parseFile(file)
  if (keystore.fingerprint !== fingerprintOf(keystore.public_key) || !isValidPublicKey(keystore.public_key)) {
    throw new VaultError('KEYSTORE_INVALID', { field: 'public_key' }, 'The public key and its fingerprint do not belong together.')
  }
  return keystore
}

function parseFile(file: string): Keystore {
  let value: unknown
  try {
    value = JSON.parse(file)
  } catch (cause) {
    throw new VaultError('KEYSTORE_INVALID', {}, undefined, { cause })
  }
  try {
    return keystoreSchema.parse(value as Value, '')
  } catch (cause) {
    const path = String((cause as { detail?: { path?: string } }).detail?.path ?? '')
    throw new VaultError(path.startsWith('params') ? 'KEYSTORE_TOO_COSTLY' : 'KEYSTORE_INVALID', { field: path }, undefined, { cause })
  }
}

/** The secret, in the engine. `extractable` only to wrap it again. Throws `KEYSTORE_NOT_OPENED`, `PASSPHRASE_TOO_LONG`, `ED25519_UNSUPPORTED`. */
export async function openKeystore(subtle: SubtleCrypto, keystore: Keystore, passphrase: string, extractable = false): Promise<FreshKey> {
  const wrapping = await wrappingKey(subtle, { kdf: 'argon2id', salt: keystore.salt, params: keystore.params }, { passphrase })
  const secret = await unwrapKey(subtle, keystore, wrapping, associatedData(keystore), keystore.public_key, extractable)
  if (secret === undefined) throw new VaultError('KEYSTORE_NOT_OPENED', { fingerprint: keystore.fingerprint })
  return { publicKey: keystore.public_key, secret }
}

function associatedData({ label, world_id, public_key, params, salt }: Pick<Keystore, 'label' | 'world_id' | 'public_key' | 'params' | 'salt'>): Uint8Array {
  return encodeCanonical([KEYSTORE_DOMAIN, VERSION, label, world_id, public_key, params, salt])
}
