import { verifyEd25519Portable } from './portable.ts'
import { isStrictInput } from './rule.ts'
import { passesSelfTest } from './self-test.ts'
import { webCryptoBackend } from './webcrypto.ts'
import type { EquationBackend } from './webcrypto.ts'

/** Which implementation answers the equation. Both accept exactly the same set. */
export type Ed25519Backend = 'webcrypto' | 'portable'

export interface SignedMessage {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  readonly message: Uint8Array
  /** 64 bytes. */
  readonly signature: Uint8Array
}

export interface Ed25519Verifier {
  readonly verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => Promise<boolean>
  readonly verifyMany: (items: readonly SignedMessage[]) => Promise<boolean[]>
  readonly backend: () => Promise<Ed25519Backend>
}

/** Verifications in flight at once: keeps every core of a thread pool busy, and a block of any size from filling its queue. */
const MAX_IN_FLIGHT = 128

/**
 * A verifier of Rule S on the given equation backend. The backend answers the self-test first; one that fails it, or is missing,
 * is never asked again.
 */
export function createVerifier(fast: EquationBackend | undefined): Ed25519Verifier {
  let chosen: EquationBackend | 'portable' | undefined = fast === undefined ? 'portable' : undefined
  let choosing: Promise<void> | undefined

  const choose = async (): Promise<void> => {
    chosen = fast !== undefined && (await passesSelfTest(fast)) ? fast : 'portable'
  }
  const ready = (): Promise<void> => (choosing ??= choose())

  const decide = async (equation: EquationBackend, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> => {
    // Asked first, before anything is awaited: the backend must see the bytes that were checked.
    const answer = equation(publicKey, message, signature)
    return (await answer) ?? verifyEd25519Portable(publicKey, message, signature)
  }

  const verify = async (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> => {
    if (!isStrictInput(publicKey, signature) || !(message instanceof Uint8Array)) return false
    if (chosen === undefined) {
      const [ownKey, ownMessage, ownSignature] = [publicKey.slice(), message.slice(), signature.slice()]
      await ready()
      return verify(ownKey, ownMessage, ownSignature)
    }
    return chosen === 'portable' ? verifyEd25519Portable(publicKey, message, signature) : decide(chosen, publicKey, message, signature)
  }

  const verifyMany = async (items: readonly SignedMessage[]): Promise<boolean[]> => {
    const verdicts = Array.from(items, () => false)
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < items.length) {
        const index = next++
        const { publicKey, message, signature } = items[index]!
        verdicts[index] = await verify(publicKey, message, signature)
      }
    }
    await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, items.length) }, lane))
    return verdicts
  }

  const backend = async (): Promise<Ed25519Backend> => {
    await ready()
    return chosen === 'portable' ? 'portable' : 'webcrypto'
  }

  return { verify, verifyMany, backend }
}

// Absent outside secure contexts (an http page that is not localhost).
const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined
const verifier = createVerifier(subtle === undefined ? undefined : webCryptoBackend(subtle))

/**
 * Rule S (DESIGN §4) on the fastest backend here: canonical encodings of A and R, S < L, neither of small order, and the
 * cofactorless equation. The same verdict as `verifyEd25519Portable` for every input. Resolves to false, never rejects, for hostile
 * input. Whether a key may be used at all is `isValidPublicKey`'s to say, once, when it enters the state.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return verifier.verify(publicKey, message, signature)
}

/** Verdicts of many signatures, in order. The bytes must not change before it resolves. */
export function verifyMany(items: readonly SignedMessage[]): Promise<boolean[]> {
  return verifier.verifyMany(items)
}

/** The backend `verifyEd25519` uses in this realm, after its self-test. */
export function ed25519Backend(): Promise<Ed25519Backend> {
  return verifier.backend()
}
