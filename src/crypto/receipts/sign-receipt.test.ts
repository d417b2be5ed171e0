import { describe, expect, it } from 'vitest'
import { sha256, utf8Bytes } from '../../codec/index.ts'
import type { EffectReceipt } from '../../codec/index.ts'
import { createSigner } from '../sign.ts'
import { combineReceiptShares, signReceipt, signReceiptShare } from './sign-receipt.ts'
import type { ReceiptSigner } from './sign-receipt.ts'
import { verifyReceipt } from './verify-receipt.ts'
import type { ReceiptAuthority } from './verify-receipt.ts'

const WORLD = `demo-test.${'0'.repeat(64)}`
const receipt: EffectReceipt = { intent_id: 'intent/5-0', status: 'ok', payload: 'sunny', cost_cents: null }
const anchor = { consensus_height: 7, receipts_root: sha256(utf8Bytes('receipts')) }
const participants = ['node-a', 'node-b', 'node-c']
const signers: ReceiptSigner[] = participants.map((node_id) => ({ node_id, signer: createSigner(sha256(utf8Bytes(node_id))) }))
const authority: ReceiptAuthority = {
  node: (id) => signers.find(({ node_id }) => node_id === id)?.signer.publicKey ?? null,
  group: (id) => (id === 'all' ? { threshold: 2, participants, group_key: null } : null),
  receiptsRoot: (height) => (height === 7 ? anchor.receipts_root : null),
}

describe('executors', () => {
  it('vouch for a receipt alone', async () => {
    const signature = await signReceipt(signers[0]!, WORLD, receipt, anchor)
    expect(verifyReceipt(WORLD, receipt, signature, authority)).toBeNull()
    expect(verifyReceipt(WORLD, { ...receipt, payload: 'rain' }, signature, authority)).toEqual({ problem: 'SIGNATURE_INVALID', detail: { signer: 'node-a' } })
  })

  it('vouch for a receipt one by one, until they are enough', async () => {
    const claims = { algorithm: 'threshold_ed25519', scheme: 'multisig', signer_group_id: 'all', threshold: 2, participants, ...anchor } as const
    const shares = await Promise.all(signers.map((signer) => signReceiptShare(signer, WORLD, receipt, claims)))
    const verdict = (count: number): string | null => verifyReceipt(WORLD, receipt, combineReceiptShares(claims, shares.slice(0, count)), authority)?.problem ?? null
    expect([1, 2, 3].map(verdict)).toEqual(['THRESHOLD_NOT_MET', null, null])
  })
})
