import { ed25519_FROST as suite } from '@noble/curves/ed25519.js'
import { encodeCanonical, sha256, toHex } from '../../codec/index.ts'
import { verifyEd25519Portable } from '../portable.ts'
import { blame, FrostError } from './errors.ts'
import { placeOf } from './group-key.ts'
import type { GroupKey, KeyShare } from './group-key.ts'
import { oneOfEach } from './messages.ts'
import type { NonceCommitment, SignatureShare } from './messages.ts'
import type { NonceStore } from './nonce-store.ts'
import { decodePoint, decodeScalar, SCALAR_BYTES } from './points.ts'
import type { RandomBytes } from './points.ts'

type SuiteKey = Parameters<typeof suite.aggregate>[0]
type SuiteCommitments = Parameters<typeof suite.aggregate>[1]
type Identifier = ReturnType<typeof suite.Identifier.fromNumber>

/** What every signer of one signature must see alike. */
export interface SigningSession {
  readonly group: GroupKey
  /** Built by the caller from what it means to sign (DESIGN §3), never taken from another. */
  readonly payload: Uint8Array
  /** One of each signer: `threshold` of the participants or more. */
  readonly commitments: readonly NonceCommitment[]
}

/** First round (RFC 9591 §5.1): two fresh nonces, kept in `store`, and the commitments to them, for whoever gathers them. */
export async function commitNonces({ participant, signingShare, group }: KeyShare, store: NonceStore, random: RandomBytes): Promise<NonceCommitment> {
  const secret = { identifier: identifierOf(group, participant), signingShare }
  const { nonces, commitments } = suite.commit(secret, randomExactly(random))
  const commitment: NonceCommitment = { type: 'nonce_commitment', participant, hiding: commitments.hiding, binding: commitments.binding }
  const both = new Uint8Array(2 * SCALAR_BYTES)
  both.set(nonces.hiding)
  both.set(nonces.binding, SCALAR_BYTES)
  await store.put(nonceId(commitment), both)
  for (const secretBytes of [both, nonces.hiding, nonces.binding]) secretBytes.fill(0)
  return commitment
}

/**
 * Second round (RFC 9591 §5.2): this participant's part of the signature. Its nonces leave the store before anything is worked out with
 * them, so whatever happens after they sign nothing else. Throws `NONCE_USED`, `TOO_FEW_SIGNERS`, `NOT_A_PARTICIPANT`, and
 * `NONCE_COMMITMENT_INVALID` or what `oneOfEach` throws, naming who sent it.
 */
export async function signShare(keyShare: KeyShare, store: NonceStore, session: Omit<SigningSession, 'group'>): Promise<SignatureShare> {
  const { participant, signingShare, group } = keyShare
  const payload = session.payload.slice()
  const commitments = checkedCommitments(group, session.commitments)
  const own = commitments.find((commitment) => commitment.participant === participant)
  if (own === undefined) throw new FrostError('NOT_A_PARTICIPANT', 'This participant is not among the signers. It has nothing to sign.')
  const nonces = await store.take(nonceId(own))
  if (nonces === null) throw new FrostError('NONCE_USED', 'These nonces were used, or are not kept any more. Commit to new ones and start the signature again.')
  const pair = { hiding: nonces.slice(0, SCALAR_BYTES), binding: nonces.slice(SCALAR_BYTES) }
  try {
    const secret = { identifier: identifierOf(group, participant), signingShare }
    return { type: 'signature_share', participant, share: suite.signShare(secret, suiteKey(group), pair, suiteCommitments(group, commitments), payload) }
  } finally {
    for (const secretBytes of [nonces, pair.hiding, pair.binding]) secretBytes.fill(0)
  }
}

/**
 * Puts the shares together (RFC 9591 §5.3): a signature of 64 bytes that verifies under the group's public key like any other. Throws
 * `SIGNATURE_SHARE_INVALID` naming everyone whose share is wrong, `TOO_FEW_SIGNERS`, and what `signShare` throws about commitments.
 */
