import { CodecError, decodeWith, encodeCanonical, equalBytes, schema } from '../../codec/index.ts'
import type { Infer, Value } from '../../codec/index.ts'
import { isValidPublicKey } from '../portable.ts'
import { FrostError } from './errors.ts'
import { decodePoint, decodeScalar, evaluateCommitted, multiplyBase, POINT_BYTES, SCALAR_BYTES } from './points.ts'

const { array, fixedBytes, int, object, text } = schema

/** Making a key takes every participant a message to every other one: past this it takes minutes. */
export const MAX_PARTICIPANTS = 64
/** One signer is no group: use a plain key. */
export const MIN_THRESHOLD = 2
/** A full group key takes 9 KB. */
const MAX_ENCODED_BYTES = 16 << 10

/** As ids of nodes and signers are written. */
export const PARTICIPANT = text(80, /^[a-z0-9][a-z0-9._/-]*$/)

const SETUP_FIELDS = {
  threshold: int(MIN_THRESHOLD, MAX_PARTICIPANTS),
  participants: array(PARTICIPANT, MAX_PARTICIPANTS),
} as const

/** Who may sign together, and how many of them it takes. */
export interface GroupSetup {
  /** From 2 to the number of participants. */
  readonly threshold: number
  /** Ascending, each once, at most 64. */
  readonly participants: readonly string[]
}

/** What everyone may know of a group. */
export interface GroupKey extends GroupSetup {
  /** Signatures of the group verify under it like those of any Ed25519 key. 32 bytes. */
  readonly publicKey: Uint8Array
  /** Commitments to the coefficients of the group's polynomial, one for each signer it takes; the first is the public key. */
  readonly commitment: readonly Uint8Array[]
  /** By participant: what its signature shares are checked with. */
  readonly verifyingShares: ReadonlyMap<string, Uint8Array>
}

/** One participant's part of the secret. Whoever has `threshold` of them has the key. */
export interface KeyShare {
  readonly participant: string
  /** 32 bytes. */
  readonly signingShare: Uint8Array
  readonly group: GroupKey
}

const groupKeySchema = object({ ...SETUP_FIELDS, commitment: array(fixedBytes(POINT_BYTES), MAX_PARTICIPANTS) })
const keyShareSchema = object({ participant: PARTICIPANT, signing_share: fixedBytes(SCALAR_BYTES), group: groupKeySchema })
type EncodedGroup = Infer<typeof groupKeySchema>

/** Throws `GROUP_INVALID` for a group that cannot be. */
export function assertSetup({ threshold, participants }: GroupSetup): void {
  const parsed = parse(object(SETUP_FIELDS), { threshold, participants: [...participants] })
  if (parsed.participants.some((id, index) => index > 0 && parsed.participants[index - 1]! >= id)) {
    throw new FrostError('GROUP_INVALID', 'Participants must be listed in ascending order, each once.')
  }
  if (threshold > participants.length) throw new FrostError('GROUP_INVALID', `A threshold of ${threshold} cannot be met by ${participants.length} participants.`)
}

/** The place of a participant, counted from 1, is where its share lies on the group's polynomial. Throws `NOT_A_PARTICIPANT`. */
export function placeOf({ participants }: Pick<GroupSetup, 'participants'>, participant: string): number {
  const index = participants.indexOf(participant)
  if (index < 0) throw new FrostError('NOT_A_PARTICIPANT', `"${participant}" is not of this group. Check the list of participants.`, [participant])
  return index + 1
}

/** A group from its public data, checked. Throws `GROUP_INVALID`. */
export function createGroupKey({ threshold, participants, commitment }: GroupSetup & Pick<GroupKey, 'commitment'>): GroupKey {
  assertSetup({ threshold, participants })
  const points = commitment.map(decodePoint).filter((point) => point !== null)
  const publicKey = commitment[0]
  if (points.length !== threshold || commitment.length !== threshold || publicKey === undefined || !isValidPublicKey(publicKey)) {
    throw new FrostError('GROUP_INVALID', 'The commitments of the group are not as many valid points as it takes signers. Get the group key again.')
  }
  const verifyingShares = new Map(participants.map((id, index) => [id, evaluateCommitted(points, BigInt(index + 1)).toBytes()]))
  return { threshold, participants: [...participants], publicKey: publicKey.slice(), commitment: commitment.map((point) => point.slice()), verifyingShares }
}

/** A share with its group, checked against it. Throws `KEY_SHARE_INVALID` or `NOT_A_PARTICIPANT`. */
export function createKeyShare({ participant, signingShare, group }: KeyShare): KeyShare {
  placeOf(group, participant)
  const secret = decodeScalar(signingShare)
  if (secret === null || secret === 0n || !equalBytes(multiplyBase(secret).toBytes(), group.verifyingShares.get(participant)!)) {
    throw new FrostError('KEY_SHARE_INVALID', `The share is not that of "${participant}" in this group. Restore it from a backup, or make a new key.`)
  }
  return { participant, signingShare: signingShare.slice(), group }
}

const plainGroup = ({ threshold, participants, commitment }: GroupKey): EncodedGroup => ({ threshold, participants, commitment })

export function encodeGroupKey(group: GroupKey): Uint8Array {
  return encodeCanonical(plainGroup(group))
}

/** Throws `GROUP_INVALID`. */
export function decodeGroupKey(encoded: Uint8Array): GroupKey {
  return createGroupKey(decode(groupKeySchema, encoded))
}

/** Secret: to be encrypted before it is kept anywhere. */
export function encodeKeyShare({ participant, signingShare, group }: KeyShare): Uint8Array {
  return encodeCanonical({ participant, signing_share: signingShare, group: plainGroup(group) })
}

/** Throws `GROUP_INVALID`, `KEY_SHARE_INVALID` or `NOT_A_PARTICIPANT`. */
export function decodeKeyShare(encoded: Uint8Array): KeyShare {
  const { participant, signing_share, group } = decode(keyShareSchema, encoded)
  return createKeyShare({ participant, signingShare: signing_share, group: createGroupKey(group) })
}

function decode<T>(shape: schema.Schema<T>, encoded: Uint8Array): T {
  return invalidGroup(() => decodeWith(shape, encoded, { maxBytes: MAX_ENCODED_BYTES, maxDepth: 4, maxItems: 512 }))
}

function parse<T>(shape: schema.Schema<T>, value: Value): T {
  return invalidGroup(() => shape.parse(value, ''))
}

function invalidGroup<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    throw new FrostError('GROUP_INVALID', `The group key cannot be read. ${error.message}`, [], error.detail)
  }
}
