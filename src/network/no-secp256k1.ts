/**
 * Stands in for `@noble/curves/secp256k1.js` in the built page: nodes of this network have Ed25519 keys, and a peer that comes with a key of another
 * curve is refused where its key is read, as one with an invalid key is. It saves a tab six kilobytes of a curve it never uses.
 */
function refused(): never {
  throw new Error('Peers of this network have Ed25519 keys.')
}

export const secp256k1 = { sign: refused, verify: refused, getPublicKey: refused, Point: { fromBytes: refused }, utils: { randomSecretKey: refused } }
