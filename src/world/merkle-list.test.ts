import { describe, expect, it } from 'vitest'
import { encodeCanonical, merkleRoot } from '../codec/index.ts'
import { leafHash, merkleRootOfLeaves } from './merkle-list.ts'

describe('the root from leaf hashes', () => {
  it('is the RFC 6962 root over the items, for every size', () => {
    for (let size = 0; size <= 70; size++) {
      const items = Array.from({ length: size }, (_, index) => ({ index, size }))
      expect(merkleRootOfLeaves(items.map((item) => leafHash(item)))).toEqual(merkleRoot(items.map((item) => encodeCanonical(item))))
    }
  })
})
