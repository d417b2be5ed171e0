import { Point } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, fromHex } from '../../codec/index.ts'
import type { SignedMessage } from '../verify.ts'

/** Order of the prime subgroup and the field prime (RFC 8032 §5.1). */
export const L = Point.CURVE().n
export const P = Point.CURVE().p

/** A generator of the eight torsion points; its multiples are all points of small order. */
const TORSION_GENERATOR = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')

/** The torsion points T·0 … T·7; T·0 is the neutral element. */
export const TORSION: readonly Point[] = Array.from({ length: 8 }, (_, i) => TORSION_GENERATOR.multiply(BigInt(i), false))

export function scalarBytes(value: bigint): Uint8Array {
  return fromHex(value.toString(16).padStart(64, '0')).reverse()
}

export function integerOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** Every 32-byte encoding a lax decoder takes for a point of small order: canonical, y + p where it fits, and both sign bits. */
export const SMALL_ORDER_ENCODINGS: readonly Uint8Array[] = [...new Set(TORSION.map(({ y }) => y))].flatMap((y) =>
  [y, y + P].filter((shifted) => shifted < 1n << 255n).flatMap((shifted) => [shifted, shifted | (1n << 255n)].map(scalarBytes)),
)

function challenge(r: Uint8Array, a: Uint8Array, message: Uint8Array): bigint {
  return integerOf(sha512(concatBytes(r, a, message))) % L
}

export interface KeyPair {
  /** The secret scalar, 1 … L − 1. */
  readonly scalar: bigint
  readonly point: Point
}

export function keyPair(scalar: bigint): KeyPair {
  const reduced = (scalar % (L - 1n)) + 1n
  return { scalar: reduced, point: Point.BASE.multiply(reduced) }
}

/**
 * Signs with key and nonce shifted by torsion points, as a cheating signer can. The hash is over the shifted encodings, so the
 * cofactored equation always holds; the cofactorless one holds when the torsion parts cancel.
 */
export function signWithTorsion(pair: KeyPair, nonce: bigint, message: Uint8Array, keyTorsion: Point, nonceTorsion: Point): SignedMessage {
  const publicKey = pair.point.add(keyTorsion).toBytes()
  const r = keyPair(nonce)
  const encodedR = r.point.add(nonceTorsion).toBytes()
  const s = (r.scalar + challenge(encodedR, publicKey, message) * pair.scalar) % L
  return { publicKey, message, signature: concatBytes(encodedR, scalarBytes(s)) }
}

/** A signature whose R is given as bytes (say, of small order) under a key given as bytes, with S chosen freely. */
export function assembled(publicKey: Uint8Array, message: Uint8Array, r: Uint8Array, s: bigint): SignedMessage {
  return { publicKey, message, signature: concatBytes(r, scalarBytes(s)) }
}
