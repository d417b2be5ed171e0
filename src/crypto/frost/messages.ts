import { CodecError, decodeWith, encodeCanonical, schema } from '../../codec/index.ts'
import type { Infer, Value } from '../../codec/index.ts'
import { blame } from './errors.ts'
import { MAX_PARTICIPANTS, PARTICIPANT } from './group-key.ts'
import { POINT_BYTES, SCALAR_BYTES } from './points.ts'

const { array, fixedBytes, literal, object, union } = schema

/** The longest message, a key commitment of a full group, takes 2.3 KB. */
export const MAX_FROST_MESSAGE_BYTES = 4 << 10

const point = fixedBytes(POINT_BYTES)
const scalar = fixedBytes(SCALAR_BYTES)

/** First round of making a key, to everyone, the same to all: commitments to a secret polynomial, and proof of knowing its constant. */
const keyCommitmentSchema = object({
  type: literal('key_commitment'),
  participant: PARTICIPANT,
  commitment: array(point, MAX_PARTICIPANTS),
  /** Schnorr signature: a point and a scalar. */
  proof: object({ nonce: point, response: scalar }),
})
export type KeyCommitment = Infer<typeof keyCommitmentSchema>

/** Second round, to one participant alone, over a channel nobody else can read: the sender's polynomial at its place. */
const secretShareSchema = object({ type: literal('secret_share'), participant: PARTICIPANT, recipient: PARTICIPANT, share: scalar })
export type SecretShare = Infer<typeof secretShareSchema>

/** Third round, to everyone: hashes of the commitments its sender got, in the order of participants. */
const keyConfirmationSchema = object({ type: literal('key_confirmation'), participant: PARTICIPANT, heard: array(fixedBytes(32), MAX_PARTICIPANTS) })
export type KeyConfirmation = Infer<typeof keyConfirmationSchema>

/** First round of a signature: commitments to two nonces (RFC 9591 §5.1). */
const nonceCommitmentSchema = object({ type: literal('nonce_commitment'), participant: PARTICIPANT, hiding: point, binding: point })
export type NonceCommitment = Infer<typeof nonceCommitmentSchema>

/** Second round of a signature (RFC 9591 §5.2). */
const signatureShareSchema = object({ type: literal('signature_share'), participant: PARTICIPANT, share: scalar })
export type SignatureShare = Infer<typeof signatureShareSchema>

export const frostMessageSchema = union('type', {
  key_commitment: keyCommitmentSchema,
  secret_share: secretShareSchema,
  key_confirmation: keyConfirmationSchema,
  nonce_commitment: nonceCommitmentSchema,
  signature_share: signatureShareSchema,
})
export type FrostMessage = Infer<typeof frostMessageSchema>

export function encodeFrostMessage(message: FrostMessage): Uint8Array {
  return encodeCanonical(message as unknown as Value)
}

/**
 * A message as `sender` sent it, who the channel says it is. Throws `MESSAGE_MALFORMED` for bytes that are no message, and
 * `MESSAGE_UNEXPECTED` for one of another type or that speaks for somebody else; both name the sender.
 */
export function decodeFrostMessage<T extends FrostMessage['type']>(encoded: Uint8Array, type: T, sender: string): Extract<FrostMessage, { readonly type: T }> {
  let message: FrostMessage
  try {
    message = decodeWith(frostMessageSchema, encoded, { maxBytes: MAX_FROST_MESSAGE_BYTES, maxDepth: 4, maxItems: 256 })
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return blame('MESSAGE_MALFORMED', sender, `What "${sender}" sent is no message of this protocol.`, { reason: error.code })
  }
  if (message.type !== type) blame('MESSAGE_UNEXPECTED', sender, `"${sender}" sent a ${message.type} where a ${type} was due.`)
  if (message.participant !== sender) blame('MESSAGE_UNEXPECTED', sender, `"${sender}" sent a message in the name of "${message.participant}".`)
  return message as Extract<FrostMessage, { readonly type: T }>
}

/**
 * One message of every one of `senders`, in their order. Throws `MESSAGE_UNEXPECTED`, `MESSAGE_DUPLICATE` or `MESSAGE_MISSING`, naming who
 * sent none.
 */
export function oneOfEach<M extends { readonly participant: string }>(messages: readonly M[], senders: readonly string[]): M[] {
  const bySender = new Map<string, M>()
  for (const message of messages) {
    const { participant } = message
    if (!senders.includes(participant)) blame('MESSAGE_UNEXPECTED', participant, `Nothing was due from "${participant}".`)
    if (bySender.has(participant)) blame('MESSAGE_DUPLICATE', participant, `"${participant}" sent two messages in one round.`)
    bySender.set(participant, message)
  }
  return senders.map((sender) => bySender.get(sender) ?? blame('MESSAGE_MISSING', sender, `Nothing came from "${sender}". Wait for it, or start again without it.`))
}
