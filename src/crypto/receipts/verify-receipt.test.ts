import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { receiptPayload, sha256, utf8Bytes } from '../../codec/index.ts'
import type { EffectReceipt, HmacReceiptSignature, ReceiptClaims, ReceiptSignature, Value } from '../../codec/index.ts'
import { aggregate, commitNonces, createMemoryNonceStore, signShare } from '../frost/index.ts'
import { makeGroup, seededRandom } from '../frost/testing/group.ts'
import { createPortableSigner } from '../sign.ts'
import type { PortableSigner } from '../sign.ts'
import { matchesHmacReceipt } from './hmac-receipt.ts'
import { isReceiptProblem, readReceiptSignature, receiptSignatureCount, verifyReceipt } from './verify-receipt.ts'
import type { ReceiptAuthority, ReceiptProblemCode } from './verify-receipt.ts'

const WORLD = `demo-test.${'0'.repeat(64)}`
const OTHER_WORLD = `demo-test.${'1'.repeat(64)}`
const members = ['node-a', 'node-b', 'node-c']
const signers = new Map<string, PortableSigner>([...members, 'node-x'].map((id) => [id, createPortableSigner(sha256(utf8Bytes(id)))]))
const keyShares = makeGroup(2, members)
const root = (height: number): Uint8Array => sha256(utf8Bytes(`receipts ${height}`))

const authority: ReceiptAuthority = {
  node: (id) => (members.includes(id) ? signers.get(id)!.publicKey : null),
  group: (id) => (id === 'pair' ? { threshold: 2, participants: members, group_key: keyShares[0]!.group.publicKey } : id === 'keyless' ? { threshold: 2, participants: members, group_key: null } : null),
  receiptsRoot: (height) => (height === 7 || height === 8 ? root(height) : null),
}
const receipt: EffectReceipt = { intent_id: 'intent/5-0', status: 'ok', payload: { body: 'sunny', code: 200 }, cost_cents: 3 }
const anchor = { consensus_height: 7, receipts_root: root(7) }

type Claims<A extends ReceiptClaims['algorithm'], S = unknown> = Extract<ReceiptClaims, { readonly algorithm: A } & S>

function byNode(change: Partial<Claims<'ed25519'>> = {}, signer = 'node-a', signed = receipt, world = WORLD): ReceiptSignature {
  const claims: Claims<'ed25519'> = { algorithm: 'ed25519', signer_node_id: signer, ...anchor, ...change }
  return { ...claims, signature: signers.get(signer)!.signSync(receiptPayload(world, signed, claims)) }
}

type Multisig = Claims<'threshold_ed25519', { readonly scheme: 'multisig' }>
function byEach(who: readonly string[], change: Partial<Multisig> = {}): Extract<ReceiptSignature, { readonly scheme: 'multisig' }> {
  const claims: Multisig = { algorithm: 'threshold_ed25519', scheme: 'multisig', signer_group_id: 'pair', threshold: 2, participants: members, ...anchor, ...change }
  const payload = receiptPayload(WORLD, receipt, claims)
  return { ...claims, signatures: who.map((id) => ({ signer_node_id: id, signature: signers.get(id)!.signSync(payload) })) }
}

type Frost = Claims<'threshold_ed25519', { readonly scheme: 'frost' }>
async function byGroup(change: Partial<Frost> = {}): Promise<ReceiptSignature> {
  const claims: Frost = { algorithm: 'threshold_ed25519', scheme: 'frost', signer_group_id: 'pair', threshold: 2, participants: members, ...anchor, ...change }
  const payload = receiptPayload(WORLD, receipt, claims)
  const store = createMemoryNonceStore()
  const two = [keyShares[0]!, keyShares[2]!]
  const commitments = await Promise.all(two.map((share, index) => commitNonces(share, store, seededRandom(index))))
  const shares = await Promise.all(two.map((share) => signShare(share, store, { payload, commitments })))
  return { ...claims, aggregate: aggregate({ group: keyShares[0]!.group, payload, commitments }, shares) }
}

const problem = (signature: ReceiptSignature, of = receipt, world = WORLD, by = authority): ReceiptProblemCode | null => verifyReceipt(world, of, signature, by)?.problem ?? null
const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte))

