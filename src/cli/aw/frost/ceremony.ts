import { AppError, decodeWith, encodeCanonical, EXECUTOR_ID, schema, sha256, toHex, WORLD_ID } from '../../../codec/index.ts'
import type { Infer, Value } from '../../../codec/index.ts'
import { frost, isValidPublicKey } from '../../../crypto/index.ts'

const { array, bytes, fixedBytes, int, literal, object } = schema

const MAX_BYTES = 32 << 10
const LIMITS = { maxBytes: MAX_BYTES, maxDepth: 6, maxItems: 1_024 }

/** Who takes part, and the key by which the others know what it says. */
const members = array(object({ id: EXECUTOR_ID, public_key: fixedBytes(32) }), frost.MAX_PARTICIPANTS)
export type Members = Infer<typeof members>

const ceremonySchema = object({
  format: literal('agent-world-frost-ceremony'),
  version: literal(1),
  world_id: WORLD_ID,
  /** Random: no two attempts are the same, and nothing said in one counts in another. */
  attempt: fixedBytes(32),
  threshold: int(frost.MIN_THRESHOLD, frost.MAX_PARTICIPANTS),
  /** Ascending by id. */
  members,
})
/** What everyone agrees on before a key is made. */
export type CeremonyContent = Infer<typeof ceremonySchema>

export interface Ceremony extends CeremonyContent {
  /** Hash of the file, lowercase hex: whoever compares it has compared everything. */
  readonly id: string
}

const groupSchema = object({ format: literal('agent-world-frost-group'), version: literal(1), world_id: WORLD_ID, ceremony_id: schema.text(64, /^[0-9a-f]{64}$/), members, group: bytes(MAX_BYTES) })

/** What everyone may know of a key that was made. */
export interface Group {
  readonly world_id: string
  readonly ceremony_id: string
  readonly members: Members
  readonly group: frost.GroupKey
}

/** Throws `CEREMONY_INVALID`. */
export function createCeremony(content: Omit<CeremonyContent, 'format' | 'version'>): { readonly ceremony: Ceremony; readonly file: Uint8Array } {
  const file = encodeCanonical({ format: 'agent-world-frost-ceremony', version: 1, ...content } as unknown as Value)
  return { ceremony: decodeCeremony(file), file }
}

/** Throws `CEREMONY_INVALID`. */
export function decodeCeremony(file: Uint8Array): Ceremony {
  const content = read(() => decodeWith(ceremonySchema, file, LIMITS), 'CEREMONY_INVALID', 'This is no ceremony of a group key. Choose the file that "frost dkg setup" wrote.')
  const { members: all, threshold } = content
  const bad = (why: string): never => {
    throw new AppError('CEREMONY_INVALID', why)
  }
  if (all.some(({ id }, index) => index > 0 && all[index - 1]!.id >= id)) bad('Participants must be listed in ascending order, each once.')
  if (threshold > all.length) bad(`A threshold of ${threshold} cannot be met by ${all.length} participants.`)
  for (const { id, public_key } of all) if (!isValidPublicKey(public_key)) bad(`The key of "${id}" is no valid Ed25519 key.`)
  if (new Set(all.map(({ public_key }) => toHex(public_key))).size < all.length) bad('Every participant needs a key of its own.')
  return { ...content, id: toHex(sha256(file)) }
}

/** As `frost.KeyGeneration` takes it: the ceremony as a whole is the context. */
export function setupOf({ id, threshold, members: all }: Ceremony): frost.KeyGenerationSetup {
  return { context: `ceremony ${id}`, threshold, participants: all.map((member) => member.id) }
}

export function encodeGroup({ world_id, ceremony_id, members: all, group }: Group): Uint8Array {
  return encodeCanonical({ format: 'agent-world-frost-group', version: 1, world_id, ceremony_id, members: all as unknown as Value, group: frost.encodeGroupKey(group) })
}

/** Throws `GROUP_INVALID`. */
export function decodeGroup(file: Uint8Array): Group {
  const { world_id, ceremony_id, members: all, group: encoded } = read(() => decodeWith(groupSchema, file, LIMITS), 'GROUP_INVALID', 'This is no group of a group key. Choose the file that "frost dkg confirm" wrote.')
  const group = frost.decodeGroupKey(encoded)
  if (group.participants.join() !== all.map(({ id }) => id).join()) throw new AppError('GROUP_INVALID', 'The file names other participants than its key has.')
  return { world_id, ceremony_id, members: all, group }
}

function read<T>(decode: () => T, code: string, message: string): T {
  try {
    return decode()
  } catch (cause) {
    throw new AppError(code, message, {}, { cause })
  }
}
