import { equalBytes } from './bytes.ts'
import { encodeCanonical } from './encode.ts'
import { Domain, signingPayload } from './domains.ts'
import { CodecError } from './errors.ts'
import { sha256 } from './sha256.ts'
import { toHex } from './hex.ts'
import { merkleRoot } from './merkle.ts'
import { anyValue, bytes, decodeWith, fixedBytes, int, object, text } from './schema.ts'
import type { Infer, Schema } from './schema.ts'
import { DEFAULT_DECODE_LIMITS } from './value.ts'
import type { Value, ValueMap } from './value.ts'
import { WORLD_ID } from './world-id.ts'

/** Most bytes of one encoded envelope; module source and artifacts travel as blobs, not in actions. */
export const MAX_ACTION_BYTES = 64 << 10

/** `agent/<32 hex>`, `validator/<id>`, or `signer/<id>` of governance: whose key signs and whose nonce counts. */
export const ACTOR_ID = text(80, /^(agent\/[0-9a-f]{32}|(validator|signer)\/[a-z0-9][a-z0-9-]{0,63})$/)

const actionBody: Schema<ValueMap & { readonly kind: string }> = {
  parse: (value, path) => {
    const body = anyValue().parse(value, path)
    const kind = typeof body === 'object' && body !== null && !Array.isArray(body) && !(body instanceof Uint8Array) ? (body as ValueMap)['kind'] : undefined
    if (typeof kind !== 'string' || kind.length > 64) {
      throw new CodecError('SCHEMA_MISMATCH', `${path} must be a map with a text field "kind".`, { path })
    }
    return body as ValueMap & { readonly kind: string }
  },
}

/** A signed request of one actor to change the world (DESIGN §5). The kernel gives `action` its full shape by `kind`. */
export const actionEnvelopeSchema = object({
  world_id: WORLD_ID,
  actor: ACTOR_ID,
  /** One more than the actor's last accepted nonce; the first is 1. */
  nonce: int(1),
  /** Last height at which the action may execute. */
  valid_until_height: int(1),
  action: actionBody,
  signature: fixedBytes(64),
})
export type ActionEnvelope = Infer<typeof actionEnvelopeSchema>
export type UnsignedAction = Omit<ActionEnvelope, 'signature'>

export function actionPayload(action: UnsignedAction): Uint8Array {
  return signingPayload(Domain.action, action.world_id, action.actor, action.nonce, action.valid_until_height, action.action as Value)
}

export function encodeActionEnvelope(envelope: ActionEnvelope): Uint8Array {
  return encodeCanonical(envelope as unknown as Value)
}

export function decodeActionEnvelope(encoded: Uint8Array): ActionEnvelope {
  return decodeWith(actionEnvelopeSchema, encoded, { ...DEFAULT_DECODE_LIMITS, maxBytes: MAX_ACTION_BYTES })
}

/** How an envelope travels in blocks and gossip. `action_id` is the hash of the envelope, so nobody chooses it. */
export const consensusActionSchema = object({
  action_id: text(64, /^[0-9a-f]{64}$/),
  payload_cbor: bytes(MAX_ACTION_BYTES),
  payload_hash: fixedBytes(32),
})
export type NodeConsensusAction = Infer<typeof consensusActionSchema>

export function toConsensusAction(payload_cbor: Uint8Array): NodeConsensusAction {
  const payload_hash = sha256(payload_cbor)
  return { action_id: toHex(payload_hash), payload_cbor, payload_hash }
}

/** True when id and hash are those of the payload. */
export function isConsistentAction(action: NodeConsensusAction): boolean {
  const hash = sha256(action.payload_cbor)
  return equalBytes(hash, action.payload_hash) && toHex(hash) === action.action_id
}

/** Merkle root over the ordered list of payload hashes; inclusion proofs come from `merkleProof` over the same list. */
export function computeConsensusActionRoot(actions: readonly NodeConsensusAction[]): Uint8Array {
  return merkleRoot(actions.map((action) => action.payload_hash))
}

export const encodeConsensusAction = (action: NodeConsensusAction): Uint8Array => encodeCanonical(action)
export const decodeConsensusAction = (encoded: Uint8Array): NodeConsensusAction => decodeWith(consensusActionSchema, encoded)

/** The id an agent's key gives it: `agent/` and 32 hex digits of the hash of the key. */
export function agentIdOf(publicKey: Uint8Array): string {
  return `agent/${toHex(sha256(encodeCanonical([Domain.agentId, publicKey]))).slice(0, 32)}`
}
