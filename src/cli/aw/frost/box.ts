/** Bytes one participant can read and nobody else: X25519 (RFC 7748), HKDF-SHA-256 (RFC 5869), AES-256-GCM. */
import { x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { Domain, encodeCanonical, fromHex } from '../../../codec/index.ts'
import type { frost } from '../../../crypto/index.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Both ends of one message, and the keys they use for it. */
export interface BoxEnds {
  readonly session: string
  readonly from: string
  readonly to: string
  readonly fromKey: Uint8Array
  readonly toKey: Uint8Array
}

const info = (label: string, ...more: readonly (string | Uint8Array | number)[]): Uint8Array => encodeCanonical([Domain.frostMessage, label, ...more])

/** Everything a participant draws in one ceremony, from one secret seed: the same whenever it is drawn, and of no use in another ceremony. */
export function drawFrom(seed: Uint8Array, session: string, participant: string): { readonly random: frost.RandomBytes; readonly boxSecret: Uint8Array } {
  let drawn = 0
  return {
    random: (length) => hkdf(sha512, seed, fromHex(session), info('random', participant, ++drawn), length),
    boxSecret: hkdf(sha512, seed, fromHex(session), info('box', participant), 32),
  }
}

export const boxKeyOf = (boxSecret: Uint8Array): Uint8Array => x25519.getPublicKey(boxSecret)

export async function sealBox(boxSecret: Uint8Array, ends: BoxEnds, plain: Uint8Array): Promise<Uint8Array> {
  const key = await keyBetween(boxSecret, ends.toKey, ends, 'encrypt')
  return new Uint8Array(await crypto.subtle.encrypt(gcm(ends), key, plain as Bytes))
}

/** Null for what was not made for this end, or was changed. */
export async function openBox(boxSecret: Uint8Array, ends: BoxEnds, sealed: Uint8Array): Promise<Uint8Array | null> {
  try {
    const key = await keyBetween(boxSecret, ends.fromKey, ends, 'decrypt')
    return new Uint8Array(await crypto.subtle.decrypt(gcm(ends), key, sealed as Bytes))
  } catch {
    return null // a point of small order, or a tag that does not fit
  }
}

/** One key for one direction between two participants of one ceremony. */
async function keyBetween(boxSecret: Uint8Array, theirs: Uint8Array, { session, from, to, fromKey, toKey }: BoxEnds, use: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  const shared = x25519.getSharedSecret(boxSecret, theirs)
  const derived = hkdf(sha256, shared, fromHex(session), info('share', from, to, fromKey, toKey), 32)
  shared.fill(0)
  try {
    return await crypto.subtle.importKey('raw', derived as Bytes, 'AES-GCM', false, [use])
  } finally {
    derived.fill(0)
  }
}

/** The key encrypts one message in its life, and always the same, so that its nonce need not differ. */
function gcm({ session, from, to }: BoxEnds): AesGcmParams {
  return { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: info('share', session, from, to) as Bytes, tagLength: 128 }
}
