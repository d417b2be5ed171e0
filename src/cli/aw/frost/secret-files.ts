/** What a participant keeps: progress while a key is made, its share afterwards, each sealed under its passphrase. */
import { AppError, EXECUTOR_ID, fromHex, HASH_TEXT, schema, toHex, utf8Bytes } from '../../../codec/index.ts'
import type { Infer, Schema, Value } from '../../../codec/index.ts'
import { frost } from '../../../crypto/index.ts'
import { eraseFile, replaceFile } from '../../../storage/node.ts'
import { openSecret, platformCrypto, SEALED_FIELDS, sealSecret, withHex } from '../../../vault/index.ts'
import type { Argon2Params } from '../../../vault/index.ts'
import { readBounded, writeNew } from '../key-files.ts'
import { decodeGroup, encodeGroup } from './ceremony.ts'
import type { Group } from './ceremony.ts'
import { decodeProgress, encodeProgress } from './make-key.ts'
import type { Progress } from './make-key.ts'

const { literal, object, text } = schema

const MAX_FILE_BYTES = 8 << 20

const progressFile = object({ format: literal('agent-world-frost-progress'), version: literal(1), ceremony_id: HASH_TEXT, participant: EXECUTOR_ID, ...SEALED_FIELDS })
const shareFile = object({ format: literal('agent-world-frost-share'), version: literal(1), participant: EXECUTOR_ID, group: text(128 << 10, /^([0-9a-f]{2})+$/), ...SEALED_FIELDS })

/** A share with the group it belongs to. */
export interface OwnShare extends Group {
  readonly keyShare: frost.KeyShare
}

/** Whose progress, and how it is sealed. */
export interface Owner {
  readonly ceremony_id: string
  readonly participant: string
  readonly passphrase: string
  readonly params: Argon2Params
}

/** Throws `FILE_EXISTS` for a new one; later ones take the place of the one before in one step. */
export async function writeProgress(path: string, { ceremony_id, participant, passphrase, params }: Owner, progress: Progress, isNew: boolean): Promise<void> {
  const head = { format: 'agent-world-frost-progress', version: 1, ceremony_id, participant } as const
  const sealed = await sealSecret(platformCrypto(), encodeProgress(progress), head, passphrase, params)
  const content = `${JSON.stringify(withHex({ ...head, ...sealed }), null, 2)}\n`
  if (isNew) return writeNew(path, content, 0o600)
  replaceFile(path, content, 0o600)
}

/** Throws `SECRET_FILE_INVALID`, `OTHER_CEREMONY`, `SECRET_NOT_OPENED`. */
export async function readProgress(path: string, { ceremony_id, participant, passphrase }: Owner): Promise<Progress> {
  const file = readFile(path, progressFile)
  const { format, version, ceremony_id: of, participant: whose } = file
  if (of !== ceremony_id || whose !== participant) throw new AppError('OTHER_CEREMONY', `${path} is that of "${whose}" in another ceremony. Choose the file that "frost dkg start" wrote for this one.`)
  return decodeProgress(await opened(path, file, { format, version, ceremony_id: of, participant: whose }, passphrase))
}

/** What it led to is kept elsewhere by now; it would lead there again. */
export function destroyProgress(path: string): void {
  eraseFile(path)
}

/** Throws `FILE_EXISTS`. The file is opened again before this is done. */
export async function writeShare(path: string, { keyShare, ...group }: OwnShare, passphrase: string, params: Argon2Params): Promise<void> {
  const head = { format: 'agent-world-frost-share', version: 1, participant: keyShare.participant, group: toHex(encodeGroup(group)) } as const
  const sealed = await sealSecret(platformCrypto(), frost.encodeKeyShare(keyShare), head, passphrase, params)
  writeNew(path, `${JSON.stringify(withHex({ ...head, ...sealed }), null, 2)}\n`, 0o600)
  await readShare(path, passphrase)
}

/** Throws `SECRET_FILE_INVALID`, `SECRET_NOT_OPENED`. */
export async function readShare(path: string, passphrase: string): Promise<OwnShare> {
  const file = readFile(path, shareFile)
  const { format, version, participant, group } = file
  const keyShare = frost.decodeKeyShare(await opened(path, file, { format, version, participant, group }, passphrase))
  return { ...decodeGroup(fromHex(group)), keyShare }
}

function readFile<T>(path: string, shape: Schema<T>): T {
  const bytes = readBounded(path, MAX_FILE_BYTES)
  try {
    return shape.parse(JSON.parse(new TextDecoder().decode(bytes)) as Value, '')
  } catch (cause) {
    throw new AppError('SECRET_FILE_INVALID', `${path} is not the file that is expected here, or it is cut off or changed.`, { path }, { cause })
  }
}

async function opened(path: string, sealed: Infer<typeof progressFile> | Infer<typeof shareFile>, about: Value, passphrase: string): Promise<Uint8Array> {
  const secret = await openSecret(platformCrypto().subtle, sealed, about, passphrase)
  if (secret === undefined) throw new AppError('SECRET_NOT_OPENED', `${path} was not opened: the passphrase is wrong, or the file was changed.`, { path })
  return secret
}

/** Nonces beside a share are as secret as the share, so they are sealed with a key that follows from it. */
export async function sealedNonces(store: frost.NonceStore, { signingShare }: frost.KeyShare): Promise<frost.NonceStore> {
  const { subtle } = platformCrypto()
  const base = await subtle.importKey('raw', signingShare as Uint8Array<ArrayBuffer>, 'HKDF', false, ['deriveKey'])
  const derived = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8Bytes('agent-world/frost-nonces/v1') as Uint8Array<ArrayBuffer> }
  const key = await subtle.deriveKey(derived, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const gcm = (iv: Uint8Array, id: string): AesGcmParams => ({ name: 'AES-GCM', iv: iv as Uint8Array<ArrayBuffer>, additionalData: utf8Bytes(id) as Uint8Array<ArrayBuffer> })
  return {
    put: async (id, nonces) => {
      const iv = platformCrypto().randomBytes(12)
      await store.put(id, Uint8Array.of(...iv, ...new Uint8Array(await subtle.encrypt(gcm(iv, id), key, nonces as Uint8Array<ArrayBuffer>))))
    },
    take: async (id) => {
      const sealed = await store.take(id)
      if (sealed === null) return null
      return new Uint8Array(await subtle.decrypt(gcm(sealed.subarray(0, 12), id), key, sealed.slice(12)))
    },
  }
}
