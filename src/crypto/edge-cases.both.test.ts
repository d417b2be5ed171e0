import { describe, expect, it } from 'vitest'
import { concatBytes, fromHex } from '../codec/index.ts'
import { verifyEd25519, verifyEd25519Portable } from './index.ts'
import type { SignedMessage } from './index.ts'
import { assembled, integerOf, keyPair, L, P, scalarBytes, signWithTorsion, SMALL_ORDER_ENCODINGS, TORSION } from './testing/points.ts'
import { RFC8032_VECTORS } from './testing/rfc8032-vectors.ts'

const [, , VECTOR] = RFC8032_VECTORS
const valid: SignedMessage = { publicKey: fromHex(VECTOR.publicKey), message: fromHex(VECTOR.message), signature: fromHex(VECTOR.signature) }
const r = valid.signature.subarray(0, 32)
const s = valid.signature.subarray(32)
const zeros = (length: number): Uint8Array => new Uint8Array(length)
const withR = (bytes: Uint8Array): SignedMessage => ({ ...valid, signature: concatBytes(bytes, s) })
const withS = (value: bigint): SignedMessage => ({ ...valid, signature: concatBytes(r, scalarBytes(value)) })
const withSignature = (signature: Uint8Array): SignedMessage => ({ ...valid, signature })
const withKey = (publicKey: Uint8Array): SignedMessage => ({ ...valid, publicKey })

/** y = 2 is no point: (y² − 1)/(dy² + 1) is not a square there. */
const OFF_CURVE = scalarBytes(2n)
const pair = keyPair(7n)
const NEUTRAL = TORSION[0]!
const ORDER_FOUR = TORSION[2]!

/** Classes of input after project Wycheproof's Ed25519 tests, with the verdict of Rule S. */
const CASES: readonly (readonly [string, SignedMessage, boolean])[] = [
  ['the signature as published', valid, true],
  ['the bytes of a view into a larger buffer', { ...valid, signature: concatBytes(zeros(3), valid.signature).subarray(3) }, true],
  ['an empty signature', withSignature(zeros(0)), false],
  ['R alone', withSignature(r), false],
  ['a signature cut by one byte', withSignature(valid.signature.subarray(0, 63)), false],
  ['a signature with a zero byte after it', withSignature(concatBytes(valid.signature, zeros(1))), false],
  ['a signature with a zero byte before it', withSignature(concatBytes(zeros(1), valid.signature)), false],
  ['a signature given twice', withSignature(concatBytes(valid.signature, valid.signature)), false],
  ['an all-zero signature', withSignature(zeros(64)), false],
  ['an all-one signature', withSignature(zeros(64).fill(0xff)), false],
  ['R and S swapped', withSignature(concatBytes(s, r)), false],
  ['S + L', withS(integerOf(s) + L), false],
  ['S + 2L', withS(integerOf(s) + 2n * L), false],
  ['S + 8L', withS(integerOf(s) + 8n * L), false],
  ['S with bit 253 set', withS(integerOf(s) | (1n << 253n)), false],
  ['S with bit 255 set', withS(integerOf(s) | (1n << 255n)), false],
  ['S negated', withS(L - integerOf(s)), false],
  ['S = 0', withS(0n), false],
  ['S = 1', withS(1n), false],
  ['S = L − 1', withS(L - 1n), false],
  ['S = L', withS(L), false],
  ['S = L + 1', withS(L + 1n), false],
  ['S = 2^256 − 1', withS((1n << 256n) - 1n), false],
  ['R with its sign flipped', withR(flipTop(r)), false],
  ['R off the curve', withR(OFF_CURVE), false],
  ['R = p, y zero unreduced', withR(scalarBytes(P)), false],
  ['R = p − 1, order 2', withR(scalarBytes(P - 1n)), false],
  ['R = 2^255 − 1', withR(scalarBytes((1n << 255n) - 1n)), false],
  ['R = all ones', withR(zeros(32).fill(0xff)), false],
  ['another message', { ...valid, message: fromHex('af83') }, false],
  ['an empty message', { ...valid, message: zeros(0) }, false],
  ['the message with a zero byte after it', { ...valid, message: concatBytes(valid.message, zeros(1)) }, false],
  ['another key', withKey(fromHex(RFC8032_VECTORS[0].publicKey)), false],
  ['the key with its sign flipped', withKey(flipTop(valid.publicKey)), false],
  ['an empty key', withKey(zeros(0)), false],
  ['a key cut by one byte', withKey(valid.publicKey.subarray(0, 31)), false],
  ['a key with a byte after it', withKey(concatBytes(valid.publicKey, zeros(1))), false],
  ['a key off the curve', withKey(OFF_CURVE), false],
  ['a key whose y is not reduced', withKey(scalarBytes(P + 3n)), false],
  ...SMALL_ORDER_ENCODINGS.map((key, i) => [`small-order key ${i} with R = [S]B`, assembled(key, valid.message, pair.point.toBytes(), pair.scalar), false] as const),
  ...SMALL_ORDER_ENCODINGS.map((key, i) => [`small-order key and R ${i}, S = 0`, assembled(key, valid.message, key, 0n), false] as const),
  ['a key and nonce drawn from plain scalars', signWithTorsion(pair, 11n, zeros(5), NEUTRAL, NEUTRAL), true],
  ['R shifted by torsion under a clean key', signWithTorsion(pair, 11n, zeros(5), NEUTRAL, ORDER_FOUR), false],
]

function flipTop(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  copy[31]! ^= 0x80
  return copy
}

describe('edge cases', () => {
  it('cover all encodings of small order a lax decoder takes: 8 points, 6 more spellings', () => {
    expect(SMALL_ORDER_ENCODINGS.length).toBe(14)
  })

  it.each(CASES)('%s', async (_name, { publicKey, message, signature }, accepted) => {
    expect({
      fast: await verifyEd25519(publicKey, message, signature),
      portable: verifyEd25519Portable(publicKey, message, signature),
    }).toEqual({ fast: accepted, portable: accepted })
  })

  it('answers false for what is not bytes at all', async () => {
    for (const junk of [undefined, null, 'text', 7, [], {}, new ArrayBuffer(64)] as unknown as Uint8Array[]) {
      for (const input of [[junk, valid.message, valid.signature], [valid.publicKey, junk, valid.signature], [valid.publicKey, valid.message, junk]] as const) {
        expect(await verifyEd25519(...input)).toBe(false)
        expect(verifyEd25519Portable(...input)).toBe(false)
      }
    }
  })

  it('is not confused by a longer key whose first bytes are known, once the key is cached', async () => {
    expect(await verifyEd25519(valid.publicKey, valid.message, valid.signature)).toBe(true)
    expect(await verifyEd25519(concatBytes(valid.publicKey, zeros(1)), valid.message, valid.signature)).toBe(false)
  })

  it('judges the bytes as they were when it was called', async () => {
    for (const round of ['key not yet imported', 'key cached']) {
      const message = Uint8Array.of(1, 2, 3)
      const signed = signWithTorsion(keyPair(1234n), 99n, message, NEUTRAL, NEUTRAL)
      const signature = signed.signature.slice()
      const verdict = verifyEd25519(signed.publicKey, message, signature)
      message.fill(9)
      signature.fill(9)
      expect(await verdict, round).toBe(true)
    }
  })
})
