/**
 * The demo key of this page. It lives in this module, outside of React and of every store; what leaves it are the public key and signed envelopes of
 * typed intents. There is no way to have other bytes signed.
 */
import { actionPayload, agentIdOf, encodeActionEnvelope, fromHex, toHex } from '../../../codec/index.ts'
import type { Value, ValueMap } from '../../../codec/index.ts'
import { SEED_BYTES, createSigner } from '../../../crypto/index.ts'
import type { Signer } from '../../../crypto/index.ts'
import type { FormIntent } from './forms.ts'
import type { Intent } from './intents.ts'

/** The name says what the entry is to anyone who looks into the browser's storage. */
export const DEMO_KEY_ENTRY = 'agent-world/DEMO-key/v1'

export interface DemoIdentity {
  readonly publicKey: Uint8Array
  readonly agentId: string
  readonly kept: boolean
}

export interface SigningContext {
  readonly worldId: string
  readonly nonce: number
  readonly validUntilHeight: number
}

let signer: Signer | null = null
/** Only while the user may still choose to keep the key; wiped when it is forgotten. */
let seed: Uint8Array | null = null

function identity(): DemoIdentity | null {
  if (signer === null) return null
  return { publicKey: signer.publicKey, agentId: agentIdOf(signer.publicKey), kept: storedSeed() !== null }
}

function adopt(bytes: Uint8Array): void {
  seed = bytes
  signer = createSigner(bytes)
}

function storedSeed(): string | null {
  try {
    const stored = localStorage.getItem(DEMO_KEY_ENTRY)
    return stored !== null && /^[0-9a-f]{64}$/.test(stored) ? stored : null
  } catch {
    return null
  }
}

/** The key of this page; loads a kept one the first time. Null when there is none. */
export function demoIdentity(): DemoIdentity | null {
  if (signer === null) {
    const stored = storedSeed()
    if (stored !== null) adopt(fromHex(stored))
  }
  return identity()
}

export function createDemoKey(): DemoIdentity {
  adopt(crypto.getRandomValues(new Uint8Array(SEED_BYTES)))
  return identity()!
}

/** Keeps the key in this browser, or only in memory. */
export function keepDemoKey(keep: boolean): DemoIdentity | null {
  try {
    if (keep && seed !== null) localStorage.setItem(DEMO_KEY_ENTRY, toHex(seed))
    else localStorage.removeItem(DEMO_KEY_ENTRY)
  } catch {
    // A browser that refuses storage: the key stays in memory, and the page says so.
  }
  return identity()
}

export function forgetDemoKey(): void {
  keepDemoKey(false)
  seed?.fill(0)
  seed = null
  signer = null
}

/** The signed envelope of an intent, bound to world, nonce and last valid height. Throws when there is no key. */
export async function signIntent(intent: Intent | FormIntent, context: SigningContext): Promise<Uint8Array> {
  if (signer === null) throw new TypeError('There is no demo key to sign with.')
  const action: ValueMap & { readonly kind: string } = intent.kind === 'register_agent' ? { ...intent, public_key: signer.publicKey as Value } : { ...intent }
  const unsigned = {
    world_id: context.worldId, actor: agentIdOf(signer.publicKey), nonce: context.nonce, valid_until_height: context.validUntilHeight, action,
  }
  return encodeActionEnvelope({ ...unsigned, signature: await signer.sign(actionPayload(unsigned)) })
}
