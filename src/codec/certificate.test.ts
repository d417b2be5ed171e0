import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodecError, certificateHash, commitCertificateSchema, decodeWith, encodeCanonical, signerBitmap, signerIndexes, toHex } from './index.ts'
import type { CommitCertificate, Value } from './index.ts'

const certificate: CommitCertificate = {
  height: 7,
  round: 0,
  block_hash: new Uint8Array(32).fill(1),
  signers: Uint8Array.of(0b101),
  signatures: [new Uint8Array(64).fill(2), new Uint8Array(64).fill(3)],
}

describe('the signer bitmap', () => {
  it('puts validator i in bit i, least significant first', () => {
    expect(signerBitmap([0], 4)).toEqual(Uint8Array.of(1))
    expect(signerBitmap([3], 4)).toEqual(Uint8Array.of(8))
    expect(signerBitmap([7, 8], 9)).toEqual(Uint8Array.of(0x80, 1))
    expect(signerBitmap([], 9)).toEqual(Uint8Array.of(0, 0))
    expect(signerIndexes(Uint8Array.of(0x81, 1))).toEqual([0, 7, 8])
  })

  it('gives back the positions it was made of, ascending', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }).chain((size) => fc.tuple(fc.constant(size), fc.uniqueArray(fc.nat({ max: size - 1 })))), ([size, indexes]) => {
        const bitmap = signerBitmap(indexes, size)
        expect(bitmap.length).toBe(Math.ceil(size / 8))
        expect(signerIndexes(bitmap)).toEqual(indexes.toSorted((a, b) => a - b))
      }),
    )
  })

  it.each([[-1], [4], [8], [1.5], [Number.NaN]])('refuses position %d of a set of four', (index) => {
    expect(() => signerBitmap([index], 4)).toThrow(CodecError)
  })
})

describe('the certificate', () => {
  const decode = (value: unknown): CommitCertificate => decodeWith(commitCertificateSchema, encodeCanonical(value as Value))

  it('keeps its bytes', () => {
    expect(decode(certificate)).toEqual(certificate)
  })

  it.each<[string, object]>([
    ['height 0', { height: 0 }],
    ['a negative round', { round: -1 }],
    ['a round hours away', { round: 1_000_001 }],
    ['a short hash', { block_hash: new Uint8Array(31) }],
    ['a bitmap for more than a thousand', { signers: new Uint8Array(126) }],
    ['a short signature', { signatures: [new Uint8Array(63)] }],
    ['too many signatures', { signatures: Array.from({ length: 1001 }, () => new Uint8Array(64)) }],
    ['an unknown field', { extra: 1 }],
  ])('is refused with %s', (_what, change) => {
    expect(() => decode({ ...certificate, ...change })).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }))
  })

  it('is bound whole by its hash, and its absence has a hash of its own', () => {
    const variants = [
      certificate,
      { ...certificate, height: 8 },
      { ...certificate, round: 1 },
      { ...certificate, signers: Uint8Array.of(0b011) },
      { ...certificate, signatures: certificate.signatures.toReversed() },
      null,
    ]
    expect(new Set(variants.map((variant) => toHex(certificateHash(variant)))).size).toBe(variants.length)
  })
})
