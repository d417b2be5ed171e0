import { getPublicKey, hashes, sign as nobleSign } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'
import { equalBytes } from '../codec/index.ts'
import { CryptoError } from './errors.ts'
import { SEED_BYTES } from './rule.ts'

hashes.sha512 = sha512

/** Signs with one key. Callers build the payload from a typed intent (`signingPayload`), never from bytes they were handed (DESIGN §3). */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** The 64-byte RFC 8032 signature; the same payload always gives the same bytes. */
  readonly sign: (payload: Uint8Array) => Promise<Uint8Array>
}

/** A signer that can also answer at once, for simulations and tools. Not constant-time: no place for keys worth stealing. */
export interface PortableSigner extends Signer {
  readonly signSync: (payload: Uint8Array) => Uint8Array
}

/** The PKCS #8 frame of an Ed25519 private key (RFC 8410 §7): everything before the 32 bytes of seed. */
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20)

function assertSeed(seed: Uint8Array): void {
  if (!(seed instanceof Uint8Array) || seed.length !== SEED_BYTES) {
    throw new CryptoError('SEED_INVALID', `A secret seed has ${SEED_BYTES} bytes. Create one from a secure random source.`)
  }
}

/** The 32-byte public key of a 32-byte seed (RFC 8032 §5.1.5). Throws `SEED_INVALID`. */
export function publicKeyOf(seed: Uint8Array): Uint8Array {
  assertSeed(seed)
  return getPublicKey(seed)
}

/** RFC 8032 signature in plain JavaScript. Throws `SEED_INVALID`. */
export function signPortable(seed: Uint8Array, payload: Uint8Array): Uint8Array {
  assertSeed(seed)
  return nobleSign(payload, seed)
}

export function createPortableSigner(seed: Uint8Array): PortableSigner {
  const publicKey = publicKeyOf(seed)
  const own = seed.slice()
  return {
    publicKey,
    sign: async (payload) => signPortable(own, payload),
    signSync: (payload) => signPortable(own, payload),
  }
}

/**
 * A signer on the fastest backend here. With WebCrypto the key ends up non-extractable inside the engine and the copy of the seed is
 * wiped; an engine without Ed25519, or one that randomises signatures (w3c/webcrypto PR 362), is not used. Throws `SEED_INVALID`.
 */
export function createSigner(seed: Uint8Array, subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle): Signer {
  const publicKey = publicKeyOf(seed)
  const own = seed.slice()
  const signing = (async (): Promise<Signer['sign']> => {
    const native = subtle === undefined ? undefined : await nativeSign(subtle, own)
    if (native === undefined) return createPortableSigner(own).sign
    own.fill(0)
    return native
  })()
  return {
    publicKey,
    sign: async (payload) => {
      const stable = payload.slice() // the caller may reuse its buffer while the key is being imported
      return (await signing)(stable)
    },
  }
}

/** Signing on WebCrypto, or undefined when its signature of a probe is not the one RFC 8032 prescribes. */
async function nativeSign(subtle: SubtleCrypto, seed: Uint8Array): Promise<Signer['sign'] | undefined> {
  const pkcs8 = new Uint8Array(PKCS8_PREFIX.length + SEED_BYTES)
  pkcs8.set(PKCS8_PREFIX)
  pkcs8.set(seed, PKCS8_PREFIX.length)
  try {
    const key = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
    const sign = async (payload: Uint8Array): Promise<Uint8Array> =>
      new Uint8Array(await subtle.sign('Ed25519', key, payload as Uint8Array<ArrayBuffer>))
    return equalBytes(await sign(SIGNING_PROBE), signPortable(seed, SIGNING_PROBE)) ? sign : undefined
  } catch {
    return undefined
  } finally {
    pkcs8.fill(0)
  }
}

/** Signed once per key to compare engines. Its domain is used for nothing else, so the signature is worth nothing to anyone. */
const SIGNING_PROBE = new TextEncoder().encode('agent-world/signing-self-test/v1')
