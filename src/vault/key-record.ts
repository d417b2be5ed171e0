import { encodeCanonical, schema, WORLD_ID } from '../codec/index.ts'
import type { Infer, Value } from '../codec/index.ts'
import { PUBLIC_KEY_BYTES } from '../crypto/index.ts'
import { KEY_LABEL } from './keystore.ts'
import { NONCE_BYTES, WRAPPED_KEY_BYTES } from './native-key.ts'
import { protectionSchema } from './wrapping-key.ts'

const { fixedBytes, int, nullable, object, text } = schema

const RECORD_DOMAIN = 'agent-world/vault-key/v1'

export const keyRecordSchema = object({
  /** Fingerprint of the public key. */
  key_id: text(64, /^[0-9a-f]{64}$/),
  label: KEY_LABEL,
  /** The only world this key signs for; null for any. */
  world_id: nullable(WORLD_ID),
  public_key: fixedBytes(PUBLIC_KEY_BYTES),
  protection: protectionSchema,
  nonce: fixedBytes(NONCE_BYTES),
  ciphertext: fixedBytes(WRAPPED_KEY_BYTES),
  /** Milliseconds since 1970, as are all times here. */
  created_at: int(),
  /** When its holder last proved that the exported file opens; null until then. */
  backup_verified_at: nullable(int()),
  /** Failed attempts since the last success. */
  failures: int(),
  /** No attempt before this. */
  blocked_until: int(),
})
/** A key as it lies in the browser's storage. */
export type KeyRecord = Infer<typeof keyRecordSchema>

/** What the page may know of a key. */
export interface KeyInfo {
  readonly key_id: string
  readonly label: string
  readonly world_id: string | null
  readonly public_key: Uint8Array
  readonly kind: 'passphrase' | 'passkey'
  /** Which passkey to ask and what for; null for a passphrase. */
  readonly passkey: { readonly credential_id: string; readonly prf_input: Uint8Array } | null
  readonly created_at: number
  readonly backup_verified_at: number | null
  readonly failures: number
  readonly blocked_until: number
}

/** What is authenticated with the wrapped key: with another label, world or protection it does not open. */
export function recordAssociatedData(record: Pick<KeyRecord, 'label' | 'world_id' | 'public_key' | 'protection'>): Uint8Array {
  return encodeCanonical([RECORD_DOMAIN, record.label, record.world_id, record.public_key, record.protection as Value])
}

export function keyInfo({ key_id, label, world_id, public_key, protection, created_at, backup_verified_at, failures, blocked_until }: KeyRecord): KeyInfo {
  const shared = { key_id, label, world_id, public_key, created_at, backup_verified_at, failures, blocked_until }
  if (protection.kdf === 'argon2id') return { ...shared, kind: 'passphrase', passkey: null }
  return { ...shared, kind: 'passkey', passkey: { credential_id: protection.credential_id, prf_input: protection.prf_input } }
}
