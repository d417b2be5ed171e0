/** One participant's side of making a key, step by step over files: each step is a process of its own, and none is ever taken in two ways. */
import { decodeWith, encodeCanonical, schema } from '../../../codec/index.ts'
import type { Infer, Value } from '../../../codec/index.ts'
import { frost } from '../../../crypto/index.ts'
import { boxKeyOf, drawFrom, openBox, sealBox } from './box.ts'
import type { BoxEnds } from './box.ts'
import { setupOf } from './ceremony.ts'
import type { Ceremony } from './ceremony.ts'
import { fetchMail, post, readMail } from './mail.ts'
import type { Mail, Mailbox, Speaker } from './mail.ts'

const { array, bytes, fixedBytes, nullable, object } = schema

const MAX_MAIL_BYTES = 16 << 10
const heardMail = nullable(array(bytes(MAX_MAIL_BYTES), 2 * frost.MAX_PARTICIPANTS))

const progressSchema = object({
  /** Everything secret of this participant follows from it. */
  seed: fixedBytes(32),
  /** Mail that was acted upon, as it was: what comes later, or is changed later, changes nothing. Null before the step that takes it. */
  commitments: heardMail,
  shares: heardMail,
})
/** What is kept between steps; secret. */
export type Progress = Infer<typeof progressSchema>

export const encodeProgress = (progress: Progress): Uint8Array => encodeCanonical(progress as unknown as Value)
export const decodeProgress = (encoded: Uint8Array): Progress => decodeWith(progressSchema, encoded, { maxBytes: 4 << 20, maxDepth: 4, maxItems: 512 })

export interface Making {
  readonly ceremony: Ceremony
  readonly mailbox: Mailbox
  readonly speaker: Speaker
  /** Keeps progress on disk before anything that follows from it is told. */
  readonly save: (progress: Progress) => Promise<void>
}

/** First step: chooses a secret, tells everyone what it commits to. */
export async function start(making: Making, progress: Progress): Promise<void> {
  const { random, boxSecret } = drawn(making, progress)
  const message = new frost.KeyGeneration(setupOf(making.ceremony), making.speaker.id).start(random)
  await making.save(progress)
  await post(making.mailbox, making.speaker, { to: null, type: 'key_commitment', box_key: boxKeyOf(boxSecret), body: frost.encodeFrostMessage(message) })
}

/** Second step: with what all others committed to, gives each of them its share, in a box. Throws what `KeyGeneration.deal` throws. */
export async function deal(making: Making, before: Progress): Promise<void> {
  const { ceremony, mailbox, speaker } = making
  const progress = { ...before, commitments: before.commitments ?? await fetchMail(mailbox, 'key_commitment', speaker.id) }
  const { boxSecret } = drawn(making, progress)
  const commitments = await heard(making, progress.commitments)
  const shares = dealt(making, progress, commitments).shares
  await making.save(progress)
  for (const share of shares) {
    const ends = { session: ceremony.id, from: speaker.id, to: share.recipient, fromKey: boxKeyOf(boxSecret), toKey: boxKeyFrom(commitments, share.recipient) }
    await post(mailbox, speaker, { to: share.recipient, type: 'secret_share', box_key: null, body: await sealBox(boxSecret, ends, frost.encodeFrostMessage(share)) })
  }
}

/** Third step: with the shares of all others, tells everyone what was heard. Throws what `KeyGeneration.finish` throws. */
export async function finish(making: Making, before: Progress): Promise<void> {
  const progress = { ...before, shares: before.shares ?? await fetchMail(making.mailbox, 'secret_share', making.speaker.id) }
  const { confirmation } = await finished(making, progress)
  await making.save(progress)
  await post(making.mailbox, making.speaker, { to: null, type: 'key_confirmation', box_key: null, body: frost.encodeFrostMessage(confirmation) })
}

/** Last step: this participant's share of the key, once everyone has heard the same. Throws what `KeyGeneration.confirm` throws. */
export async function confirm(making: Making, progress: Progress): Promise<frost.KeyShare> {
  const { side } = await finished(making, progress)
  const mail = await heard(making, await fetchMail(making.mailbox, 'key_confirmation', making.speaker.id))
  return side.confirm(mail.map(({ from, body }) => frost.decodeFrostMessage(body, 'key_confirmation', from)))
}

function drawn({ ceremony, speaker }: Making, { seed }: Progress): ReturnType<typeof drawFrom> {
  return drawFrom(seed, ceremony.id, speaker.id)
}

async function heard({ mailbox }: Making, mail: readonly Uint8Array[] | null): Promise<Mail[]> {
  const read = await Promise.all((mail ?? []).map((file) => readMail(mailbox, file)))
  return read.filter((each) => each !== null)
}

function dealt(making: Making, progress: Progress, commitments: readonly Mail[]): { readonly side: frost.KeyGeneration; readonly shares: readonly frost.SecretShare[] } {
  const side = new frost.KeyGeneration(setupOf(making.ceremony), making.speaker.id)
  side.start(drawn(making, progress).random)
  return { side, shares: side.deal(commitments.map(({ from, body }) => frost.decodeFrostMessage(body, 'key_commitment', from))) }
}

async function finished(making: Making, progress: Progress): Promise<{ readonly side: frost.KeyGeneration; readonly confirmation: frost.KeyConfirmation }> {
  const { ceremony, speaker } = making
  if (progress.commitments === null) throw new frost.FrostError('WRONG_ROUND', 'Deal first: "frost dkg deal".')
  const commitments = await heard(making, progress.commitments)
  const { side } = dealt(making, progress, commitments)
  const { boxSecret } = drawn(making, progress)
  const shares: frost.SecretShare[] = []
  for (const { from, body } of await heard(making, progress.shares)) {
    const ends: BoxEnds = { session: ceremony.id, from, to: speaker.id, fromKey: boxKeyFrom(commitments, from), toKey: boxKeyOf(boxSecret) }
    const plain = await openBox(boxSecret, ends, body)
    if (plain === null) throw new frost.FrostError('SHARE_INVALID', `What "${from}" sent cannot be opened by whom it is for.`, [from])
    shares.push(frost.decodeFrostMessage(plain, 'secret_share', from))
  }
  return { side, confirmation: side.finish(shares) }
}

function boxKeyFrom(commitments: readonly Mail[], id: string): Uint8Array {
  const key = commitments.find(({ from }) => from === id)?.box_key ?? null
  if (key === null) throw new frost.FrostError('COMMITMENT_INVALID', `"${id}" gave no key to write to it with.`, [id])
  return key
}
