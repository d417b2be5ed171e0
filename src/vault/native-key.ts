/**
 * Ed25519 keys inside the engine. A secret is made, wrapped, unwrapped and used by WebCrypto; its bytes never enter JavaScript, except where a
 * seed is imported on purpose.
 */
import { SEED_BYTES, verifyEd25519 } from '../crypto/index.ts'
import { VaultError } from './errors.ts'

const ALGORITHM = 'Ed25519'
/** The PKCS #8 frame of an Ed25519 private key (RFC 8410 §7): everything before the 32 bytes of seed. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20)
/** Signed once per opened key to see that it is the one its public key says. Its domain is used for nothing else. */
const POSSESSION_PROBE = new TextEncoder().encode('agent-world/key-possession-test/v1')

export const NONCE_BYTES = 12
/** A PKCS #8 Ed25519 key and the tag of AES-GCM. */
export const WRAPPED_KEY_BYTES = PKCS8_PREFIX.length + SEED_BYTES + 16

/** A secret key encrypted with AES-256-GCM. */
export interface WrappedKey {
  readonly nonce: Uint8Array
  readonly ciphertext: Uint8Array
}

/** A new key: its secret exists only in the engine, and only until `wrapKey` has been called. */
export interface FreshKey {
  readonly publicKey: Uint8Array
  readonly secret: CryptoKey
}

type Bytes = Uint8Array<ArrayBuffer>

/** Throws `ED25519_UNSUPPORTED`. */
export async function generateKey(subtle: SubtleCrypto): Promise<FreshKey> {
  const pair = (await native(() => subtle.generateKey(ALGORITHM, true, ['sign', 'verify']))) as CryptoKeyPair
  return { publicKey: new Uint8Array(await subtle.exportKey('raw', pair.publicKey)), secret: pair.privateKey }
}

/** The key of a seed that exists already, e.g. in a validator's key file. The caller wipes its own copy. Throws `ED25519_UNSUPPORTED`. */
export async function importSeed(subtle: SubtleCrypto, seed: Uint8Array, publicKey: Uint8Array): Promise<FreshKey> {
  const pkcs8 = new Uint8Array(PKCS8_PREFIX.length + SEED_BYTES)
  pkcs8.set(PKCS8_PREFIX)
  pkcs8.set(seed, PKCS8_PREFIX.length)
  try {
    return { publicKey, secret: await native(() => subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign'])) }
  } finally {
    pkcs8.fill(0)
  }
}

/** Encrypts an extractable secret. `associated` is authenticated with it and must be given again to open it. */
export async function wrapKey(subtle: SubtleCrypto, secret: CryptoKey, wrapping: CryptoKey, associated: Uint8Array, nonce: Uint8Array): Promise<WrappedKey> {
  const wrapped = await subtle.wrapKey('pkcs8', secret, wrapping, gcm(nonce, associated))
  return { nonce, ciphertext: new Uint8Array(wrapped) }
}

/**
 * Opens a wrapped key straight into the engine. Undefined when the wrapping key or any authenticated byte is wrong, or when the secret is not
 * that of `publicKey`. `extractable` only to wrap it again under another key. Throws `ED25519_UNSUPPORTED`.
 */
export async function unwrapKey(
  subtle: SubtleCrypto, { nonce, ciphertext }: WrappedKey, wrapping: CryptoKey, associated: Uint8Array, publicKey: Uint8Array, extractable = false,
): Promise<CryptoKey | undefined> {
  await assertSupported(subtle)
  const secret = await subtle
    .unwrapKey('pkcs8', ciphertext as Bytes, wrapping, gcm(nonce, associated), ALGORITHM, extractable, ['sign'])
    .catch(() => undefined)
  if (secret === undefined) return undefined
  return (await verifyEd25519(publicKey, POSSESSION_PROBE, await signNative(subtle, secret, POSSESSION_PROBE))) ? secret : undefined
}

export async function signNative(subtle: SubtleCrypto, secret: CryptoKey, payload: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.sign(ALGORITHM, secret, payload as Bytes))
}

const supported = new WeakSet<SubtleCrypto>()

/** Throws `ED25519_UNSUPPORTED`: told apart from a wrong passphrase before any is asked for. */
export async function assertSupported(subtle: SubtleCrypto): Promise<void> {
  if (supported.has(subtle)) return
  await native(() => subtle.generateKey(ALGORITHM, false, ['sign', 'verify']))
  supported.add(subtle)
}

async function native<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    throw new VaultError('ED25519_UNSUPPORTED', {}, undefined, { cause })
  }
}

function gcm(nonce: Uint8Array, associated: Uint8Array): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce as Bytes, additionalData: associated as Bytes, tagLength: 128 }
}
