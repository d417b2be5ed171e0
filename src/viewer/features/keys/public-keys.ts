/**
 * Keys whose secret lies on another device: this browser keeps their public half alone, to make requests for them. They come as a file, as text or as a QR code:
 *
 *     AWK1/<64 hex digits, uppercase>
 *     {"format": "agent-world-public-key", "version": 1, "label", "public_key", "fingerprint"}
 *
 * A keystore file is understood too; only its public part is read.
 */
import { fromHex, schema, toHex, WORLD_ID } from '../../../codec/index.ts'
import type { Infer, Value } from '../../../codec/index.ts'
import { isValidPublicKey } from '../../../crypto/index.ts'
import { fingerprintOf, parseKeystore } from '../../../vault/index.ts'
import { PageError } from '../../node-client/errors.ts'
import { stored } from './stored.ts'

const { array, int, literal, nullable, object, text } = schema

const FORMAT = 'agent-world-public-key'
export const MAX_PUBLIC_KEY_BYTES = 16_384
const MAX_WATCHED = 64
const HEX_KEY = text(64, /^[0-9a-f]{64}$/)
const LABEL = text(64, /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u)

const fileSchema = object({ format: literal(FORMAT), version: literal(1), label: LABEL, public_key: HEX_KEY, fingerprint: HEX_KEY })
const watchedSchema = object({ public_key: HEX_KEY, label: LABEL, world_id: nullable(WORLD_ID), added_at: int() })
/** A key kept elsewhere; `public_key` is lowercase hex. */
export type WatchedKey = Infer<typeof watchedSchema>

export const publicKeyCode = (publicKey: Uint8Array): string => `AWK1/${toHex(publicKey).toUpperCase()}`

export function publicKeyFile(publicKey: Uint8Array, label: string): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, label, public_key: toHex(publicKey), fingerprint: fingerprintOf(publicKey) }, null, 2)}\n`
}

/** Reads a code, a file or plain hex. `label` is null where none is given. Throws `PUBLIC_KEY_INVALID`. */
export function parsePublicKey(given: string): { readonly publicKey: Uint8Array; readonly label: string | null } {
  const plain = given.trim()
  const hex = /^(?:AWK1\/)?([0-9a-f]{64})$/i.exec(plain)?.[1]
  const { publicKey, label } = hex === undefined ? fromFile(plain) : { publicKey: fromHex(hex.toLowerCase()), label: null }
  if (!isValidPublicKey(publicKey)) throw invalid('These 64 digits are no public key.')
  return { publicKey, label }
}

function fromFile(file: string): { readonly publicKey: Uint8Array; readonly label: string | null } {
  try {
    const value = JSON.parse(file) as Value
    if ((value as { format?: unknown }).format === FORMAT) {
      const { public_key, label, fingerprint } = fileSchema.parse(value, '')
      const publicKey = fromHex(public_key)
      if (fingerprintOf(publicKey) !== fingerprint) throw new TypeError('key and fingerprint differ')
      return { publicKey, label }
    }
    const { public_key, label } = parseKeystore(file)
    return { publicKey: public_key, label }
  } catch (cause) {
    throw invalid('This is no public key.', cause)
  }
}

const invalid = (why: string, cause?: unknown): PageError =>
  new PageError('PUBLIC_KEY_INVALID', `${why} Take the file or code that the other device shows for its public key.`, {}, { cause })

const watched = stored('agent-world/watched-keys/v1', (entry): readonly WatchedKey[] => {
  try {
    return array(watchedSchema, MAX_WATCHED).parse(JSON.parse(entry ?? '[]') as Value, '')
  } catch {
    return []
  }
})

export const watchedStore = watched.store

/** Throws `KEY_EXISTS`, `TOO_MANY_KEYS`, `LABEL_INVALID`. */
export function watchKey(publicKey: Uint8Array, label: string, worldId: string | null, now: number): WatchedKey {
  const known = watchedStore.getState().value
  const key = { public_key: toHex(publicKey), label: label.trim(), world_id: worldId, added_at: now }
  try {
    LABEL.parse(key.label, 'label')
  } catch (cause) {
    throw new PageError('LABEL_INVALID', 'Give the key a name of at most 64 characters, none of them invisible.', {}, { cause })
  }
  if (known.some(({ public_key }) => public_key === key.public_key)) throw new PageError('KEY_EXISTS', 'This key is here already. Use the one that is listed.')
  if (known.length >= MAX_WATCHED) throw new PageError('TOO_MANY_KEYS', 'No more keys fit into the list. Remove one that is no longer used.')
  watched.change([...known, key])
  return key
}

export const unwatchKey = (publicKeyHex: string): boolean => watched.change(watchedStore.getState().value.filter(({ public_key }) => public_key !== publicKeyHex))
