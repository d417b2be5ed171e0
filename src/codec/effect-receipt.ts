import { Domain, signingPayload } from './domains.ts'
import { encodeCanonical } from './encode.ts'
import { CodecError } from './errors.ts'
import { anyValue, array, fixedBytes, int, literal, nullable, object, text, union } from './schema.ts'
import type { Infer, Schema } from './schema.ts'
import { sha256 } from './sha256.ts'
import type { Value } from './value.ts'

/** Most canonical bytes of what an effect brought back: a receipt must fit an action with its signatures, and a module's input. */
export const MAX_RECEIPT_PAYLOAD_BYTES = 16 << 10
/** Most participants of a group that signs together. */
export const MAX_RECEIPT_SIGNERS = 64

/** `intent/<height>-<n>`: what a module asked for. */
export const INTENT_ID = text(40, /^intent\/[1-9][0-9]{0,15}-[0-9]{1,6}$/)
/** A node, or a group of nodes, that carries out effects. */
export const EXECUTOR_ID = text(64, /^[a-z0-9][a-z0-9._-]*$/)

const boundedValue: Schema<Value> = {
  parse: (value, path) => {
    const parsed = anyValue().parse(value, path)
    if (encodeCanonical(parsed).length > MAX_RECEIPT_PAYLOAD_BYTES) {
      throw new CodecError('SCHEMA_MISMATCH', `${path} must take at most ${MAX_RECEIPT_PAYLOAD_BYTES} bytes.`, { path })
    }
    return parsed
  },
}

/** What came of an effect outside the world. */
export const effectReceiptSchema = object({
  intent_id: INTENT_ID,
  /** `ok`, or a word for what went wrong. */
  status: text(32, /^[a-z][a-z0-9_]*$/),
  payload: boundedValue,
  /** What it cost outside, in cents; null when nobody counted. */
  cost_cents: nullable(int(0)),
})
export type EffectReceipt = Infer<typeof effectReceiptSchema>

/** Names a receipt, whoever signed it. */
export function receiptHash({ intent_id, status, payload, cost_cents }: EffectReceipt): Uint8Array {
  return sha256(encodeCanonical([Domain.receipt, { intent_id, status, payload, cost_cents }]))
}

const signature = fixedBytes(64)
/** A finalized block the signer knew: its height and the root of its receipts. */
const anchor = { consensus_height: int(1), receipts_root: fixedBytes(32) } as const
const group = { signer_group_id: EXECUTOR_ID, threshold: int(1, MAX_RECEIPT_SIGNERS), participants: array(EXECUTOR_ID, MAX_RECEIPT_SIGNERS), ...anchor } as const

const thresholdSignatureSchema = union('scheme', {
  /** A signature each of so many participants. */
  multisig: object({
    algorithm: literal('threshold_ed25519'),
    scheme: literal('multisig'),
    ...group,
    signatures: array(object({ signer_node_id: EXECUTOR_ID, signature }), MAX_RECEIPT_SIGNERS),
  }),
  /** One signature under the key they made together (RFC 9591). */
  frost: object({ algorithm: literal('threshold_ed25519'), scheme: literal('frost'), ...group, aggregate: signature }),
})

export const THRESHOLD_SCHEMES = ['multisig', 'frost'] as const
export const RECEIPT_ALGORITHMS = ['hmac_sha256', 'ed25519', 'threshold_ed25519'] as const

/** Who vouches for a receipt, and how. */
export const receiptSignatureSchema = union('algorithm', {
  /** Of earlier data; whoever can verify it can forge it. */
  hmac_sha256: object({ algorithm: literal('hmac_sha256'), consensus_height: nullable(int(1)), receipts_root: nullable(fixedBytes(32)), mac: fixedBytes(32) }),
  ed25519: object({ algorithm: literal('ed25519'), signer_node_id: EXECUTOR_ID, ...anchor, signature }),
  threshold_ed25519: thresholdSignatureSchema,
})
export type ReceiptSignature = Infer<typeof receiptSignatureSchema>
export type NodeReceiptSignature = Extract<ReceiptSignature, { readonly algorithm: 'ed25519' }>
export type GroupReceiptSignature = Extract<ReceiptSignature, { readonly algorithm: 'threshold_ed25519' }>
export type HmacReceiptSignature = Extract<ReceiptSignature, { readonly algorithm: 'hmac_sha256' }>

type WithoutProof<S> = S extends ReceiptSignature ? Omit<S, 'signature' | 'signatures' | 'aggregate' | 'mac'> : never
/** Everything a signature says besides the bytes that prove it; all of it is signed. */
export type ReceiptClaims = WithoutProof<ReceiptSignature>

/**
 * The bytes every signer of a receipt signs: the receipt, who signs and under which threshold, and the anchor, for one world. The claims
 * are all of the signature but its proof, so the payload of a signature can be worked out from the signature itself.
 */
export function receiptPayload(worldId: string, receipt: EffectReceipt, claims: ReceiptClaims | ReceiptSignature): Uint8Array {
  const { intent_id, status, payload, cost_cents } = receipt
  const { signature: _signature, signatures: _signatures, aggregate: _aggregate, mac: _mac, ...signed } = claims as Record<string, Value>
  return signingPayload(Domain.receipt, worldId, { intent_id, status, payload, cost_cents }, signed)
}