describe('a receipt is believed', () => {
  it('when a node signed it', () => {
    expect(problem(byNode())).toBeNull()
    expect(problem(byNode({ consensus_height: 8, receipts_root: root(8) }, 'node-b'))).toBeNull()
  })

  it('when enough participants signed it', () => {
    for (const who of [['node-a', 'node-b'], ['node-c', 'node-a'], members]) expect(problem(byEach(who))).toBeNull()
  })

  it('when they signed it together with their group key', async () => {
    expect(problem(await byGroup())).toBeNull()
  })
})

describe('a receipt is refused', () => {
  it('in a scheme nobody knows or trusts', () => {
    const unknown = readReceiptSignature({ algorithm: 'rot13', signature: new Uint8Array(64) })
    expect(unknown).toEqual({ problem: 'UNKNOWN_SCHEME', detail: { algorithm: 'rot13' } })
    expect(readReceiptSignature({ algorithm: `${'a'.repeat(63)}\u{1f600}` })).toEqual({ problem: 'UNKNOWN_SCHEME', detail: { algorithm: 'unreadable' } })
    expect(readReceiptSignature({ algorithm: 'threshold_ed25519', scheme: 'bls' })).toEqual({ problem: 'UNKNOWN_SCHEME', detail: { algorithm: 'threshold_ed25519', scheme: 'bls' } })
    expect(problem({ algorithm: 'hmac_sha256', consensus_height: 7, receipts_root: root(7), mac: new Uint8Array(32) })).toBe('SCHEME_NOT_TRUSTED')
  })

  it.each<Value>([
    null, 5, [], {}, { algorithm: 'ed25519' }, { ...(byNode() as unknown as Record<string, Value>), more: 1 }, { ...(byNode() as unknown as Record<string, Value>), signature: new Uint8Array(63) },
    { algorithm: 'threshold_ed25519', scheme: 5 }, { ...(byEach(members) as unknown as Record<string, Value>), participants: Array.from({ length: 65 }, () => 'node-a') },
  ])('with a signature of no known shape: %j', (value) => {
    expect(readReceiptSignature(value)).toMatchObject({ problem: 'SIGNATURE_MALFORMED' })
  })

  it('by a signer nobody knows', async () => {
    expect(problem(byNode({}, 'node-x'))).toBe('SIGNER_UNKNOWN')
    expect(problem(byEach(['node-a', 'node-x']))).toBe('SIGNER_UNKNOWN')
    expect(problem(byEach(members, { signer_group_id: 'nobody' }))).toBe('SIGNER_UNKNOWN')
    expect(problem(await byGroup({ signer_group_id: 'nobody' }))).toBe('SIGNER_UNKNOWN')
    expect(problem(byEach(members), receipt, WORLD, { ...authority, node: () => null })).toBe('SIGNER_UNKNOWN')
  })

  it('by too few, or by one twice', () => {
    expect(problem(byEach(['node-a']))).toBe('THRESHOLD_NOT_MET')
    expect(problem(byEach([]))).toBe('THRESHOLD_NOT_MET')
    expect(problem(byEach(['node-a', 'node-a']))).toBe('DUPLICATE_SIGNER')
    expect(problem(byEach(['node-a', 'node-b', 'node-a']))).toBe('DUPLICATE_SIGNER')
  })

  it('under another threshold or other participants than the group has', async () => {
    expect(problem(byEach(['node-a'], { threshold: 1 }))).toBe('THRESHOLD_MISMATCH')
    expect(problem(await byGroup({ threshold: 1 }))).toBe('THRESHOLD_MISMATCH')
    for (const participants of [['node-a', 'node-b'], ['node-a', 'node-b', 'node-x'], ['node-b', 'node-a', 'node-c'], []]) {
      expect(problem(byEach(['node-a', 'node-b'], { participants }))).toBe('PARTICIPANTS_MISMATCH')
      expect(problem(await byGroup({ participants }))).toBe('PARTICIPANTS_MISMATCH')
    }
    expect(problem(await byGroup({ signer_group_id: 'keyless' }))).toBe('NO_GROUP_KEY')
  })

  it('anchored to no block, or to one with other receipts', () => {
    expect(problem(byNode({ consensus_height: 9 }))).toBe('ANCHOR_UNKNOWN')
    expect(problem(byNode({ receipts_root: root(8) }))).toBe('ANCHOR_MISMATCH')
    expect(problem(byEach(members, { consensus_height: 8 }))).toBe('ANCHOR_MISMATCH')
  })

  it('when anything that is signed changes', async () => {
    const group = await byGroup()
    for (const signature of [byNode(), byEach(['node-a', 'node-b']), group]) {
      const changes: readonly Partial<EffectReceipt>[] = [{ intent_id: 'intent/5-1' }, { status: 'failed' }, { payload: { body: 'rain', code: 200 } }, { cost_cents: 4 }, { cost_cents: null }]
      for (const change of changes) expect(problem(signature, { ...receipt, ...change })).toBe('SIGNATURE_INVALID')
      expect(problem(signature, receipt, OTHER_WORLD)).toBe('SIGNATURE_INVALID')
      expect(problem({ ...signature, consensus_height: 8, receipts_root: root(8) } as ReceiptSignature)).toBe('SIGNATURE_INVALID')
    }
    expect(problem({ ...byNode(), signer_node_id: 'node-b' } as ReceiptSignature)).toBe('SIGNATURE_INVALID')
    expect(problem(byNode({}, 'node-a', receipt, OTHER_WORLD))).toBe('SIGNATURE_INVALID')
  })

  it('when one signature is bad, however many others are good', async () => {
    const all = byEach(members)
    const signatures = all.signatures.map((entry, index) => (index === 2 ? { ...entry, signature: flipped(entry.signature) } : entry))
    expect(verifyReceipt(WORLD, receipt, { ...all, signatures }, authority)).toEqual({ problem: 'SIGNATURE_INVALID', detail: { signer: 'node-c' } })
    const swapped = all.signatures.map((entry, index) => ({ ...entry, signature: all.signatures[(index + 1) % 3]!.signature }))
    expect(problem({ ...all, signatures: swapped })).toBe('SIGNATURE_INVALID')
    const group = await byGroup()
    expect(problem({ ...group, aggregate: flipped((group as { aggregate: Uint8Array }).aggregate) } as ReceiptSignature)).toBe('SIGNATURE_INVALID')
  })

  it('when a signature made one way is passed off as another', async () => {
    const { signatures, ...claims } = byEach(['node-a', 'node-b'])
    expect(problem({ ...claims, scheme: 'frost', aggregate: signatures[0]!.signature })).toBe('SIGNATURE_INVALID')
    const group = (await byGroup()) as Extract<ReceiptSignature, { readonly scheme: 'frost' }>
    expect(problem({ ...anchor, algorithm: 'ed25519', signer_node_id: 'node-a', signature: group.aggregate })).toBe('SIGNATURE_INVALID')
  })
})

describe('the formats', () => {
  it('are read as they were written', async () => {
    for (const signature of [byNode(), byEach(members), await byGroup()]) {
      const read = readReceiptSignature(signature as unknown as Value)
      expect(read).toEqual(signature)
      expect(isReceiptProblem(read)).toBe(false)
    }
    expect([byNode(), byEach(members), await byGroup()].map(receiptSignatureCount)).toEqual([1, 3, 1])
  })

  it('still show whether a code of earlier data fits its key', () => {
    const key = utf8Bytes('shared secret')
    const claims = { algorithm: 'hmac_sha256', consensus_height: null, receipts_root: null } as const
    const signature: HmacReceiptSignature = { ...claims, mac: hmac(nobleSha256, key, receiptPayload(WORLD, receipt, claims)) }
    expect(readReceiptSignature(signature as unknown as Value)).toEqual(signature)
    expect(matchesHmacReceipt(WORLD, receipt, signature, key)).toBe(true)
    expect(matchesHmacReceipt(WORLD, receipt, signature, utf8Bytes('another secret'))).toBe(false)
    expect(matchesHmacReceipt(WORLD, { ...receipt, status: 'failed' }, signature, key)).toBe(false)
  })
})
