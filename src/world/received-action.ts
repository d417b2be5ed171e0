import { AppError, decodeActionEnvelope, Domain, encodeCanonical, equalBytes, MAX_ACTION_BYTES, sha256 } from '../codec/index.ts'
import type { ActionEnvelope, NodeConsensusAction } from '../codec/index.ts'

/** An action read once: its envelope, or why there is none. */
export type ReceivedAction =
  | { readonly envelope: ActionEnvelope; readonly error?: undefined }
  | { readonly envelope?: undefined; readonly error: AppError | null }

/** Verifying ahead and executing both need the envelope; whoever comes second finds it here. Actions are never changed in place. */
const received = new WeakMap<NodeConsensusAction, ReceivedAction>()

/** Reads an action, checking its id, hash, size and envelope. Never throws. */
export function readAction(action: NodeConsensusAction): ReceivedAction {
  const known = received.get(action)
  if (known !== undefined) return known
  const read = decode(action)
  received.set(action, read)
  return read
}

function decode(action: NodeConsensusAction): ReceivedAction {
  try {
    if (action.payload_cbor.length > MAX_ACTION_BYTES || !isConsistent(action)) return { error: null }
    return { envelope: decodeActionEnvelope(action.payload_cbor) }
  } catch (error) {
    return { error: error instanceof AppError ? error : null }
  }
}

/** Codec's `isConsistentAction`. */
function isConsistent({ action_id, payload_cbor, payload_hash }: NodeConsensusAction): boolean {
  const hash = sha256(payload_cbor)
  return equalBytes(hash, payload_hash) && isHexOf(action_id, hash)
}

/** Whether `text` is the lowercase hex of `bytes`; cheaper than writing it. */
function isHexOf(text: string, bytes: Uint8Array): boolean {
  if (text.length !== 2 * bytes.length) return false
  for (let i = 0; i < bytes.length; i++) {
    if (text.charCodeAt(2 * i) !== HEX_DIGITS.charCodeAt(bytes[i]! >> 4) || text.charCodeAt(2 * i + 1) !== HEX_DIGITS.charCodeAt(bytes[i]! & 15)) return false
  }
  return true
}

const HEX_DIGITS = '0123456789abcdef'
const DOMAIN = encodeCanonical(Domain.action)
const LIST_OF_SIX = 0x86
const MAP_HEAD = 1
const SIGNATURE_ITEM = 66
const keySize = (name: string): number => 1 + name.length + (name.length < 24 ? 0 : 1)
const BEFORE_NONCE = MAP_HEAD + keySize('actor')
const AFTER_ACTION = keySize('world_id') + keySize('signature') + SIGNATURE_ITEM + keySize('valid_until_height')

/**
 * `actionPayload` of an envelope whose canonical bytes are at hand, put together from pieces of them: signed are
 * [domain, world_id, actor, nonce, valid_until_height, action], and the envelope is the map {actor, nonce, action, world_id, signature,
 * valid_until_height} in that order, so each piece lies where the sizes of the others say.
 */
export function signedPayload(envelope: ActionEnvelope, encoded: Uint8Array): Uint8Array {
  const actor = textSize(envelope.actor)
  const nonce = intSize(envelope.nonce)
  const world = textSize(envelope.world_id)
  const height = intSize(envelope.valid_until_height)
  const nonceAt = BEFORE_NONCE + actor + keySize('nonce')
  const actionAt = nonceAt + nonce + keySize('action')
  const actionEnd = encoded.length - AFTER_ACTION - world - height
  const worldAt = actionEnd + keySize('world_id')
  const payload = new Uint8Array(1 + DOMAIN.length + world + actor + nonce + height + (actionEnd - actionAt))
  payload[0] = LIST_OF_SIX
  let at = 1
  const put = (from: Uint8Array, start: number, end: number): void => {
    payload.set(from.subarray(start, end), at)
    at += end - start
  }
  put(DOMAIN, 0, DOMAIN.length)
  put(encoded, worldAt, worldAt + world)
  put(encoded, BEFORE_NONCE, BEFORE_NONCE + actor)
  put(encoded, nonceAt, nonceAt + nonce)
  put(encoded, encoded.length - height, encoded.length)
  put(encoded, actionAt, actionEnd)
  return payload
}

/** Ids are ASCII. */
function textSize(text: string): number {
  return text.length + (text.length < 24 ? 1 : text.length < 0x100 ? 2 : 3)
}

function intSize(value: number): number {
  return value < 24 ? 1 : value < 0x100 ? 2 : value < 0x10000 ? 3 : value < 0x1_0000_0000 ? 5 : 9
}

