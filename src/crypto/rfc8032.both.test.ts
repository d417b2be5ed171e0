import { describe, expect, it } from 'vitest'
import { fromHex, toHex } from '../codec/index.ts'
import { createPortableSigner, createSigner, isValidPublicKey, publicKeyOf, verifyEd25519, verifyEd25519Portable } from './index.ts'
import { RFC8032_VECTORS } from './testing/rfc8032-vectors.ts'

describe.each(RFC8032_VECTORS)('RFC 8032 §7.1 $name', ({ seed, publicKey, message, signature }) => {
  it('derives the public key, which may enter the state', () => {
    expect(toHex(publicKeyOf(fromHex(seed)))).toBe(publicKey)
    expect(isValidPublicKey(fromHex(publicKey))).toBe(true)
  })

  it('signs to the published bytes on both backends', async () => {
    expect(toHex(await createSigner(fromHex(seed)).sign(fromHex(message)))).toBe(signature)
    expect(toHex(createPortableSigner(fromHex(seed)).signSync(fromHex(message)))).toBe(signature)
  })

  it('verifies on both paths', async () => {
    expect(await verifyEd25519(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true)
    expect(verifyEd25519Portable(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true)
  })
})
