import { Point } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../codec/index.ts'
import { KeyCache } from './key-cache.ts'
import { isStrictInput, isStrictPoint, PUBLIC_KEY_BYTES } from './rule.ts'

/** Decoded keys kept: decoding takes a square root, and most signatures come from few keys. About 1 KiB each. */
const MAX_DECODED_KEYS = 4096

const L = Point.CURVE().n

interface DecodedKey {
  /** −A, or null when the bytes are no point of the curve. */
  readonly negated: Point | null
  /** Worked out when first asked for: it costs as much as a verification. */
  torsionFree?: boolean
}

const decodedKeys = new KeyCache<DecodedKey>(MAX_DECODED_KEYS)

function decodeKey(publicKey: Uint8Array): DecodedKey {
  const known = decodedKeys.get(publicKey)
  if (known !== undefined) return known
  const decoded: DecodedKey = { negated: decodePoint(publicKey)?.negate() ?? null }
  decodedKeys.set(publicKey, decoded)
  return decoded
}

function decodePoint(encoded: Uint8Array): Point | null {
  try {
    return Point.fromBytes(encoded)
  } catch {
    return null // noble throws for bytes that are not on the curve
  }
}

/**
 * Rule S on point arithmetic alone: byte checks, then [S]B − [k]A must encode to R with k = SHA-512(R ‖ A ‖ M) mod L.
 * Cofactorless, unlike every `verify` of noble. Answers false, never throws, for hostile input. About 1 ms.
 */
export function verifyEd25519Portable(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (!isStrictInput(publicKey, signature) || !(message instanceof Uint8Array)) return false
  const { negated } = decodeKey(publicKey)
  if (negated === null) return false
  const r = signature.subarray(0, 32)
  const k = littleEndianInteger(sha512.create().update(r).update(publicKey).update(message).digest()) % L
  const s = littleEndianInteger(signature.subarray(32))
  // Comparing encodings spares decoding R: R is canonical here, so equal points have equal bytes.
  return equalBytes(Point.BASE.multiply(s, false).add(negated.multiply(k, false)).toBytes(), r)
}

/**
 * True for 32 bytes that may enter the state as a key: canonical, on the curve, not of small order and free of torsion, so every
 * signature under it means the same to cofactored and cofactorless verifiers. About 1 ms the first time.
 */
export function isValidPublicKey(publicKey: Uint8Array): boolean {
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY_BYTES || !isStrictPoint(publicKey)) return false
  const key = decodeKey(publicKey)
  if (key.negated === null) return false
  return (key.torsionFree ??= key.negated.isTorsionFree())
}

function littleEndianInteger(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (let i = bytes.length - 1; i >= 0; i--) hex += bytes[i]!.toString(16).padStart(2, '0')
  return BigInt(hex)
}
