import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../../codec/index.ts'
import { isValidPublicKey, publicKeyOf, verifyEd25519, verifyEd25519Portable } from '../index.ts'
import { createGroupKey, createKeyShare } from './group-key.ts'
import type { KeyShare } from './group-key.ts'
import type { NonceCommitment } from './messages.ts'
import { createMemoryNonceStore } from './nonce-store.ts'
import type { NonceStore } from './nonce-store.ts'
import { decodeScalar, encodeScalar, evaluate, multiplyBase } from './points.ts'
import { aggregate, commitNonces, isValidSignatureShare, signShare } from './sign.ts'
import { RFC9591_ED25519 as VECTOR } from './testing/rfc9591-vectors.ts'

const participants = ['p1', 'p2', 'p3']
const coefficients = [VECTOR.groupSecretKey, VECTOR.sharePolynomialCoefficient].map((hex) => decodeScalar(fromHex(hex))!)
const group = createGroupKey({ threshold: VECTOR.threshold, participants, commitment: coefficients.map((coefficient) => multiplyBase(coefficient).toBytes()) })
const keyShareOf = (identifier: number): KeyShare =>
  createKeyShare({ participant: participants[identifier - 1]!, signingShare: fromHex(VECTOR.participantShares[identifier - 1]!), group })
const payload = fromHex(VECTOR.message)

interface Signer {
  readonly vector: (typeof VECTOR.signers)[number]
  readonly keyShare: KeyShare
  readonly store: NonceStore
  readonly kept: readonly string[]
  readonly commitment: NonceCommitment
}

async function firstRound(vector: (typeof VECTOR.signers)[number]): Promise<Signer> {
  const keyShare = keyShareOf(vector.identifier)
  const kept: string[] = []
  const memory = createMemoryNonceStore()
  const store: NonceStore = {
    put: (id, nonces) => {
      kept.push(toHex(nonces))
      return memory.put(id, nonces)
    },
    take: memory.take,
  }
  const given = [vector.hidingNonceRandomness, vector.bindingNonceRandomness].map(fromHex)
  return { vector, keyShare, store, kept, commitment: await commitNonces(keyShare, store, () => given.shift()!) }
}

describe('RFC 9591 Appendix E.1, FROST(Ed25519, SHA-512)', () => {
  it('derives group key and shares from the polynomial', () => {
    expect(toHex(group.publicKey)).toBe(VECTOR.groupPublicKey)
    expect(isValidPublicKey(group.publicKey)).toBe(true)
    VECTOR.participantShares.forEach((share, index) => expect(toHex(encodeScalar(evaluate(coefficients, BigInt(index + 1))))).toBe(share))
  })

  it('makes the published nonces and commitments', async () => {
    for (const vector of VECTOR.signers) {
      const { kept, commitment } = await firstRound(vector)
      expect(kept).toEqual([vector.hidingNonce + vector.bindingNonce])
      expect([toHex(commitment.hiding), toHex(commitment.binding)]).toEqual([vector.hidingNonceCommitment, vector.bindingNonceCommitment])
    }
  })

  it('makes the published shares and signature, which verifies under Rule S on both paths', async () => {
    const signers = await Promise.all(VECTOR.signers.map(firstRound))
    const commitments = signers.map(({ commitment }) => commitment)
    const shares = await Promise.all(signers.map(({ keyShare, store }) => signShare(keyShare, store, { payload, commitments })))
    expect(shares.map(({ share }) => toHex(share))).toEqual(VECTOR.signers.map(({ signatureShare }) => signatureShare))
    for (const share of shares) expect(isValidSignatureShare({ group, payload, commitments }, share)).toBe(true)
    const signature = aggregate({ group, payload, commitments }, shares)
    expect(toHex(signature)).toBe(VECTOR.signature)
    expect(verifyEd25519Portable(group.publicKey, payload, signature)).toBe(true)
    expect(await verifyEd25519(group.publicKey, payload, signature)).toBe(true)
    expect(await verifyEd25519(publicKeyOf(new Uint8Array(32)), payload, signature)).toBe(false)
  })
})
