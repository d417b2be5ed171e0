import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes, receiptPayload } from '../../codec/index.ts'
import type { EffectReceipt, HmacReceiptSignature } from '../../codec/index.ts'

/**
 * Whether a receipt of earlier data carries the code of `key` (RFC 2104). For reading such data alone: the key that verifies also forges, so
 * `verifyReceipt` trusts no receipt for it.
 */
export function matchesHmacReceipt(worldId: string, receipt: EffectReceipt, signature: HmacReceiptSignature, key: Uint8Array): boolean {
  return equalBytes(hmac(sha256, key, receiptPayload(worldId, receipt, signature)), signature.mac)
}
