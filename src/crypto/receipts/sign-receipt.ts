import { receiptPayload } from '../../codec/index.ts'
import type { EffectReceipt, GroupReceiptSignature, NodeReceiptSignature, ReceiptClaims } from '../../codec/index.ts'
import type { Signer } from '../sign.ts'

/** The key of an executor under the id it has in the state. */
export interface ReceiptSigner {
  readonly node_id: string
  readonly signer: Signer
}

/** A finalized block the signer knows, no older than the request for the effect and among the last the state remembers. */
export type ReceiptAnchor = Pick<NodeReceiptSignature, 'consensus_height' | 'receipts_root'>

/** What all participants of a group sign alike, one by one (`multisig`) or by two rounds of `frost.signShare` over its `receiptPayload`. */
export type GroupReceiptClaims = Extract<ReceiptClaims, { readonly algorithm: 'threshold_ed25519' }>
type MultisigClaims = Extract<GroupReceiptClaims, { readonly scheme: 'multisig' }>
type Multisig = Extract<GroupReceiptSignature, { readonly scheme: 'multisig' }>
export type ReceiptShare = Multisig['signatures'][number]

/** Vouches for a receipt alone. */
export async function signReceipt({ node_id, signer }: ReceiptSigner, worldId: string, receipt: EffectReceipt, { consensus_height, receipts_root }: ReceiptAnchor): Promise<NodeReceiptSignature> {
  const claims = { algorithm: 'ed25519', signer_node_id: node_id, consensus_height, receipts_root } as const
  return { ...claims, signature: await signer.sign(receiptPayload(worldId, receipt, claims)) }
}

/** Vouches for a receipt as one participant of a group. */
export async function signReceiptShare({ node_id, signer }: ReceiptSigner, worldId: string, receipt: EffectReceipt, claims: MultisigClaims): Promise<ReceiptShare> {
  return { signer_node_id: node_id, signature: await signer.sign(receiptPayload(worldId, receipt, claims)) }
}

/** The signature of a group from what its participants signed; whether they are enough is for `verifyReceipt` to say. */
export function combineReceiptShares(claims: MultisigClaims, signatures: readonly ReceiptShare[]): Multisig {
  return { ...claims, signatures }
}
