import { actionPayload, encodeActionEnvelope, governanceCertificatePayload, governanceVetoPayload, sha256, toHex } from '../codec/index.ts'
import type { UnsignedAction, Value, ValueMap } from '../codec/index.ts'
import { verifyEd25519 } from '../crypto/index.ts'
import { assertIntent } from './check-intent.ts'
import { VaultError } from './errors.ts'
import type { Intent } from './intent.ts'
import { summarize } from './summary.ts'
import type { IntentSummary } from './summary.ts'

/** A key as this layer uses it: only payloads made here reach `sign`. */
export interface IntentSigner {
  readonly publicKey: Uint8Array
  readonly sign: (payload: Uint8Array) => Promise<Uint8Array>
}

export interface IntentSignatures {
  /** Of the certificate or veto payload; null for intents without one. */
  readonly share_signature: Uint8Array | null
  readonly envelope_signature: Uint8Array
}

export interface SignedIntent extends IntentSignatures {
  readonly public_key: Uint8Array
  /** The canonical action envelope, ready to be submitted. */
  readonly envelope: Uint8Array
  /** SHA-256 of the envelope, hex. */
  readonly action_id: string
  readonly summary: IntentSummary
}

/** Throws `WRONG_WORLD` when the key or the caller is bound to another world. */
export function assertWorld(intent: Intent, worldId: string | null): void {
  if (worldId !== null && intent.world_id !== worldId) throw new VaultError('WRONG_WORLD', { expected: worldId, intent: intent.world_id })
}

/** Checks everything, builds the payloads and has them signed. Throws `INTENT_MISMATCH`, `SIGNER_NOT_IN_SET`; `sign` was not called then. */
export async function signIntent(intent: Intent, signer: IntentSigner): Promise<SignedIntent> {
  await assertIntent(intent, signer.publicKey)
  const payload = sharePayload(intent)
  const share_signature = payload === null ? null : await signer.sign(payload)
  const envelope_signature = await signer.sign(actionPayload(unsignedAction(intent, signer.publicKey, share_signature)))
  return signed(intent, signer.publicKey, { share_signature, envelope_signature })
}

/** The same from signatures made elsewhere, each verified. Throws `RESPONSE_SIGNATURE` beside what `signIntent` throws. */
export async function assembleSigned(intent: Intent, publicKey: Uint8Array, signatures: IntentSignatures): Promise<SignedIntent> {
  await assertIntent(intent, publicKey)
  const { share_signature, envelope_signature } = signatures
  const payload = sharePayload(intent)
  const shareFits = payload === null ? share_signature === null : share_signature !== null && (await verifyEd25519(publicKey, payload, share_signature))
  const fits = shareFits && (await verifyEd25519(publicKey, actionPayload(unsignedAction(intent, publicKey, share_signature)), envelope_signature))
  if (!fits) throw new VaultError('RESPONSE_SIGNATURE', { kind: intent.kind })
  return signed(intent, publicKey, { share_signature, envelope_signature })
}

function signed(intent: Intent, publicKey: Uint8Array, signatures: IntentSignatures): SignedIntent {
  const unsigned = unsignedAction(intent, publicKey, signatures.share_signature)
  const envelope = encodeActionEnvelope({ ...unsigned, signature: signatures.envelope_signature })
  return { ...signatures, public_key: publicKey, envelope, action_id: toHex(sha256(envelope)), summary: summarize(intent) }
}

/**
 * SHA-256, hex, of the bytes the key signs: of the certificate or veto payload, so that it is the same for every signer, and of the action where there is none.
 * This is what two devices, or two signers, compare (R6, R7). Null without a key while the action depends on it.
 */
export function signingDigest(intent: Intent, publicKey: Uint8Array | null): string | null {
  if (publicKey === null && intent.kind === 'world_action' && intent.action.kind === 'register_agent') return null
  return toHex(sha256(sharePayload(intent) ?? actionPayload(unsignedAction(intent, publicKey ?? new Uint8Array(), null))))
}

function sharePayload(intent: Intent): Uint8Array | null {
  if (intent.kind === 'approve_proposal') return governanceCertificatePayload(intent.certificate)
  return intent.kind === 'veto_proposal' ? governanceVetoPayload(intent.world_id, intent.proposal_id) : null
}

function unsignedAction(intent: Intent, publicKey: Uint8Array, share: Uint8Array | null): UnsignedAction {
  const { world_id, actor, nonce, valid_until_height } = intent
  return { world_id, actor, nonce, valid_until_height, action: actionOf(intent, publicKey, share) }
}

function actionOf(intent: Intent, publicKey: Uint8Array, share: Uint8Array | null): ValueMap & { readonly kind: string } {
  switch (intent.kind) {
    case 'propose': {
      const { author: _, ...content } = intent.proposal
      return { kind: intent.kind, ...(content as unknown as ValueMap) }
    }
    case 'approve_proposal':
      return { kind: intent.kind, proposal_id: intent.proposal_id, signature: share!, ...(intent.reason === undefined ? {} : { reason: intent.reason }) }
    case 'veto_proposal':
      return { kind: intent.kind, proposal_id: intent.proposal_id, signature: share! }
    case 'reject_proposal':
      return { kind: intent.kind, proposal_id: intent.proposal_id, reason: intent.reason }
    case 'apply_proposal':
      return { kind: intent.kind, proposal_id: intent.proposal_id, certificate: intent.certificate as unknown as Value }
    case 'world_action':
      // An agent registers with the key that signs, whatever the page put there.
      return intent.action.kind === 'register_agent' ? { ...intent.action, public_key: publicKey } : intent.action
  }
}