export function aggregate(session: SigningSession, shares: readonly SignatureShare[]): Uint8Array {
  const { group, payload } = session
  const commitments = checkedCommitments(group, session.commitments)
  const ordered = oneOfEach(shares, commitments.map(({ participant }) => participant))
  const key = suiteKey(group)
  const list = suiteCommitments(group, commitments)
  const wrong = ordered.filter(({ share }) => decodeScalar(share) === null)
  if (wrong.length === 0) {
    const byIdentifier = Object.fromEntries(ordered.map(({ participant, share }) => [identifierOf(group, participant), share]))
    const signature = attempt(() => suite.aggregate(key, list, payload, byIdentifier))
    if (signature !== null && verifyEd25519Portable(group.publicKey, payload, signature)) return signature
    wrong.push(...ordered.filter(({ participant, share }) => !suite.verifyShare(key, list, payload, identifierOf(group, participant), share)))
  }
  const names = wrong.map(({ participant }) => participant)
  throw new FrostError('SIGNATURE_SHARE_INVALID', `No signature came about: the share of ${names.join(', ')} is wrong. Start again without.`, names)
}

/** Whether a share is what its sender owes, without waiting for the others. */
export function isValidSignatureShare(session: SigningSession, { participant, share }: SignatureShare): boolean {
  const { group, payload } = session
  const commitments = checkedCommitments(group, session.commitments)
  if (!commitments.some((commitment) => commitment.participant === participant) || decodeScalar(share) === null) return false
  return suite.verifyShare(suiteKey(group), suiteCommitments(group, commitments), payload, identifierOf(group, participant), share)
}

/** In the order of participants. */
function checkedCommitments(group: GroupKey, commitments: readonly NonceCommitment[]): NonceCommitment[] {
  const signers = commitments.map(({ participant }) => participant)
  const stranger = signers.find((id) => !group.participants.includes(id))
  if (stranger !== undefined) blame('MESSAGE_UNEXPECTED', stranger, `"${stranger}" is not of this group.`)
  if (new Set(signers).size < group.threshold) {
    throw new FrostError('TOO_FEW_SIGNERS', `It takes ${group.threshold} signers; there are ${new Set(signers).size}. Ask more participants.`)
  }
  const ordered = oneOfEach(commitments, group.participants.filter((id) => signers.includes(id)))
  for (const { participant, hiding, binding } of ordered) {
    if (decodePoint(hiding) === null || decodePoint(binding) === null) {
      blame('NONCE_COMMITMENT_INVALID', participant, `The commitments of "${participant}" are no valid points.`)
    }
  }
  return ordered
}

/** Says nothing of the nonces that their commitments do not. */
function nonceId({ participant, hiding, binding }: NonceCommitment): string {
  return toHex(sha256(encodeCanonical([participant, hiding, binding])))
}

function identifierOf(group: GroupKey, participant: string): Identifier {
  return suite.Identifier.fromNumber(placeOf(group, participant))
}

function suiteKey(group: GroupKey): SuiteKey {
  const verifyingShares = Object.fromEntries([...group.verifyingShares].map(([participant, share]) => [identifierOf(group, participant), share]))
  return { signers: { min: group.threshold, max: group.participants.length }, commitments: [...group.commitment], verifyingShares }
}

function suiteCommitments(group: GroupKey, commitments: readonly NonceCommitment[]): SuiteCommitments {
  return commitments.map(({ participant, hiding, binding }) => ({ identifier: identifierOf(group, participant), hiding, binding }))
}

function randomExactly(random: RandomBytes): (length?: number) => Uint8Array<ArrayBuffer> {
  return (length = SCALAR_BYTES) => {
    const bytes = random(length).slice()
    if (bytes.length !== length || bytes.every((byte) => byte === 0)) throw new FrostError('WEAK_RANDOMNESS', 'The source of randomness gave nothing of use. Use a secure one.')
    return bytes
  }
}

/** The library tells a failed aggregation by throwing; who is to blame is found out with the shares one by one. */
function attempt<T>(action: () => T): T | null {
  try {
    return action()
  } catch {
    return null
  }
}
