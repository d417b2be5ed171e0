/** How the key that wraps a key is made: from a passphrase with Argon2id (RFC 9106), or from the PRF output of a passkey with HKDF. */
import { argon2id } from '@noble/hashes/argon2.js'
import { schema } from '../codec/index.ts'
import type { Infer } from '../codec/index.ts'
import { VaultError } from './errors.ts'

export const SALT_BYTES = 16
/** What a WebAuthn PRF evaluation returns. */
export const PRF_BYTES = 32
/** Below it, guessing is cheap whatever the KDF. */
export const MIN_PASSPHRASE_LENGTH = 12
const MAX_PASSPHRASE_LENGTH = 1024
const HKDF_INFO = new TextEncoder().encode('agent-world/vault-wrapping-key/v1')

const { fixedBytes, int, literal, object, text, union } = schema

/** Costs a file may ask for, bounded so that no file freezes the device that opens it. */
const argon2Params = {
  memory_kib: int(1024, 512 << 10),
  iterations: int(1, 16),
  parallelism: int(1, 4),
}
export const argon2ParamsSchema = object(argon2Params)
export type Argon2Params = Infer<typeof argon2ParamsSchema>

/** 64 MiB, three passes: about a second in a worker (0.7 s in Node 24 on two shared cores), 64 MiB per guess for whoever stole the file. */
export const DEFAULT_ARGON2: Argon2Params = { memory_kib: 64 << 10, iterations: 3, parallelism: 1 }

export const protectionSchema = union('kdf', {
  argon2id: object({ kdf: literal('argon2id'), salt: fixedBytes(SALT_BYTES), params: argon2ParamsSchema }),
  'webauthn-prf': object({
    kdf: literal('webauthn-prf'),
    salt: fixedBytes(SALT_BYTES),
    /** Which passkey to ask, base64url as WebAuthn writes it. */
    credential_id: text(1400, /^[A-Za-z0-9_-]+$/),
    /** What the passkey evaluates its PRF on. */
    prf_input: fixedBytes(32),
  }),
})
/** What must be known beside the secret to make the wrapping key again. */
export type Protection = Infer<typeof protectionSchema>

/** What the holder shows to open a key. */
export type Secret = { readonly passphrase: string } | { readonly prfOutput: Uint8Array }

/** Throws `PASSPHRASE_TOO_SHORT`, `PASSPHRASE_TOO_LONG`. Called where a passphrase is chosen, never where one is tried. */
export function assertNewPassphrase(passphrase: string): void {
  if ([...passphrase.normalize('NFKC')].length < MIN_PASSPHRASE_LENGTH) throw new VaultError('PASSPHRASE_TOO_SHORT', { min_length: MIN_PASSPHRASE_LENGTH })
  if (passphrase.length > MAX_PASSPHRASE_LENGTH) throw new VaultError('PASSPHRASE_TOO_LONG', { max_length: MAX_PASSPHRASE_LENGTH })
}

/** The non-extractable AES-256-GCM key. Throws `SECRET_KIND` when the key is opened another way, `PASSKEY_SECRET_INVALID`, `PASSPHRASE_TOO_LONG`. */
export async function wrappingKey(subtle: SubtleCrypto, protection: Protection, secret: Secret): Promise<CryptoKey> {
  if (protection.kdf === 'argon2id') {
    if (!('passphrase' in secret)) throw new VaultError('SECRET_KIND', { kdf: protection.kdf })
    return fromPassphrase(subtle, secret.passphrase, protection.salt, protection.params)
  }
  if (!('prfOutput' in secret)) throw new VaultError('SECRET_KIND', { kdf: protection.kdf })
  return fromPrf(subtle, secret.prfOutput, protection.salt)
}

async function fromPassphrase(subtle: SubtleCrypto, passphrase: string, salt: Uint8Array, params: Argon2Params): Promise<CryptoKey> {
  if (passphrase.length > MAX_PASSPHRASE_LENGTH) throw new VaultError('PASSPHRASE_TOO_LONG', { max_length: MAX_PASSPHRASE_LENGTH })
  // Keyboards differ in how they compose the same letters.
  const password = new TextEncoder().encode(passphrase.normalize('NFKC'))
  const derived = argon2id(password, salt, { m: params.memory_kib, t: params.iterations, p: params.parallelism, dkLen: 32 })
  password.fill(0)
  try {
    return await subtle.importKey('raw', derived as Uint8Array<ArrayBuffer>, 'AES-GCM', false, ['wrapKey', 'unwrapKey'])
  } finally {
    derived.fill(0)
  }
}

async function fromPrf(subtle: SubtleCrypto, prfOutput: Uint8Array, salt: Uint8Array): Promise<CryptoKey> {
  if (!(prfOutput instanceof Uint8Array) || prfOutput.length !== PRF_BYTES) throw new VaultError('PASSKEY_SECRET_INVALID', { expected_bytes: PRF_BYTES })
  const own = prfOutput.slice()
  try {
    const base = await subtle.importKey('raw', own, 'HKDF', false, ['deriveKey'])
    const params = { name: 'HKDF', hash: 'SHA-256', salt: salt as Uint8Array<ArrayBuffer>, info: HKDF_INFO }
    return await subtle.deriveKey(params, base, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey'])
  } finally {
    own.fill(0)
  }
}
