import { describe, expect, it } from 'vitest'
import { signerBitmap, signerIndexes, votePayload } from '../codec/index.ts'
import type { CommitCertificate, Validator, Vote } from '../codec/index.ts'
import { createPortableSigner, verifyEd25519Portable } from '../crypto/index.ts'
import { checkCertificateStructure, makeCertificate, verifyCertificate } from './certificate.ts'
import { makeEvidence, verifyEvidence } from './evidence.ts'
import { WORLD } from './testing/kit.ts'

const SIGNERS = Array.from({ length: 9 }, (_, index) => createPortableSigner(new Uint8Array(32).fill(index + 1)))
const SET: readonly Validator[] = SIGNERS.map(({ publicKey }, index) => ({ validator_id: `v${index}`, public_key: publicKey, stake: 10 + index }))
const verify = (key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> => Promise.resolve(verifyEd25519Portable(key, message, signature))

function precommit(index: number, change: Partial<Vote> = {}): Vote {
  const vote = { world_id: WORLD, type: 'precommit', height: 3, round: 1, block_hash: new Uint8Array(32).fill(7), validator_id: `v${index}`, ...change } as const
  return { ...vote, signature: SIGNERS[index]!.signSync(votePayload(vote)) }
}

const certificateOf = (...indexes: number[]): CommitCertificate => makeCertificate(indexes.map((index) => precommit(index)), SET)
const refused = expect.objectContaining({ code: 'CERTIFICATE_INVALID' })

describe('makeCertificate', () => {
  it('lists signers and signatures in set order, whatever the order of arrival', async () => {
    const certificate = certificateOf(8, 1, 5, 7, 2, 6, 3)
    expect(signerIndexes(certificate.signers)).toEqual([1, 2, 3, 5, 6, 7, 8])
    await expect(verifyCertificate(certificate, WORLD, SET, verify)).resolves.toBeUndefined()
  })

  it('needs more than two thirds of stake, a block, and counts nobody twice', () => {
    const tooFew = expect.objectContaining({ code: 'CERTIFICATE_NO_QUORUM' })
    expect(() => certificateOf(0, 1, 2, 3, 4, 5)).toThrow(tooFew)
    expect(() => certificateOf(8, 8, 8, 8, 8, 8, 8, 8)).toThrow(tooFew)
    expect(() => makeCertificate([0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => precommit(index, { block_hash: null })), SET)).toThrow(tooFew)
    expect(() => makeCertificate([precommit(0), { ...precommit(0), validator_id: 'stranger' }], SET)).toThrow(tooFew)
  })
})

describe('a certificate', () => {
  const good = certificateOf(1, 2, 3, 5, 6, 7, 8)

  it.each<[string, CommitCertificate]>([
    ['a bitmap of another size', { ...good, signers: new Uint8Array(1) }],
    ['a signer outside the set', { ...good, signers: signerBitmap([1, 2, 3, 5, 6, 7, 9], 16) }],
    ['fewer signatures than signers', { ...good, signatures: good.signatures.slice(1) }],
    ['two thirds of stake or less', { ...good, signers: signerBitmap([0, 1], 9), signatures: good.signatures.slice(0, 2) }],
  ])('with %s is refused without looking at signatures', (_, bad) => {
    expect(() => checkCertificateStructure(bad, SET)).toThrow(refused)
  })

  it.each<[string, CommitCertificate]>([
    ['a signature in another place', { ...good, signatures: [good.signatures[1]!, good.signatures[0]!, ...good.signatures.slice(2)] }],
    ['another round', { ...good, round: 2 }],
    ['another height', { ...good, height: 4 }],
    ['another block', { ...good, block_hash: new Uint8Array(32) }],
    ['signers that did not sign', { ...good, signers: signerBitmap([0, 2, 3, 5, 6, 7, 8], 9) }],
  ])('with %s does not verify', async (_, bad) => {
    await expect(verifyCertificate(bad, WORLD, SET, verify)).rejects.toEqual(refused)
  })

  it('does not verify in another world', async () => {
    await expect(verifyCertificate(good, `other.${'0'.repeat(64)}`, SET, verify)).rejects.toEqual(refused)
  })
})

describe('evidence of a double vote', () => {
  const one = precommit(4)
  const two = precommit(4, { block_hash: new Uint8Array(32).fill(8) })
  const nil = precommit(4, { block_hash: null })
  const invalid = expect.objectContaining({ code: 'EVIDENCE_INVALID' })

  it('is the same whichever vote was seen first, nil or not, and verifies', async () => {
    for (const [a, b] of [[one, two], [one, nil]] as const) {
      expect(makeEvidence(a, b)).toEqual(makeEvidence(b, a))
      await expect(verifyEvidence(makeEvidence(a, b), WORLD, SET, verify)).resolves.toBeUndefined()
    }
  })

  it.each<[string, Vote, Vote]>([
    ['the same vote twice', one, one],
    ['votes of two validators', one, precommit(5, { block_hash: null })],
    ['votes of two rounds', one, precommit(4, { round: 2, block_hash: null })],
    ['votes of two steps', one, precommit(4, { type: 'prevote', block_hash: null })],
    ['votes of two heights', one, precommit(4, { height: 9, block_hash: null })],
  ])('is not made of %s', async (_, first, second) => {
    expect(() => makeEvidence(first, second)).toThrow(invalid)
    await expect(verifyEvidence({ first, second }, WORLD, SET, verify)).rejects.toEqual(invalid)
  })

  it('is refused when a signature is forged, the order is not the agreed one, the world is another, or the voter was no validator', async () => {
    const sound = makeEvidence(one, two)
    const forged = { ...sound, second: { ...sound.second, signature: one.signature } }
    const swapped = { first: sound.second, second: sound.first }
    for (const bad of [forged, swapped]) await expect(verifyEvidence(bad, WORLD, SET, verify)).rejects.toEqual(invalid)
    await expect(verifyEvidence(sound, `other.${'0'.repeat(64)}`, SET, verify)).rejects.toEqual(invalid)
    await expect(verifyEvidence(sound, WORLD, SET.slice(0, 3), verify)).rejects.toEqual(invalid)
  })
})
