/** Messages between participants, each a file in a directory that is shared, copied or sent around; whoever carries it can drop them, and nothing else. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, decodeWith, Domain, encodeCanonical, equalBytes, EXECUTOR_ID, HASH_TEXT, schema, signingPayload } from '../../../codec/index.ts'
import type { Infer, Value } from '../../../codec/index.ts'
import { verifyEd25519 } from '../../../crypto/index.ts'
import type { frost } from '../../../crypto/index.ts'
import { readBounded, writeNew } from '../key-files.ts'
import type { Members } from './ceremony.ts'

const { bytes, fixedBytes, literal, nullable, object } = schema

const MAX_MESSAGE_BYTES = 16 << 10
const MAX_FILES = 8_192
const SUFFIX = '.awfrost'

const FIELDS = {
  format: literal('agent-world-frost-message'),
  version: literal(1),
  /** Id of the ceremony or of the signature it belongs to. */
  session: HASH_TEXT,
  from: EXECUTOR_ID,
  /** Null for everyone. */
  to: nullable(EXECUTOR_ID),
  type: literal('key_commitment', 'secret_share', 'key_confirmation', 'nonce_commitment', 'signature_share'),
  /** X25519 key to write to the sender with; in its first message alone. */
  box_key: nullable(fixedBytes(32)),
  /** A FROST message, or one in a box. */
  body: bytes(8 << 10),
} as const
const messageSchema = object({ ...FIELDS, signature: fixedBytes(64) })
export type Mail = Infer<typeof messageSchema>
type Draft = Pick<Mail, 'session' | 'to' | 'type' | 'box_key' | 'body'>

/** Where messages lie, and who may have sent them. */
export interface Mailbox {
  readonly directory: string
  readonly world_id: string
  readonly session: string
  readonly members: Members
}

/** Whom this process speaks for. */
export interface Speaker {
  readonly id: string
  readonly sign: (payload: Uint8Array) => Promise<Uint8Array>
}

const payloadOf = (world_id: string, { signature: _signature, ...said }: Mail): Uint8Array => signingPayload(Domain.frostMessage, world_id, said as unknown as Value)

/** Writes a message, or finds it written already. Throws `FILE_EXISTS` when another lies there. */
export async function post({ directory, world_id, session }: Mailbox, { id, sign }: Speaker, draft: Omit<Draft, 'session'>): Promise<string> {
  const unsigned = { format: 'agent-world-frost-message', version: 1, session, from: id, ...draft, signature: new Uint8Array(64) } as const
  const file = encodeCanonical({ ...unsigned, signature: await sign(payloadOf(world_id, unsigned)) } as unknown as Value)
  const path = join(directory, `${session.slice(0, 8)}-${draft.type.replace('_', '-')}-${id}${draft.to === null ? '' : `-to-${draft.to}`}${SUFFIX}`)
  try {
    writeNew(path, file, 0o644)
  } catch (error) {
    if ((error as { code?: string }).code !== 'FILE_EXISTS' || !equalBytes(readBounded(path, MAX_MESSAGE_BYTES), file)) throw error
  }
  return path
}

/** Messages of one type to everyone or to `reader`, by all but `reader`, that their senders signed; as bytes, to be kept. Others are passed over. */
export async function fetchMail(mailbox: Mailbox, type: frost.FrostMessage['type'], reader: string | null): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  for (const name of namesIn(mailbox.directory)) {
    const file = readIfMail(join(mailbox.directory, name))
    const mail = file === null ? null : await readMail(mailbox, file)
    if (mail === null || mail.type !== type || mail.from === reader || (mail.to !== null && mail.to !== reader)) continue
    if (!found.some((other) => equalBytes(other, file!))) found.push(file!)
  }
  return found
}

/** A message of this session with a good signature of the one it names; null for anything else. */
export async function readMail({ world_id, session, members }: Pick<Mailbox, 'world_id' | 'session' | 'members'>, file: Uint8Array): Promise<Mail | null> {
  let mail: Mail
  try {
    mail = decodeWith(messageSchema, file, { maxBytes: MAX_MESSAGE_BYTES, maxDepth: 4, maxItems: 64 })
  } catch {
    return null
  }
  const sender = members.find(({ id }) => id === mail.from)
  const isOurs = mail.session === session && sender !== undefined
  return isOurs && (await verifyEd25519(sender.public_key, payloadOf(world_id, mail), mail.signature)) ? mail : null
}

function namesIn(directory: string): string[] {
  let names: string[]
  try {
    names = readdirSync(directory)
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `${directory} cannot be read. Give --mail the directory with the messages of the others.`, { directory }, { cause })
  }
  const mail = names.filter((name) => name.endsWith(SUFFIX)).sort()
  if (mail.length > MAX_FILES) throw new AppError('MAIL_TOO_LARGE', `${directory} holds ${mail.length} messages. Move those of other ceremonies elsewhere.`, { directory })
  return mail
}

function readIfMail(path: string): Uint8Array | null {
  try {
    return new Uint8Array(readBounded(path, MAX_MESSAGE_BYTES))
  } catch {
    return null // a directory, something larger than a message, or gone by now
  }
}
