import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, sha256, utf8Bytes } from '../../codec/index.ts'
import { differingKeys, findItem, proveKey, rootHash, treeItems, updateTree } from './merkle-tree.ts'
import type { TreeItem, TreeNode, TreeUpdate } from './merkle-tree.ts'
import { hashKey } from './state.ts'
import { verifyProofHash } from '../testing/verify-proof.ts'

const EMPTY = new Uint8Array(32)
const bit = (hash: Uint8Array, depth: number): number => (hash[depth >> 3]! >> (7 - (depth & 7))) & 1

const itemOf = (key: string, value: number): TreeItem => {
  const bytes = utf8Bytes(String(value))
  return { key, keyHash: hashKey(key), value: bytes, valueHash: sha256(bytes) }
}
const put = (key: string, value: number): TreeUpdate => ({ keyHash: hashKey(key), item: itemOf(key, value) })
const remove = (key: string): TreeUpdate => ({ keyHash: hashKey(key), item: null })

/** The definition of the root, straight from the contract: no tree, no sharing. */
function rootByDefinition(items: readonly TreeItem[], depth = 0): Uint8Array {
  if (items.length === 0) return EMPTY
  if (items.length === 1) return sha256(concatBytes(Uint8Array.of(0), items[0]!.keyHash, items[0]!.valueHash))
  const side = (wanted: number): Uint8Array => rootByDefinition(items.filter(({ keyHash }) => bit(keyHash, depth) === wanted), depth + 1)
  return sha256(concatBytes(Uint8Array.of(1), side(0), side(1)))
}

const keys = fc.integer({ min: 0, max: 40 }).map((n) => `key/${n}`)
const writes = fc.array(fc.tuple(keys, fc.option(fc.nat(1000))), { maxLength: 60 })
const batches = fc.array(writes, { maxLength: 6 })

/** Last write of a batch counts, as in a block. */
const updatesOf = (batch: readonly (readonly [string, number | null])[]): TreeUpdate[] =>
  [...new Map(batch)].map(([key, value]) => (value === null ? remove(key) : put(key, value)))

describe('the state tree', () => {
  it('has the root the definition gives, after any updates and deletions', () => {
    fc.assert(fc.property(batches, (sequence) => {
      const content = new Map<string, number>()
      let tree: TreeNode | null = null
      for (const batch of sequence) {
        tree = updateTree(tree, updatesOf(batch))
        for (const [key, value] of batch) {
          if (value === null) content.delete(key)
          else content.set(key, value)
        }
        expect(rootHash(tree)).toEqual(rootByDefinition([...content].map(([key, value]) => itemOf(key, value))))
      }
    }))
  })

  it('gives all its entries, and the keys under which it differs from another', () => {
    fc.assert(fc.property(writes, writes, fc.boolean(), (first, second, shared) => {
      const contentOf = (...batches: readonly (typeof writes extends fc.Arbitrary<infer W> ? W : never)[]): Map<string, number> => (
        new Map([...new Map(batches.flat())].filter((entry): entry is [string, number] => entry[1] !== null))
      )
      const [a, b] = [contentOf(first), shared ? contentOf(first, second) : contentOf(second)]
      const [left, other] = [updateTree(null, updatesOf(first)), updateTree(null, updatesOf(second))]
      const right = shared ? updateTree(left, updatesOf(second)) : other
      expect([...treeItems(left)].map(({ key }) => key).sort()).toEqual([...a.keys()].sort())
      const expected = [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort()
      expect(differingKeys(left, right).sort()).toEqual(expected)
    }))
  })

  it('depends on its content alone, not on how it came about', () => {
    fc.assert(fc.property(fc.uniqueArray(keys, { minLength: 1 }), fc.nat(), (all, pick) => {
      const updates = all.map((key, index) => put(key, index))
      const atOnce = updateTree(null, [...updates])
      const oneByOne = [...updates].reverse().reduce<TreeNode | null>((tree, update) => updateTree(tree, [update]), null)
      const passing = updateTree(updateTree(atOnce, [put('passing', pick)]), [remove('passing')])
      expect(rootHash(oneByOne)).toEqual(rootHash(atOnce))
      expect(rootHash(passing)).toEqual(rootHash(atOnce))
    }))
  })

  it('proves present and absent keys', () => {
    fc.assert(fc.property(batches, keys, (sequence, asked) => {
      const tree = sequence.reduce<TreeNode | null>((at, batch) => updateTree(at, updatesOf(batch)), null)
      const found = findItem(tree, hashKey(asked))
      expect(verifyProofHash(rootHash(tree), asked, proveKey(tree, hashKey(asked)))).toEqual(found === null ? null : found.valueHash)
    }))
  })

  it('keeps old roots: they find and prove what was there', () => {
    const old = updateTree(null, Array.from({ length: 50 }, (_, i) => put(`key/${i}`, i)))
    const oldRoot = rootHash(old)
    const changed = updateTree(old, [put('key/7', 999), remove('key/8'), put('new', 1)])
    expect(findItem(old, hashKey('key/7'))!.value).toEqual(utf8Bytes('7'))
    expect(verifyProofHash(oldRoot, 'key/8', proveKey(old, hashKey('key/8')))).toEqual(sha256(utf8Bytes('8')))
    expect(verifyProofHash(oldRoot, 'new', proveKey(old, hashKey('new')))).toBeNull()
    expect(verifyProofHash(rootHash(changed), 'key/8', proveKey(changed, hashKey('key/8')))).toBeNull()
  })

  it('offers no proof that survives a change of any sibling, leaf or key', () => {
    const tree = updateTree(null, Array.from({ length: 40 }, (_, i) => put(`key/${i}`, i)))
    const root = rootHash(tree)
    const proof = proveKey(tree, hashKey('key/3'))
    const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 5 ? byte ^ 4 : byte))
    for (let i = 0; i < proof.siblings.length; i++) {
      expect(verifyProofHash(root, 'key/3', { ...proof, siblings: proof.siblings.with(i, flip(proof.siblings[i]!)) })).toBeUndefined()
    }
    expect(verifyProofHash(root, 'key/3', { ...proof, leaf: { ...proof.leaf!, value_hash: flip(proof.leaf!.value_hash) } })).toBeUndefined()
    expect(verifyProofHash(root, 'key/3', { ...proof, siblings: proof.siblings.slice(1) })).toBeUndefined()
    expect(verifyProofHash(root, 'key/3', { ...proof, leaf: null })).toBeUndefined()
    expect(verifyProofHash(root, 'key/4', proof)).not.toEqual(proof.leaf!.value_hash)
  })

  it('shares what an update does not touch', () => {
    const tree = updateTree(null, Array.from({ length: 64 }, (_, i) => put(`key/${i}`, i)))
    expect(updateTree(tree, [])).toBe(tree)
    expect(updateTree(tree, [remove('not there')])).toBe(tree)
  })
})
