import { verify as nobleVerify } from '@noble/ed25519'
import { describe, expect, it } from 'vitest'
import { fromHex } from '../codec/index.ts'
import { verifyEd25519Portable } from './portable.ts'
import { publicKeyOf, signPortable } from './sign.ts'
import { SPECCHECK_VECTORS } from './speccheck-vectors.ts'
import { createVerifier } from './verify.ts'
import { webCryptoBackend } from './webcrypto.ts'
import type { EquationBackend } from './webcrypto.ts'

const seed = new Uint8Array(32).fill(1)
const publicKey = publicKeyOf(seed)
const message = Uint8Array.of(1, 2, 3)
const signature = signPortable(seed, message)
const wrong = Uint8Array.of(1, 2, 4)

const honest: EquationBackend = async (key, text, sig) => verifyEd25519Portable(key, text, sig)

describe('choosing a backend', () => {
  it('takes WebCrypto where it answers the self-test', async () => {
    const verifier = createVerifier(webCryptoBackend(globalThis.crypto.subtle))
    expect(await verifier.backend()).toBe('webcrypto')
  })

  it('works without crypto.subtle, as on a page that is not a secure context', async () => {
    const verifier = createVerifier(undefined)
    expect(await verifier.backend()).toBe('portable')
    expect(await verifier.verify(publicKey, message, signature)).toBe(true)
    expect(await verifier.verify(publicKey, wrong, signature)).toBe(false)
    expect(await verifier.verifyMany([{ publicKey, message, signature }])).toEqual([true])
  })

  const cofactored: EquationBackend = async (key, text, sig) => nobleVerify(sig, text, key, { zip215: true })
  const impostors: Record<string, EquationBackend> = {
    'one that says yes to all': async () => true,
    'one that says no to all': async () => false,
    'one that cannot tell': async () => undefined,
    'one that rejects': () => Promise.reject(new Error('NotSupportedError')),
    'one that throws': () => {
      throw new TypeError('not implemented')
    },
    'a cofactored one (ZIP-215)': cofactored,
    'one that ignores the message': async (key, _text, sig) => honest(key, fromHex('72'), sig),
  }

  it.each(Object.entries(impostors))('drops %s and still gives the right verdicts', async (_name, impostor) => {
    const verifier = createVerifier(impostor)
    expect(await verifier.verify(publicKey, message, signature)).toBe(true)
    expect(await verifier.verify(publicKey, wrong, signature)).toBe(false)
    expect(await verifier.backend()).toBe('portable')
  })

  it('tests itself once, however many ask at the start', async () => {
    let calls = 0
    const counting: EquationBackend = (...input) => {
      calls++
      return honest(...input)
    }
    const verifier = createVerifier(counting)
    await Promise.all([verifier.backend(), verifier.backend(), verifier.backend()])
    const afterTest = calls
    await verifier.verify(publicKey, message, signature)
    expect(calls).toBe(afterTest + 1)
  })
})

describe('a backend that fails now and then', () => {
  it('leaves the verdict to the portable path', async () => {
    let broken = false
    const flaky: EquationBackend = async (...input) => (broken ? undefined : honest(...input))
    const verifier = createVerifier(flaky)
    expect(await verifier.backend()).toBe('webcrypto')
    broken = true
    expect(await verifier.verify(publicKey, message, signature)).toBe(true)
    expect(await verifier.verify(publicKey, wrong, signature)).toBe(false)
  })

  it('never rejects when WebCrypto does', async () => {
    const { subtle } = globalThis.crypto
    let broken = false
    const failing = {
      importKey: subtle.importKey.bind(subtle),
      verify: (...input: Parameters<SubtleCrypto['verify']>) => (broken ? Promise.reject(new Error('OperationError')) : subtle.verify(...input)),
    } as unknown as SubtleCrypto
    const verifier = createVerifier(webCryptoBackend(failing))
    expect(await verifier.backend()).toBe('webcrypto')
    broken = true
    expect(await verifier.verify(publicKey, message, signature)).toBe(true)
  })
})

describe('the byte checks', () => {
  it('keep inputs on which engines differ away from the backend', async () => {
    const seen: string[] = []
    const verifier = createVerifier(async (key, text, sig) => {
      seen.push(sig.join())
      return honest(key, text, sig)
    })
    await verifier.backend()
    seen.length = 0
    for (const vector of SPECCHECK_VECTORS) await verifier.verify(fromHex(vector.publicKey), fromHex(vector.message), fromHex(vector.signature))
    // Cases 3, 4 and 5 are the equation's to decide; all others fail on their bytes.
    expect(seen).toEqual([3, 4, 5].map((i) => fromHex(SPECCHECK_VECTORS[i]!.signature).join()))
  })
})

describe('shared memory', () => {
  it('verifies like any other', async () => {
    const shared = (bytes: Uint8Array): Uint8Array => {
      const view = new Uint8Array(new SharedArrayBuffer(bytes.length))
      view.set(bytes)
      return view
    }
    const verifier = createVerifier(webCryptoBackend(globalThis.crypto.subtle))
    await verifier.backend()
    for (const round of ['key not yet imported', 'key cached']) {
      expect(await verifier.verify(shared(publicKey), shared(message), shared(signature)), round).toBe(true)
      expect(await verifier.verify(shared(publicKey), shared(wrong), shared(signature)), round).toBe(false)
    }
  })
})

describe('verifyMany', () => {
  const items = Array.from({ length: 300 }, (_, i) => {
    const own = new Uint8Array(32).fill(i % 7)
    return { publicKey: publicKeyOf(own), message: Uint8Array.of(i & 0xff, i % 3 === 0 ? 1 : 0), signature: signPortable(own, Uint8Array.of(i & 0xff, 0)) }
  })

  it('answers in the order of its items', async () => {
    const verifier = createVerifier(webCryptoBackend(globalThis.crypto.subtle))
    expect(await verifier.verifyMany(items)).toEqual(items.map((_, i) => i % 3 !== 0))
    expect(await verifier.verifyMany([])).toEqual([])
  })

  it('keeps a bounded number in flight', async () => {
    let inFlight = 0
    let most = 0
    const verifier = createVerifier(async (...input) => {
      most = Math.max(most, ++inFlight)
      await Promise.resolve()
      inFlight--
      return honest(...input)
    })
    await verifier.backend()
    most = 0
    await verifier.verifyMany(items)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(128)
  })
})
