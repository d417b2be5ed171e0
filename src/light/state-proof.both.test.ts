import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCanonical, sha256, toHex, utf8Bytes } from '../codec/index.ts'
import { decodeStateProof, encodeStateProof, MAX_PROOF_BYTES, verifyStateProof, verifyStateValue } from './state-proof.ts'
import type { StateProof } from './state-proof.ts'
import { ReferenceTree } from './testing/reference-tree.ts'
import { refusal } from './testing/refusal.ts'

const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }).filter((key) => key.isWellFormed()), { minLength: 1, maxLength: 40 })
const valueOf = (key: string): Uint8Array => encodeCanonical({ of: key })

describe('verifyStateProof', () => {
  it('gives the value hash of every key that is there, and null for every one that is not', () => {
    fc.assert(
      fc.property(keys, keys, (present, asked) => {
        const tree = new ReferenceTree(present.map((key) => [key, valueOf(key)]))
        const root = tree.root()
        for (const key of [...present, ...asked]) {
          const expected = present.includes(key) ? sha256(valueOf(key)) : null
          expect(verifyStateProof(root, key, tree.prove(key))).toEqual(expected)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('proves absence in an empty state by an empty proof', () => {
    expect(verifyStateProof(new Uint8Array(32), 'anything', { siblings: [], leaf: null })).toBeNull()
  })

  it('accepts no proof with any bit of it, of the root or of the key changed', async () => {
    const tree = new ReferenceTree(Array.from({ length: 200 }, (_, i) => [`agent/${i}`, valueOf(String(i))]))
    const root = tree.root()
    for (const key of ['agent/7', 'agent/nobody', 'rock/1']) {
      const proof = tree.prove(key)
      expect(await refusal(() => verifyStateProof(flip(root, 3), key, proof))).toBe('WRONG_STATE_ROOT')
      for (const [i, sibling] of proof.siblings.entries()) {
        const changed = { ...proof, siblings: proof.siblings.with(i, flip(sibling, i)) }
        expect(await refusal(() => verifyStateProof(root, key, changed))).toBe('WRONG_STATE_ROOT')
      }
      if (proof.leaf === null) continue
      const { key_hash, value_hash } = proof.leaf
      expect(await refusal(() => verifyStateProof(root, key, { ...proof, leaf: { key_hash, value_hash: flip(value_hash, 9) } }))).toBe('WRONG_STATE_ROOT')
      expect(await refusal(() => verifyStateProof(root, key, { ...proof, leaf: { key_hash: flip(key_hash, 255), value_hash } }))).toBe('WRONG_STATE_ROOT')
      expect(await refusal(() => verifyStateProof(root, key, { ...proof, leaf: { key_hash: flip(key_hash, 0), value_hash } }))).toBe('BAD_PROOF')
    }
  })

  it("does not let a proof of one key's place prove the absence of a key elsewhere", async () => {
    const names = Array.from({ length: 64 }, (_, i) => `key-${i}`)
    const tree = new ReferenceTree(names.map((name) => [name, valueOf(name)]))
    const root = tree.root()
    for (const present of names) {
      for (const other of names.slice(0, 8)) {
        if (other === present) continue
        const code = await refusal(() => verifyStateProof(root, present, tree.prove(other)))
        expect(['BAD_PROOF', 'WRONG_STATE_ROOT']).toContain(code)
      }
    }
  })

  it('does not take an empty position for absence where a leaf stands', async () => {
    const tree = new ReferenceTree([['a', valueOf('a')], ['b', valueOf('b')]])
    const proof = tree.prove('a')
    expect(await refusal(() => verifyStateProof(tree.root(), 'a', { ...proof, leaf: null }))).toBe('WRONG_STATE_ROOT')
  })

  it('refuses more than 256 siblings, wrong sizes and other shapes', async () => {
    const root = new Uint8Array(32)
    const sibling = new Uint8Array(32)
    const hostile: unknown[] = [
      { siblings: Array.from({ length: 257 }, () => sibling), leaf: null }, { siblings: [new Uint8Array(31)], leaf: null },
      { siblings: [], leaf: { key_hash: sibling, value_hash: new Uint8Array(33) } }, { siblings: [], leaf: { key_hash: sibling } },
      { siblings: [], leaf: null, extra: 1 }, { siblings: 'no', leaf: null }, { leaf: null }, null, undefined, 7, [],
    ]
    for (const proof of hostile) expect(await refusal(() => verifyStateProof(root, 'key', proof as StateProof))).toBe('BAD_PROOF')
  })

  it('matches a fixed vector, so every engine hashes the same tree', () => {
    const tree = new ReferenceTree([['agent/1', valueOf('x')], ['agent/2', valueOf('y')], ['rock/1', valueOf('z')]])
    expect(toHex(tree.root())).toBe('a55a517e56735e3a6c12e426c5ce66ed1a818b3a745994d6ab7674ef09d7900f')
  })
})

describe('verifyStateValue', () => {
  const tree = new ReferenceTree([['a', utf8Bytes('value')], ['b', utf8Bytes('other')]])

  it('accepts the value the state holds and the absence of what it does not', () => {
    verifyStateValue(tree.root(), 'a', utf8Bytes('value'), tree.prove('a'))
    verifyStateValue(tree.root(), 'c', null, tree.prove('c'))
  })

  it('refuses another value, a denied value and an invented one', async () => {
    expect(await refusal(() => verifyStateValue(tree.root(), 'a', utf8Bytes('Value'), tree.prove('a')))).toBe('WRONG_VALUE')
    expect(await refusal(() => verifyStateValue(tree.root(), 'a', null, tree.prove('a')))).toBe('WRONG_VALUE')
    expect(await refusal(() => verifyStateValue(tree.root(), 'c', utf8Bytes('value'), tree.prove('c')))).toBe('WRONG_VALUE')
  })
})

describe('the encoding of state proofs', () => {
  const tree = new ReferenceTree(Array.from({ length: 50 }, (_, i) => [`k${i}`, valueOf(String(i))]))

  it('gives back what went in', () => {
    for (const key of ['k1', 'k49', 'absent']) {
      const proof = tree.prove(key)
      expect(decodeStateProof(encodeStateProof(proof))).toEqual(proof)
    }
    const largest = { siblings: Array.from({ length: 256 }, () => new Uint8Array(32)), leaf: { key_hash: new Uint8Array(32), value_hash: new Uint8Array(32) } }
    expect(encodeStateProof(largest).length).toBeLessThanOrEqual(MAX_PROOF_BYTES)
    expect(decodeStateProof(encodeStateProof(largest))).toEqual(largest)
  })

  it('refuses truncated, extended and oversized bytes', async () => {
    const encoded = encodeStateProof(tree.prove('k1'))
    for (let length = 0; length < encoded.length; length += 7) {
      expect(await refusal(() => decodeStateProof(encoded.subarray(0, length)))).toMatch(/^CBOR_|SCHEMA_MISMATCH/)
    }
    expect(await refusal(() => decodeStateProof(Uint8Array.from([...encoded, 0])))).toBe('CBOR_TRAILING_BYTES')
    expect(await refusal(() => decodeStateProof(new Uint8Array(MAX_PROOF_BYTES + 1)))).toBe('CBOR_TOO_LARGE')
  })
})

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice()
  changed[(bit >> 3) % bytes.length]! ^= 1 << (7 - (bit & 7))
  return changed
}
