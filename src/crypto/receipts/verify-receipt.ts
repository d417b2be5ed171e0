import { CodecError, equalBytes, RECEIPT_ALGORITHMS, receiptPayload, receiptSignatureSchema, THRESHOLD_SCHEMES } from '../../codec/index.ts'
import type { EffectReceipt, ErrorDetail, GroupReceiptSignature, NodeReceiptSignature, ReceiptSignature, Value, ValueMap } from '../../codec/index.ts'
import { verifyEd25519Portable } from '../portable.ts'

/** A group that carries out effects together. */
export interface ReceiptGroup {
  readonly threshold: number
  readonly participants: readonly string[]
  /** Key the participants made together, 32 bytes; null when they sign one by one only. */
  readonly group_key: Uint8Array | null
}

/** What a receipt is held against: never taken from the receipt itself. */
export interface ReceiptAuthority {
  /** Public key of a node that may sign, 32 bytes; null when there is none. */
  readonly node: (id: string) => Uint8Array | null
  readonly group: (id: string) => ReceiptGroup | null
  /** Root of the receipts of a finalized block; null when none is known at that height. */
  readonly receiptsRoot: (height: number) => Uint8Array | null
}

export type ReceiptProblemCode =
  | 'SIGNATURE_MALFORMED' | 'UNKNOWN_SCHEME' | 'SCHEME_NOT_TRUSTED'
  | 'SIGNER_UNKNOWN' | 'DUPLICATE_SIGNER' | 'PARTICIPANTS_MISMATCH' | 'THRESHOLD_MISMATCH' | 'THRESHOLD_NOT_MET' | 'NO_GROUP_KEY'
  | 'ANCHOR_UNKNOWN' | 'ANCHOR_MISMATCH' | 'SIGNATURE_INVALID'

export interface ReceiptProblem {
  readonly problem: ReceiptProblemCode
  readonly detail: ErrorDetail
}

const bad = (problem: ReceiptProblemCode, detail: ErrorDetail = {}): ReceiptProblem => ({ problem, detail })

/** A signature of any origin in its shape, or why it has none. Never throws. */
export function readReceiptSignature(value: Value): ReceiptSignature | ReceiptProblem {
  const [algorithm, scheme] = [nameIn(value, 'algorithm'), nameIn(value, 'scheme')]
  if (algorithm !== null && !RECEIPT_ALGORITHMS.some((known) => known === algorithm)) return bad('UNKNOWN_SCHEME', { algorithm: readable(algorithm) })
  if (algorithm === 'threshold_ed25519' && scheme !== null && !THRESHOLD_SCHEMES.some((known) => known === scheme)) return bad('UNKNOWN_SCHEME', { algorithm, scheme: readable(scheme) })
  try {
    return receiptSignatureSchema.parse(value, 'signature')
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return bad('SIGNATURE_MALFORMED', error.detail)
  }
}

function nameIn(value: Value, field: string): string | null {
  const name = typeof value === 'object' && value !== null && Object.hasOwn(value, field) ? (value as ValueMap)[field] : null
  return typeof name === 'string' ? name : null
}

/** A problem goes into records: nothing hostile comes along, not even half of a character. */
function readable(name: string): string {
  return /^[\w.-]{1,64}$/.test(name) ? name : 'unreadable'
}

export function isReceiptProblem(value: ReceiptSignature | ReceiptProblem): value is ReceiptProblem {
  return 'problem' in value
}

/** Signature checks a receipt takes at most, each about a millisecond. */
export function receiptSignatureCount(signature: ReceiptSignature): number {
  return 'signatures' in signature ? signature.signatures.length : 1
}

/**
 * Why a receipt cannot be believed, or null: the first thing wrong with who signed, under which threshold, anchored to which block, and
 * whether every signature is good. Signatures come last, so that nothing slow happens for what is wrong on its face. Never throws.
 */
export function verifyReceipt(worldId: string, receipt: EffectReceipt, signature: ReceiptSignature, authority: ReceiptAuthority): ReceiptProblem | null {
  if (signature.algorithm === 'hmac_sha256') return bad('SCHEME_NOT_TRUSTED', { algorithm: signature.algorithm })
  const root = authority.receiptsRoot(signature.consensus_height)
  if (root === null) return bad('ANCHOR_UNKNOWN', { height: signature.consensus_height })
  if (!equalBytes(root, signature.receipts_root)) return bad('ANCHOR_MISMATCH', { height: signature.consensus_height })
  const payload = receiptPayload(worldId, receipt, signature)
  return signature.algorithm === 'ed25519' ? whyNotNode(payload, signature, authority) : whyNotGroup(payload, signature, authority)
}

function whyNotNode(payload: Uint8Array, { signer_node_id: signer, signature }: NodeReceiptSignature, authority: ReceiptAuthority): ReceiptProblem | null {
  const key = authority.node(signer)
  if (key === null) return bad('SIGNER_UNKNOWN', { signer })
  return verifyEd25519Portable(key, payload, signature) ? null : bad('SIGNATURE_INVALID', { signer })
}

function whyNotGroup(payload: Uint8Array, claimed: GroupReceiptSignature, authority: ReceiptAuthority): ReceiptProblem | null {
  const { signer_group_id: signer, threshold, participants } = claimed
  const group = authority.group(signer)
  if (group === null) return bad('SIGNER_UNKNOWN', { signer })
  if (threshold !== group.threshold) return bad('THRESHOLD_MISMATCH', { threshold, required: group.threshold })
  if (participants.length !== group.participants.length || participants.some((id, index) => id !== group.participants[index])) return bad('PARTICIPANTS_MISMATCH', { signer })
  if (claimed.scheme === 'multisig') return whyNotEach(payload, claimed.signatures, group, authority)
  if (group.group_key === null) return bad('NO_GROUP_KEY', { signer })
  return verifyEd25519Portable(group.group_key, payload, claimed.aggregate) ? null : bad('SIGNATURE_INVALID', { signer })
}

type Signatures = Extract<GroupReceiptSignature, { readonly scheme: 'multisig' }>['signatures']

function whyNotEach(payload: Uint8Array, signatures: Signatures, { threshold, participants }: ReceiptGroup, authority: ReceiptAuthority): ReceiptProblem | null {
  const signers = new Set<string>()
  for (const { signer_node_id: signer } of signatures) {
    if (!participants.includes(signer)) return bad('SIGNER_UNKNOWN', { signer })
    if (signers.has(signer)) return bad('DUPLICATE_SIGNER', { signer })
    signers.add(signer)
  }
  if (signers.size < threshold) return bad('THRESHOLD_NOT_MET', { signers: signers.size, required: threshold })
  for (const { signer_node_id: signer, signature } of signatures) {
    const key = authority.node(signer)
    if (key === null) return bad('SIGNER_UNKNOWN', { signer })
    if (!verifyEd25519Portable(key, payload, signature)) return bad('SIGNATURE_INVALID', { signer })
  }
  return null
}
