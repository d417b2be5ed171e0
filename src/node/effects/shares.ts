import { EXECUTOR_ID, effectReceiptSchema, equalBytes, MAX_RECEIPT_PAYLOAD_BYTES, receiptHash, receiptPayload, schema, WORLD_ID } from '../../codec/index.ts'
import type { EffectReceipt, Infer } from '../../codec/index.ts'
import { combineReceiptShares, signReceiptShare, verifyEd25519 } from '../../crypto/index.ts'
import type { GroupReceiptClaims, ReceiptAnchor, ReceiptShare, ReceiptSigner } from '../../crypto/index.ts'
import { defineProtocol } from '../../network/index.ts'
import type { NetworkHost } from '../../network/index.ts'
import type { Executor } from '../../world/index.ts'

const { fixedBytes, int, nullable, object } = schema

const MAX_REQUEST_BYTES = MAX_RECEIPT_PAYLOAD_BYTES + 1_024
/** Peers asked for one receipt. */
const MAX_ASKED = 64

/**
 * `/aw/node/effects/receipt-share/1.0.0`: asks a participant of a group to vouch for a receipt. It answers from what it fetched itself, and
 * with null where that is something else, or where it has nothing to say.
 */
export const receiptShare = defineProtocol({
  id: '/aw/node/effects/receipt-share/1.0.0',
  request: object({ world_id: WORLD_ID, signer_group_id: EXECUTOR_ID, receipt: effectReceiptSchema, consensus_height: int(1), receipts_root: fixedBytes(32) }),
  response: object({ share: nullable(object({ signer_node_id: EXECUTOR_ID, signature: fixedBytes(64) })) }),
  maxRequestBytes: MAX_REQUEST_BYTES,
  maxResponseBytes: 1_024,
  /** The participant may have to fetch first. */
  timeoutMs: 15_000,
})
export type ReceiptShareRequest = Infer<typeof receiptShare.request>

export type ExecutorGroup = Extract<Executor, { readonly kind: 'group' }>
export type MultisigClaims = Extract<GroupReceiptClaims, { readonly scheme: 'multisig' }>

export function claimsOf(signer_group_id: string, { threshold, participants }: ExecutorGroup, { consensus_height, receipts_root }: ReceiptAnchor): MultisigClaims {
  return { algorithm: 'threshold_ed25519', scheme: 'multisig', signer_group_id, threshold, participants, consensus_height, receipts_root }
}

/** What a participant looks at before it vouches. */
export interface Vouching {
  readonly world_id: string
  readonly signer: ReceiptSigner
  /** A group of the state that this node is in and that may carry out what the intent asks for, while that waits; null otherwise. */
  readonly groupFor: (groupId: string, intentId: string) => Promise<{ readonly group: ExecutorGroup; readonly height: number } | null>
  /** Root of the receipts of a block of this node's own chain. */
  readonly receiptsRoot: (height: number) => Promise<Uint8Array | null>
  /** What this node found out itself. */
  readonly ownReceipt: (intentId: string) => Promise<EffectReceipt | null>
}

/** This participant's share, or null: it never vouches for what it has not seen itself. */
export async function vouchFor({ world_id, signer, groupFor, receiptsRoot, ownReceipt }: Vouching, request: ReceiptShareRequest): Promise<ReceiptShare | null> {
  const { signer_group_id, receipt, consensus_height, receipts_root } = request
  if (request.world_id !== world_id) return null
  const found = await groupFor(signer_group_id, receipt.intent_id)
  if (found === null || consensus_height < found.height) return null
  const root = await receiptsRoot(consensus_height)
  if (root === null || !equalBytes(root, receipts_root)) return null
  const own = await ownReceipt(receipt.intent_id)
  if (own === null || !equalBytes(receiptHash(own), receiptHash(receipt))) return null
  return signReceiptShare(signer, world_id, receipt, claimsOf(signer_group_id, found.group, { consensus_height, receipts_root }))
}

/** Key of a participant. */
type KeyOf = (nodeId: string) => Uint8Array | null

/** A receipt that enough of a group vouch for, or null when too few answered. Shares that are wrong are passed over. */
export async function gatherShares(
  network: Pick<NetworkHost, 'peers' | 'rpc'>, world_id: string, signer: ReceiptSigner, receipt: EffectReceipt, claims: MultisigClaims, keyOf: KeyOf,
): Promise<ReturnType<typeof combineReceiptShares> | null> {
  const { signer_group_id, consensus_height, receipts_root, participants, threshold } = claims
  const shares = new Map([[signer.node_id, await signReceiptShare(signer, world_id, receipt, claims)]])
  const payload = receiptPayload(world_id, receipt, claims)
  await Promise.all(network.peers().slice(0, MAX_ASKED).map(async ({ peer }) => {
    const share = await ask(network, peer, { world_id, signer_group_id, receipt, consensus_height, receipts_root })
    const key = share === null || !participants.includes(share.signer_node_id) ? null : keyOf(share.signer_node_id)
    if (share !== null && key !== null && (await verifyEd25519(key, payload, share.signature))) shares.set(share.signer_node_id, share)
  }))
  if (shares.size < threshold) return null
  const ordered = participants.flatMap((id) => shares.get(id) ?? [])
  return combineReceiptShares(claims, ordered.slice(0, threshold))
}

async function ask(network: Pick<NetworkHost, 'rpc'>, peer: string, request: ReceiptShareRequest): Promise<ReceiptShare | null> {
  try {
    return (await network.rpc.request(peer, receiptShare, request)).share
  } catch {
    return null // most peers are no participants
  }
}
