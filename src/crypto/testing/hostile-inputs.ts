import { concatBytes } from '../../codec/index.ts'
import type { SignedMessage } from '../verify.ts'
import { assembled, integerOf, keyPair, L, P, scalarBytes, signWithTorsion, SMALL_ORDER_ENCODINGS, TORSION } from './points.ts'
import type { KeyPair } from './points.ts'

/** Where the choices of one case come from: a seeded stream or a property test's generator. */
export interface Choices {
  /** From 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number
  readonly bytes: (length: number) => Uint8Array
}

const NEUTRAL = TORSION[0]!

function honest(pair: KeyPair, choices: Choices): SignedMessage {
  return signWithTorsion(pair, integerOf(choices.bytes(32)), choices.bytes(choices.below(80)), NEUTRAL, NEUTRAL)
}

function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice()
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

function resized(bytes: Uint8Array, choices: Choices): Uint8Array {
  const length = choices.below(bytes.length * 2)
  return length <= bytes.length ? bytes.slice(0, length) : concatBytes(bytes, choices.bytes(length - bytes.length))
}

const pick = <T>(list: readonly T[], choices: Choices): T => list[choices.below(list.length)]!

/** How a signature is spoiled or twisted: each entry reaches a class of inputs some verifier in use treats differently. */
export const HOSTILE_KINDS: Readonly<Record<string, (pair: KeyPair, choices: Choices) => SignedMessage>> = {
  honest,
  'key shifted by torsion': (pair, choices) =>
    signWithTorsion(pair, integerOf(choices.bytes(32)), choices.bytes(32), pick(TORSION, choices), NEUTRAL),
  'nonce shifted by torsion': (pair, choices) =>
    signWithTorsion(pair, integerOf(choices.bytes(32)), choices.bytes(32), NEUTRAL, pick(TORSION, choices)),
  'key and nonce shifted by torsion': (pair, choices) =>
    signWithTorsion(pair, integerOf(choices.bytes(32)), choices.bytes(32), pick(TORSION, choices), pick(TORSION, choices)),
  'S plus a multiple of L': (pair, choices) => {
    const signed = honest(pair, choices)
    const s = integerOf(signed.signature.subarray(32)) + L * BigInt(1 + choices.below(14))
    return { ...signed, signature: concatBytes(signed.signature.subarray(0, 32), scalarBytes(s % (1n << 256n))) }
  },
  'S at an edge': (pair, choices) => {
    const signed = honest(pair, choices)
    const s = pick([0n, 1n, L - 1n, L, L + 1n, (1n << 252n) - 1n, 1n << 252n, (1n << 255n) - 1n, (1n << 256n) - 1n], choices)
    return { ...signed, signature: concatBytes(signed.signature.subarray(0, 32), scalarBytes(s)) }
  },
  'bit of the signature flipped': (pair, choices) => {
    const signed = honest(pair, choices)
    return { ...signed, signature: flipBit(signed.signature, choices.below(512)) }
  },
  'bit of the key flipped': (pair, choices) => {
    const signed = honest(pair, choices)
    return { ...signed, publicKey: flipBit(signed.publicKey, choices.below(256)) }
  },
  'message changed': (pair, choices) => {
    const signed = honest(pair, choices)
    return { ...signed, message: concatBytes(signed.message, choices.bytes(1)) }
  },
  'signature of another length': (pair, choices) => {
    const signed = honest(pair, choices)
    return { ...signed, signature: resized(signed.signature, choices) }
  },
  'key of another length': (pair, choices) => {
    const signed = honest(pair, choices)
    return { ...signed, publicKey: resized(signed.publicKey, choices) }
  },
  'key of small order': (_pair, choices) => {
    // With A of small order, [S]B = R holds for R = [S]B whenever [k]A is neutral: one signature for about every eighth message.
    const nonce = keyPair(integerOf(choices.bytes(32)))
    const r = nonce.point.add(pick(TORSION, choices)).toBytes()
    return assembled(pick(SMALL_ORDER_ENCODINGS, choices), choices.bytes(32), r, nonce.scalar)
  },
  'nonce of small order': (pair, choices) => {
    const signed = honest(pair, choices)
    return { ...signed, signature: concatBytes(pick(SMALL_ORDER_ENCODINGS, choices), signed.signature.subarray(32)) }
  },
  'key and nonce of small order, S zero': (_pair, choices) =>
    assembled(pick(SMALL_ORDER_ENCODINGS, choices), choices.bytes(32), pick(SMALL_ORDER_ENCODINGS, choices), 0n),
  'y of key or nonce not reduced': (pair, choices) => {
    // Only y < 19 has a second encoding that fits in 255 bits.
    const shifted = scalarBytes(P + BigInt(choices.below(19)) + (choices.below(2) === 1 ? 1n << 255n : 0n))
    const signed = honest(pair, choices)
    if (choices.below(2) === 0) return { ...signed, publicKey: shifted }
    return { ...signed, signature: concatBytes(shifted, signed.signature.subarray(32)) }
  },
  'key or nonce negated': (pair, choices) => {
    const signed = honest(pair, choices)
    if (choices.below(2) === 0) return { ...signed, publicKey: flipBit(signed.publicKey, 255) }
    return { ...signed, signature: flipBit(signed.signature, 255) }
  },
  'key and nonce swapped': (pair, choices) => {
    const signed = honest(pair, choices)
    return {
      ...signed,
      publicKey: signed.signature.slice(0, 32),
      signature: concatBytes(signed.publicKey, signed.signature.subarray(32)),
    }
  },
  'random bytes': (_pair, choices) => ({ publicKey: choices.bytes(32), message: choices.bytes(16), signature: choices.bytes(64) }),
}
