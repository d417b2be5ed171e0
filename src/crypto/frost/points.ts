import { ed25519 } from '@noble/curves/ed25519.js'
import { isStrictPoint } from '../rule.ts'
import { FrostError } from './errors.ts'

export const POINT_BYTES = 32
export const SCALAR_BYTES = 32
/** Reducing so many random bytes modulo the order leaves no bias worth a name (RFC 9380 §5.1). */
const WIDE_SCALAR_BYTES = 64

export type GroupPoint = InstanceType<typeof ed25519.Point>
/** Functions, so that a program that makes no group signatures leaves the curve library out. */
const group = (): typeof ed25519.Point => ed25519.Point
const scalars = (): (typeof ed25519.Point)['Fn'] => ed25519.Point.Fn

/** Gives so many bytes nobody can predict. Passed in, since this layer has no source of its own. */
export type RandomBytes = (length: number) => Uint8Array

/** A point as RFC 9591 §6.1 wants it: canonical, on the curve, of prime order and not the neutral element; null otherwise. */
export function decodePoint(encoded: Uint8Array): GroupPoint | null {
  if (encoded.length !== POINT_BYTES || !isStrictPoint(encoded)) return null
  try {
    const point = group().fromBytes(encoded)
    return point.isTorsionFree() ? point : null
  } catch {
    return null // noble throws for bytes that are not on the curve
  }
}

/** A scalar from its 32 bytes in little-endian order; null when it is not below the order. */
export function decodeScalar(encoded: Uint8Array): bigint | null {
  if (encoded.length !== SCALAR_BYTES) return null
  const scalar = littleEndian(encoded)
  return scalars().isValid(scalar) ? scalar : null
}

export function encodeScalar(scalar: bigint): Uint8Array {
  return scalars().toBytes(scalar)
}

/** Any bytes as a scalar, modulo the order. */
export function reduceScalar(bytes: Uint8Array): bigint {
  return scalars().create(littleEndian(bytes))
}

/** A secret scalar, never zero. Throws `WEAK_RANDOMNESS` for a source that is plainly broken. */
export function randomScalar(random: RandomBytes): bigint {
  const bytes = random(WIDE_SCALAR_BYTES)
  const scalar = bytes.length === WIDE_SCALAR_BYTES ? reduceScalar(bytes) : 0n
  bytes.fill(0)
  if (scalar === 0n) throw new FrostError('WEAK_RANDOMNESS', 'The source of randomness gave nothing of use. Use a secure one.')
  return scalar
}

/** Where a public scalar or point is concerned, time may depend on it. */
export function multiplyPublic(point: GroupPoint, scalar: bigint): GroupPoint {
  return point.multiplyUnsafe(scalar)
}

/** [secret]B in time that does not depend on the secret, as far as big integers allow. */
export function multiplyBase(secret: bigint): GroupPoint {
  return group().BASE.multiply(secret)
}

export function sumOf(points: readonly GroupPoint[]): GroupPoint {
  return points.reduce((sum, point) => sum.add(point), group().ZERO)
}

export const addScalars = (a: bigint, b: bigint): bigint => scalars().add(a, b)
export const multiplyScalars = (a: bigint, b: bigint): bigint => scalars().mul(a, b)

/** f(x) for the polynomial with these coefficients, lowest first (Horner's rule). */
export function evaluate(coefficients: readonly bigint[], x: bigint): bigint {
  return coefficients.reduceRight((sum, coefficient) => scalars().add(scalars().mul(sum, x), coefficient), 0n)
}

/** [f(x)]B from commitments to the coefficients of f, with public x. */
export function evaluateCommitted(commitment: readonly GroupPoint[], x: bigint): GroupPoint {
  return commitment.reduceRight((sum, point) => multiplyPublic(sum, x).add(point), group().ZERO)
}

function littleEndian(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (let i = bytes.length - 1; i >= 0; i--) hex += bytes[i]!.toString(16).padStart(2, '0')
  return BigInt(hex)
}
