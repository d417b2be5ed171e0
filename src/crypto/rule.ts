/**
 * The byte half of Rule S (DESIGN §4), shared by every backend. Engines differ only on inputs these checks refuse: encodings of
 * A and R that are not canonical or name a point of small order, and S ≥ L. What is left is one equation, [S]B = R + [k]A.
 */

/** Bytes of a public key: the encoding of a point A (RFC 8032 §5.1.2). */
export const PUBLIC_KEY_BYTES = 32
/** Bytes of a signature: the encoding of a point R, then the scalar S in little-endian order (RFC 8032 §5.1.6). */
export const SIGNATURE_BYTES = 64
/** Bytes of the secret seed a key pair is derived from (RFC 8032 §5.1.5). */
export const SEED_BYTES = 32

const POINT_BYTES = 32
/** Sets the sign of x; the other 255 bits are y. */
const SIGN_BIT = 0x80

/** Order of the prime subgroup, 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1), in little-endian order. */
const L = littleEndian('1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed')

/**
 * y of the eight points whose order divides 8. Points come in pairs ±x with one y, so five values with the sign bit ignored cover
 * all eight, and the two encodings with x = 0 and a sign bit that RFC 8032 refuses.
 */
const SMALL_ORDER_Y = [
  '0000000000000000000000000000000000000000000000000000000000000000', // order 4
  '0000000000000000000000000000000000000000000000000000000000000001', // order 1, the neutral element
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826', // order 8
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7', // order 8
  '7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec', // order 2, y = p − 1
].map(littleEndian)

/** Lowest byte of p = 2^255 − 19 (…ffed); every byte between it and the top one is ff. */
const P_LOWEST_BYTE = 0xed

function littleEndian(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(hex.length - 2 * i - 2, hex.length - 2 * i), 16))
}

/** True when the 32 bytes at `offset` are a little-endian scalar below L, so a signature cannot be changed into another by adding L. */
export function isReducedScalar(bytes: Uint8Array, offset: number): boolean {
  for (let i = L.length - 1; i >= 0; i--) {
    const difference = bytes[offset + i]! - L[i]!
    if (difference !== 0) return difference < 0
  }
  return false
}

/** True when y of the 32 bytes at `offset` is below p. */
function isCanonicalY(bytes: Uint8Array, offset: number): boolean {
  if ((bytes[offset + POINT_BYTES - 1]! & ~SIGN_BIT) !== 0x7f) return true
  for (let i = POINT_BYTES - 2; i > 0; i--) if (bytes[offset + i] !== 0xff) return true
  return bytes[offset]! < P_LOWEST_BYTE
}

function isSmallOrderY(bytes: Uint8Array, offset: number): boolean {
  return SMALL_ORDER_Y.some((y) => {
    if ((bytes[offset + POINT_BYTES - 1]! & ~SIGN_BIT) !== y[POINT_BYTES - 1]) return false
    for (let i = 0; i < POINT_BYTES - 1; i++) if (bytes[offset + i] !== y[i]) return false
    return true
  })
}

/** True when the 32 bytes at `offset` are canonical and not of small order. Whether they are on the curve is the equation's business. */
export function isStrictPoint(bytes: Uint8Array, offset = 0): boolean {
  return isCanonicalY(bytes, offset) && !isSmallOrderY(bytes, offset)
}

/** Everything Rule S demands of key and signature before the equation. */
export function isStrictInput(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey instanceof Uint8Array &&
    signature instanceof Uint8Array &&
    publicKey.length === PUBLIC_KEY_BYTES &&
    signature.length === SIGNATURE_BYTES &&
    isReducedScalar(signature, POINT_BYTES) &&
    isStrictPoint(publicKey) &&
    isStrictPoint(signature)
  )
}
