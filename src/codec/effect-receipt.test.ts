import { describe, expect, it } from 'vitest'
import { decodeCanonical } from './decode.ts'
import { effectReceiptSchema, MAX_RECEIPT_PAYLOAD_BYTES, receiptHash, receiptPayload, receiptSignatureSchema } from './effect-receipt.ts'
import type { EffectReceipt, ReceiptClaims, ReceiptSignature } from './effect-receipt.ts'
import { CodecError } from './errors.ts'
import type { Value } from './value.ts'

const WORLD = `demo-test.${'0'.repeat(64)}`
const receipt: EffectReceipt = { intent_id: 'intent/5-0', status: 'ok', payload: { code: 200 }, cost_cents: null }
const root = new Uint8Array(32).fill(7)
const proof = new Uint8Array(64).fill(9)
const node = { algorithm: 'ed25519', signer_node_id: 'node-a', consensus_height: 4, receipts_root: root } as const
const group = { algorithm: 'threshold_ed25519', signer_group_id: 'all', threshold: 2, participants: ['node-a', 'node-b'], consensus_height: 4, receipts_root: root } as const
const SIGNATURES: readonly (readonly [ReceiptClaims, ReceiptSignature])[] = [
  [node, { ...node, signature: proof }],
  [{ ...group, scheme: 'multisig' }, { ...group, scheme: 'multisig', signatures: [{ signer_node_id: 'node-a', signature: proof }] }],
  [{ ...group, scheme: 'frost' }, { ...group, scheme: 'frost', aggregate: proof }],
  [{ algorithm: 'hmac_sha256', consensus_height: null, receipts_root: null }, { algorithm: 'hmac_sha256', consensus_height: null, receipts_root: null, mac: root }],
]

describe('what signers of a receipt sign', () => {
  it.each(SIGNATURES)('is the world, the receipt and everything a signature says but its proof: %o', (claims, signature) => {
    expect(receiptPayload(WORLD, receipt, signature)).toEqual(receiptPayload(WORLD, receipt, claims))
    expect(decodeCanonical(receiptPayload(WORLD, receipt, signature))).toEqual(['agent-world/receipt/v1', WORLD, receipt, claims])
  })

  it('differs between schemes, groups, thresholds and anchors', () => {
    const all: readonly ReceiptClaims[] = [
      ...SIGNATURES.map(([claims]) => claims), { ...node, signer_node_id: 'node-b' }, { ...node, consensus_height: 5 }, { ...group, scheme: 'frost', threshold: 1 },
      { ...group, scheme: 'frost', signer_group_id: 'other' }, { ...group, scheme: 'frost', participants: ['node-a', 'node-c'] },
    ]
    expect(new Set(all.map((claims) => String(receiptPayload(WORLD, receipt, claims)))).size).toBe(all.length)
  })
})

describe('the formats', () => {
  it('are read as they were written', () => {
    expect(effectReceiptSchema.parse(receipt as unknown as Value, '')).toEqual(receipt)
    for (const [, signature] of SIGNATURES) expect(receiptSignatureSchema.parse(signature as unknown as Value, '')).toEqual(signature)
  })

  it('take no more than they say', () => {
    const longest = { ...receipt, payload: new Uint8Array(MAX_RECEIPT_PAYLOAD_BYTES - 3) }
    expect(effectReceiptSchema.parse(longest, '')).toEqual(longest)
    for (const change of [{ payload: new Uint8Array(MAX_RECEIPT_PAYLOAD_BYTES - 2) }, { status: 'Not OK' }, { status: '' }, { intent_id: 'intent/0-0' }, { cost_cents: -1 }, { more: 1 }]) {
      expect(() => effectReceiptSchema.parse({ ...receipt, ...change } as unknown as Value, '')).toThrow(CodecError)
    }
    const changes = [{ signer_node_id: 'Node A' }, { consensus_height: 0 }, { receipts_root: proof }, { signature: root }, { threshold: 1 }]
    for (const change of changes) expect(() => receiptSignatureSchema.parse({ ...node, signature: proof, ...change }, '')).toThrow(CodecError)
  })

  it('name a receipt by its content alone', () => {
    expect(receiptHash({ ...receipt })).toEqual(receiptHash(receipt))
    for (const change of [{ status: 'failed' }, { payload: null }, { cost_cents: 0 }, { intent_id: 'intent/5-1' }]) expect(receiptHash({ ...receipt, ...change })).not.toEqual(receiptHash(receipt))
  })
})
