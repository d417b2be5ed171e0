/** Secret bytes of any kind encrypted under a passphrase, as fields of a file; a signing key of its own has a keystore instead. */
import { encodeCanonical, fromHex, schema } from '../codec/index.ts'
import type { Infer, Schema, Value } from '../codec/index.ts'
import { hexBytes } from './hex-fields.ts'
import type { CryptoSource } from './keystore.ts'
import { NONCE_BYTES } from './native-key.ts'
import { argon2ParamsSchema, assertNewPassphrase, DEFAULT_ARGON2, SALT_BYTES, wrappingKey } from './wrapping-key.ts'
import type { Argon2Params } from './wrapping-key.ts'

/** Far more than any secret takes that a person keeps in a file. */
const MAX_SECRET_BYTES = 1 << 20
const SEALED_DOMAIN = 'agent-world/sealed-secret/v1'
/** Bytes as WebCrypto wraps them: the key of a code that is never computed. */
const ANY_BYTES = { name: 'HMAC', hash: 'SHA-256' } as const

const { literal, object, text } = schema

/** A byte and a tag, or more. */
const ciphertext: Schema<Uint8Array> = { parse: (value, path) => fromHex(text(2 * MAX_SECRET_BYTES + 32, /^([0-9a-f]{2}){17,}$/).parse(value, path)) }

export const SEALED_FIELDS = {
  kdf: literal('argon2id'),
  params: argon2ParamsSchema,
  salt: hexBytes(SALT_BYTES),
  cipher: literal('aes-256-gcm'),
  nonce: hexBytes(NONCE_BYTES),
  ciphertext,
} as const
const sealedSchema = object(SEALED_FIELDS)
export type SealedSecret = Infer<typeof sealedSchema>

/** `about` is authenticated with it and must be given again to open it. Throws `PASSPHRASE_TOO_SHORT`, `PASSPHRASE_TOO_LONG`. */
export async function sealSecret({ subtle, randomBytes }: CryptoSource, secret: Uint8Array, about: Value, passphrase: string, params: Argon2Params = DEFAULT_ARGON2): Promise<SealedSecret> {
  assertNewPassphrase(passphrase)
  const head = { kdf: 'argon2id', params, salt: randomBytes(SALT_BYTES), cipher: 'aes-256-gcm' } as const
  const wrapping = await wrappingKey(subtle, head, { passphrase })
  const nonce = randomBytes(NONCE_BYTES)
  const key = await subtle.importKey('raw', secret as Uint8Array<ArrayBuffer>, ANY_BYTES, true, ['sign'])
  const ciphertext = new Uint8Array(await subtle.wrapKey('raw', key, wrapping, gcm(nonce, head, about)))
  return { ...head, nonce, ciphertext }
}

/** Undefined when the passphrase or any authenticated byte is wrong. Throws `PASSPHRASE_TOO_LONG`. */
export async function openSecret(subtle: SubtleCrypto, sealed: SealedSecret, about: Value, passphrase: string): Promise<Uint8Array | undefined> {
  const wrapping = await wrappingKey(subtle, sealed, { passphrase })
  const key = await subtle.unwrapKey('raw', sealed.ciphertext as Uint8Array<ArrayBuffer>, wrapping, gcm(sealed.nonce, sealed, about), ANY_BYTES, true, ['sign']).catch(() => undefined)
  return key === undefined ? undefined : new Uint8Array(await subtle.exportKey('raw', key))
}

function gcm(nonce: Uint8Array, { params, salt }: Pick<SealedSecret, 'params' | 'salt'>, about: Value): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce as Uint8Array<ArrayBuffer>, additionalData: encodeCanonical([SEALED_DOMAIN, about, params, salt]) as Uint8Array<ArrayBuffer>, tagLength: 128 }
}
