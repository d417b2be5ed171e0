import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

const MESSAGES = {
  ED25519_UNSUPPORTED: 'This browser cannot hold Ed25519 keys. Update it (Chrome 137, Firefox 129, Safari 17 or newer), or sign elsewhere: download the request and run "aw sign FILE".',
  PASSPHRASE_TOO_SHORT: 'Choose a longer passphrase: five or six random words are easy to keep and hard to guess.',
  PASSPHRASE_TOO_LONG: 'This passphrase is longer than any key needs. Choose a shorter one.',
  SECRET_KIND: 'This key is opened another way. Use the passphrase or the passkey it was made with.',
  PASSKEY_SECRET_INVALID: 'The passkey gave no usable secret. Try again, or open the key from its backup file with the passphrase.',
  UNLOCK_FAILED: 'The key was not opened: the passphrase is wrong, or what is stored was changed. Try again; if you are sure of it, import the backup file.',
  TOO_MANY_ATTEMPTS: 'Too many failed attempts. Wait, then try again.',
  VAULT_LOCKED: 'The key is locked. Unlock it and sign again.',
  KEY_NOT_FOUND: 'There is no such key in this browser. It may have been removed in another tab; import it from its backup file.',
  KEY_EXISTS: 'This key is here already. Use the one that is listed.',
  TOO_MANY_KEYS: 'No more keys fit into this vault. Remove one that is backed up and no longer used.',
  BACKUP_NOT_VERIFIED: 'This key has no proven backup. Export it, then open the exported file with its passphrase; after that it may sign.',
  BACKUP_OTHER_KEY: 'This file holds another key. Choose the file exported for this key.',
  KEYSTORE_INVALID: 'This is no keystore file, or it is cut off or changed. Choose the file that "export" wrote.',
  KEYSTORE_NOT_OPENED: 'The keystore was not opened: the passphrase is wrong, or the file was changed.',
  KEYSTORE_TOO_COSTLY: 'This keystore asks for more memory or work than any real one. It was not opened.',
  STORAGE_UNAVAILABLE: 'This browser gives the page no storage for keys. Leave private browsing or allow storage, or sign elsewhere: download the request and run "aw sign FILE".',
  ARGUMENT_INVALID: 'The vault was called with something it does not take. Reload the page.',
  CALL_REFUSED: 'The vault has no such call. Reload the page.',
  INTENT_INVALID: 'This is no intent that the vault can sign.',
  INTENT_MISMATCH: 'What is shown is not what would be signed. Nothing was signed. Reload the proposal from a node you trust and compare.',
  WRONG_WORLD: 'This intent is for another world than the key. Nothing was signed. Check which world the page is connected to.',
  SIGNER_NOT_IN_SET: 'This key is not the one the world lists under that name. Choose the key of that signer.',
  REQUEST_INVALID: 'This is no signing request, or it is cut off or changed. Download it again.',
  RESPONSE_INVALID: 'This is no signing response, or it is cut off or changed. Make it again on the signing device.',
  RESPONSE_OTHER_REQUEST: 'This response answers another request. Sign the request that was made last.',
  RESPONSE_SIGNATURE: 'The signature of this response does not fit the request. Sign again with the key the request names.',
  RESPONSE_EXPIRED: 'This response came too late: the action is no longer valid at this height. Make a new request.',
  CHUNK_INVALID: 'This code is none of a signing request or response. Scan the next one.',
  CHUNK_OTHER_MESSAGE: 'This code belongs to another file than the codes before it. Start again.',
  CHUNKS_DAMAGED: 'The codes do not add up to the file they name. Start again.',
  MESSAGE_TOO_LARGE: 'This request is too large for codes. Carry it as a file.',
} as const

export type VaultErrorCode = keyof typeof MESSAGES

/** The vault refused. Nothing was signed, and no key was shown to anyone. `message` says what to do next. */
export class VaultError extends AppError {
  declare readonly code: VaultErrorCode

  /** `why` goes before the standing advice of the code. */
  constructor(code: VaultErrorCode, detail: ErrorDetail = {}, why?: string, options?: ErrorOptions) {
    super(code, why === undefined ? MESSAGES[code] : `${why} ${MESSAGES[code]}`, detail, options)
  }
}
