import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodecError, fromHex, merkleProof, merkleProofs, merkleRoot, sha256, toHex, verifyMerkleProof } from './index.ts'
import type { MerkleProof } from './index.ts'

/** The reference tree of Certificate Transparency's tests (RFC 6962): eight inputs and the root over the first n of them. */
const INPUTS = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(fromHex)
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

/** Audit paths of the same tests: leaf, size, siblings from the leaf up. */
const PATHS: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 1, []],
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
]

describe('RFC 6962 reference tree', () => {
  it.each(ROOTS.map((root, size) => ({ size, root })))('root over $size inputs', ({ size, root }) => {
    expect(toHex(merkleRoot(INPUTS.slice(0, size)))).toBe(root)
  })

  it.each(PATHS)('audit path of input %i of %i', (index, size, siblings) => {
    const proof = merkleProof(INPUTS.slice(0, size), index)
    expect(proof.siblings.map(toHex)).toEqual(siblings)
    expect(verifyMerkleProof(fromHex(ROOTS[size]!), INPUTS[index]!, proof)).toBe(true)
  })
})

const list = fc.array(fc.uint8Array({ maxLength: 6 }), { minLength: 1, maxLength: 40 })
const listAndIndex = list.chain((items) => fc.record({ items: fc.constant(items), index: fc.nat({ max: items.length - 1 }) }))

describe('inclusion proofs', () => {
  it('of all entries at once are those made one by one', () => {
    fc.assert(fc.property(list, (items) => {
      const proofOf = merkleProofs(items)
      for (let index = 0; index < items.length; index++) expect(proofOf(index)).toEqual(merkleProof(items, index))
      for (const index of [-1, items.length, 0.5]) expect(() => proofOf(index)).toThrow(CodecError)
    }))
  })

  it('verify for every entry of every list', () => {
    fc.assert(
      fc.property(list, (items) => {
        const root = merkleRoot(items)
        items.forEach((item, index) => expect(verifyMerkleProof(root, item, merkleProof(items, index))).toBe(true))
      }),
      { numRuns: 60 },
    )
  })

  it('fail for another item, index, size, root or sibling', () => {
    const flip = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes, (byte, i) => (i === 0 ? byte ^ 1 : byte))
    fc.assert(
      fc.property(listAndIndex, fc.nat(), ({ items, index }, choice) => {
        const root = merkleRoot(items)
        const proof = merkleProof(items, index)
        const item = items[index]!
        expect(verifyMerkleProof(root, Uint8Array.of(...item, 7), proof)).toBe(false)
        expect(verifyMerkleProof(flip(root), item, proof)).toBe(false)
        expect(verifyMerkleProof(root, item, { ...proof, siblings: [...proof.siblings, root] })).toBe(false)
        if (proof.siblings.length > 0) {
          const at = choice % proof.siblings.length
          expect(verifyMerkleProof(root, item, { ...proof, siblings: proof.siblings.map((sibling, i) => (i === at ? flip(sibling) : sibling)) })).toBe(false)
          expect(verifyMerkleProof(root, item, { ...proof, siblings: proof.siblings.slice(1) })).toBe(false)
        }
        const other = choice % items.length
        if (other !== index && toHex(items[other]!) !== toHex(item)) {
          expect(verifyMerkleProof(root, item, { ...proof, index: other })).toBe(false)
          expect(verifyMerkleProof(root, items[other]!, proof)).toBe(false)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('never pass an inner node off as a leaf', () => {
    const [a, b] = [sha256(INPUTS[1]!), sha256(INPUTS[2]!)]
    const inner = Uint8Array.of(...a, ...b)
    expect(toHex(merkleRoot([inner]))).not.toBe(toHex(merkleRoot([a, b])))
  })

  it('answer false, and never throw, for junk', () => {
    const root = merkleRoot(INPUTS)
    const good = merkleProof(INPUTS, 3)
    const junk: unknown[] = [
      { ...good, index: -1 },
      { ...good, index: 8 },
      { ...good, index: 1.5 },
      { ...good, index: Number.NaN },
      { ...good, index: '3' },
      { ...good, size: 0 },
      { ...good, size: 2 ** 53 },
      { ...good, size: Number.POSITIVE_INFINITY },
      { ...good, size: Number.MAX_SAFE_INTEGER },
      { ...good, siblings: undefined },
      { ...good, siblings: 'abc' },
      { ...good, siblings: { length: 3 } },
      { ...good, siblings: [null, null, null] },
      { ...good, siblings: [new Uint8Array(31), ...good.siblings.slice(1)] },
      { ...good, siblings: Array.from({ length: 100_000 }, () => new Uint8Array(32)) },
    ]
    for (const proof of junk) expect(verifyMerkleProof(root, INPUTS[3]!, proof as MerkleProof)).toBe(false)
  })

  it('are refused for an entry the list does not have', () => {
    for (const index of [-1, 8, 0.5, Number.NaN]) expect(() => merkleProof(INPUTS, index)).toThrow(CodecError)
    expect(() => merkleProof([], 0)).toThrow(CodecError)
  })

  it('does not let the caller change the root of the empty list', () => {
    merkleRoot([]).fill(0)
    expect(toHex(merkleRoot([]))).toBe(ROOTS[0])
  })
})
