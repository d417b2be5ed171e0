/**
 * The two files that cross an air gap. A request (`.awsign`) carries the whole content of an intent, so the signing device recomputes every hash by
 * itself; a response (`.awsig`) carries only signatures. Both are canonical CBOR:
 *
 *     request   ["agent-world/signing-request/v1", {intent, public_key, salt}]
 *     response  ["agent-world/signing-response/v1", {request_id, public_key, share_signature | null, envelope_signature}]
 *
 * `request_id` is the hash of the request's bytes; its salt is random, so a response never fits a later request about the same thing.
 */
import { decodeCanonical, encodeCanonical, equalBytes, schema, sha256, toHex } from '../codec/index.ts'
import type { Schema, Value } from '../codec/index.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '../crypto/index.ts'
import { VaultError } from './errors.ts'
import type { VaultErrorCode } from './errors.ts'
import { parseIntent } from './intent.ts'
import type { Intent } from './intent.ts'
import { assembleSigned, signIntent } from './sign-intent.ts'
import type { IntentSigner, SignedIntent } from './sign-intent.ts'

const REQUEST_DOMAIN = 'agent-world/signing-request/v1'
const RESPONSE_DOMAIN = 'agent-world/signing-response/v1'
const REQUEST_SALT_BYTES = 16
/** A manifest of 64 modules, a proposal and its report with room to spare. */
export const MAX_REQUEST_BYTES = 1 << 20
export const MAX_RESPONSE_BYTES = 4096

const { anyValue, fixedBytes, nullable, object, text } = schema

const requestSchema = object({ intent: anyValue(), public_key: fixedBytes(PUBLIC_KEY_BYTES), salt: fixedBytes(REQUEST_SALT_BYTES) })
const responseSchema = object({
  request_id: text(64, /^[0-9a-f]{64}$/),
  public_key: fixedBytes(PUBLIC_KEY_BYTES),
  share_signature: nullable(fixedBytes(SIGNATURE_BYTES)),
  envelope_signature: fixedBytes(SIGNATURE_BYTES),
})

export interface SigningRequest {
  /** SHA-256 of the file, hex. */
  readonly request_id: string
  readonly intent: Intent
  /** The key that is asked to sign. */
  readonly public_key: Uint8Array
}

/** The request's file. Throws `INTENT_INVALID`, `REQUEST_INVALID` when it would be too large. */
export function encodeRequest(intent: Intent, publicKey: Uint8Array, randomBytes: (length: number) => Uint8Array): Uint8Array {
  const content = { intent: parseIntent(intent) as unknown as Value, public_key: publicKey, salt: randomBytes(REQUEST_SALT_BYTES) }
  const file = encodeCanonical([REQUEST_DOMAIN, content])
  if (file.length > MAX_REQUEST_BYTES) throw new VaultError('REQUEST_INVALID', { bytes: file.length, max_bytes: MAX_REQUEST_BYTES })
  return file
}

/** Throws `REQUEST_INVALID`, `INTENT_INVALID`. */
export function decodeRequest(file: Uint8Array): SigningRequest {
  const { intent, public_key } = decodeFile(file, REQUEST_DOMAIN, requestSchema, MAX_REQUEST_BYTES, 'REQUEST_INVALID')
  return { request_id: toHex(sha256(file)), intent: parseIntent(intent), public_key }
}

/** Signs a request with the key it names and returns the response's file. Throws what `signIntent` does, and `SIGNER_NOT_IN_SET` for another key. */
export async function answerRequest(request: SigningRequest, signer: IntentSigner): Promise<Uint8Array> {
  if (!equalBytes(request.public_key, signer.publicKey)) {
    throw new VaultError('SIGNER_NOT_IN_SET', { requested_key: toHex(request.public_key), this_key: toHex(signer.publicKey) }, 'The request asks for another key.')
  }
  const { share_signature, envelope_signature, public_key } = await signIntent(request.intent, signer)
  return encodeCanonical([RESPONSE_DOMAIN, { request_id: request.request_id, public_key, share_signature, envelope_signature }])
}

/**
 * What the response's signatures make of the request they answer, verified. `height` is that of the world now, or null when unknown. Throws
 * `RESPONSE_INVALID`, `RESPONSE_OTHER_REQUEST`, `RESPONSE_SIGNATURE`, `RESPONSE_EXPIRED`.
 */
export async function acceptResponse(requestFile: Uint8Array, responseFile: Uint8Array, height: number | null): Promise<SignedIntent> {
  const request = decodeRequest(requestFile)
  const response = decodeFile(responseFile, RESPONSE_DOMAIN, responseSchema, MAX_RESPONSE_BYTES, 'RESPONSE_INVALID')
  if (response.request_id !== request.request_id) {
    throw new VaultError('RESPONSE_OTHER_REQUEST', { expected: request.request_id, answered: response.request_id })
  }
  if (!equalBytes(response.public_key, request.public_key)) throw new VaultError('RESPONSE_SIGNATURE', { request_id: request.request_id })
  const { valid_until_height } = request.intent
  if (height !== null && height >= valid_until_height) throw new VaultError('RESPONSE_EXPIRED', { height, valid_until_height })
  return assembleSigned(request.intent, request.public_key, response)
}

function decodeFile<T>(file: Uint8Array, domain: string, content: Schema<T>, maxBytes: number, code: VaultErrorCode): T {
  try {
    if (file.length > maxBytes) throw new RangeError(`${file.length} bytes are more than ${maxBytes}`)
    const value = decodeCanonical(file)
    if (!Array.isArray(value) || value.length !== 2 || value[0] !== domain) throw new TypeError('another kind of file')
    return content.parse(value[1], '')
  } catch (cause) {
    throw new VaultError(code, {}, undefined, { cause })
  }
}
