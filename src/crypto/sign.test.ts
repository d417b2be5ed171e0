import { describe, expect, it } from 'vitest'
import { toHex } from '../codec/index.ts'
import { CryptoError, createPortableSigner, createSigner, publicKeyOf, signPortable, verifyEd25519 } from './index.ts'

const seed = Uint8Array.from({ length: 32 }, (_, i) => i)
const payload = Uint8Array.of(1, 2, 3)
const expected = toHex(signPortable(seed, payload))

/** The real engine with one function replaced. */
function engineWith(replaced: Partial<SubtleCrypto>): SubtleCrypto {
  const { subtle } = globalThis.crypto
  return { importKey: subtle.importKey.bind(subtle), sign: subtle.sign.bind(subtle), ...replaced } as SubtleCrypto
}

describe('signers', () => {
  it('give the same bytes every time, on either backend, and they verify', async () => {
    const signer = createSigner(seed)
    expect(toHex(signer.publicKey)).toBe(toHex(publicKeyOf(seed)))
    expect(toHex(await signer.sign(payload))).toBe(expected)
    expect(toHex(await signer.sign(payload))).toBe(expected)
    expect(toHex(createPortableSigner(seed).signSync(payload))).toBe(expected)
    expect(toHex(await createPortableSigner(seed).sign(payload))).toBe(expected)
    expect(await verifyEd25519(signer.publicKey, payload, await signer.sign(payload))).toBe(true)
  })

  it('keep their key when the caller wipes the seed, and sign the payload as it was at the call', async () => {
    const handed = seed.slice()
    const text = payload.slice()
    const signer = createSigner(handed)
    const portable = createPortableSigner(handed)
    handed.fill(0)
    const signing = signer.sign(text)
    text.fill(0)
    expect(toHex(await signing)).toBe(expected)
    expect(toHex(portable.signSync(payload))).toBe(expected)
  })

  it('ask the engine for a key that cannot be taken out again', async () => {
    let extractable: boolean | undefined
    const { subtle } = globalThis.crypto
    const watching = engineWith({
      importKey: ((...args: Parameters<SubtleCrypto['importKey']>) => {
        extractable = args[3]
        return subtle.importKey(...args)
      }) as SubtleCrypto['importKey'],
    })
    expect(toHex(await createSigner(seed, watching).sign(payload))).toBe(expected)
    expect(extractable).toBe(false)
  })

  it.each([
    ['has no Ed25519', { importKey: () => Promise.reject(new Error('NotSupportedError')) }],
    ['randomises signatures', { sign: async () => new ArrayBuffer(64) }],
  ])('do without an engine that %s', async (_what, replaced) => {
    expect(toHex(await createSigner(seed, engineWith(replaced as Partial<SubtleCrypto>)).sign(payload))).toBe(expected)
  })

  it.each([0, 31, 33, 64])('refuse a seed of %i bytes with a typed error', (length) => {
    for (const make of [createSigner, createPortableSigner, publicKeyOf, (bad: Uint8Array) => signPortable(bad, payload)]) {
      expect(() => make(new Uint8Array(length))).toThrow(CryptoError)
      expect(() => make(new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'SEED_INVALID' }))
    }
  })
})
