/**
 * Names that the person at this browser gives to keys and actors. They are shown beside what they name, never instead of it, and leave this browser only as a file:
 *
 *     {"format": "agent-world-address-book", "version": 1, "entries": [{"subject", "world_id": text | null, "name"}, …]}
 */
import { schema, WORLD_ID } from '../../../codec/index.ts'
import type { Infer, Value } from '../../../codec/index.ts'
import { PageError } from '../../node-client/errors.ts'
import { sameLook } from './same-look.ts'

const { array, literal, nullable, object, text } = schema

const FORMAT = 'agent-world-address-book'
export const MAX_ENTRIES = 1000
export const MAX_BOOK_BYTES = 1 << 20

/** A key by itself, or an actor. Agents are named by their keys; signers and validators are names within one world. */
const SUBJECT = text(80, /^(key\/[0-9a-f]{64}|agent\/[0-9a-f]{32}|(signer|validator)\/[a-z0-9][a-z0-9-]{0,63})$/)
/** One line, nothing invisible, no space at the ends. */
const NAME = text(64, /^(?! )[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]+(?<! )$/u)

const entrySchema = object({ subject: SUBJECT, world_id: nullable(WORLD_ID), name: NAME })
export type BookEntry = Infer<typeof entrySchema>
const bookSchema = object({ format: literal(FORMAT), version: literal(1), entries: array(entrySchema, MAX_ENTRIES) })

/** In the order they were written. */
export type AddressBook = readonly BookEntry[]

export interface Conflict {
  readonly ours: BookEntry
  readonly theirs: BookEntry
}

export interface Merge {
  /** Ours and what is new, nothing overwritten. */
  readonly merged: AddressBook
  readonly added: number
  readonly same: number
  /** The same subject under two names: the person decides. */
  readonly conflicts: readonly Conflict[]
  /** New names that look like the name of something else. */
  readonly lookalikes: readonly Conflict[]
}

export const keySubject = (publicKeyHex: string): string => `key/${publicKeyHex}`

/** Null for a subject that means the same in every world. */
export const worldOf = (subject: string, worldId: string | null): string | null => (/^(signer|validator)\//.test(subject) ? worldId : null)

const isOf = (subject: string, worldId: string | null) => (entry: BookEntry): boolean => entry.subject === subject && entry.world_id === worldOf(subject, worldId)

export function nameOf(book: AddressBook, subject: string, worldId: string | null): string | null {
  return book.find(isOf(subject, worldId))?.name ?? null
}

/** The book with that name, or without any for an empty one. Throws `NAME_INVALID`, `SUBJECT_INVALID`, `ADDRESS_BOOK_FULL`. */
export function withName(book: AddressBook, subject: string, worldId: string | null, name: string): AddressBook {
  const others = book.filter((entry) => !isOf(subject, worldId)(entry))
  if (name.trim() === '') return others
  const entry = { subject: checked(SUBJECT, subject, 'SUBJECT_INVALID'), world_id: worldOf(subject, worldId), name: checked(NAME, name.normalize('NFC').trim(), 'NAME_INVALID') }
  if (others.length >= MAX_ENTRIES) throw new PageError('ADDRESS_BOOK_FULL', `The address book holds ${MAX_ENTRIES} names. Remove one that is no longer used.`)
  return [...others, entry]
}

/** Entries of other subjects whose names cannot be told apart from `name` at a glance. */
export function lookalikesOf(book: AddressBook, subject: string, name: string): readonly BookEntry[] {
  return book.filter((entry) => entry.subject !== subject && sameLook(entry.name, name))
}

export function exportBook(book: AddressBook): string {
  return `${JSON.stringify({ format: FORMAT, version: 1, entries: book }, null, 2)}\n`
}

/** Throws `ADDRESS_BOOK_INVALID`. */
export function parseBook(file: string): AddressBook {
  try {
    const { entries } = bookSchema.parse(JSON.parse(file) as Value, '')
    if (new Set(entries.map(({ subject, world_id }) => `${world_id} ${subject}`)).size !== entries.length) throw new TypeError('a subject stands there twice')
    for (const { subject, world_id } of entries) if ((world_id === null) === /^(signer|validator)\//.test(subject)) throw new TypeError('a signer without a world, or a key with one')
    return entries
  } catch (cause) {
    throw new PageError('ADDRESS_BOOK_INVALID', 'This is no address book, or it was changed. Choose the file that "Export" wrote.', {}, { cause })
  }
}

/** Throws `ADDRESS_BOOK_FULL`. */
export function mergeBooks(ours: AddressBook, theirs: AddressBook): Merge {
  const added: BookEntry[] = []
  const conflicts: Conflict[] = []
  let same = 0
  for (const entry of theirs) {
    const known = ours.find(isOf(entry.subject, entry.world_id))
    if (known === undefined) added.push(entry)
    else if (known.name === entry.name) same++
    else conflicts.push({ ours: known, theirs: entry })
  }
  if (ours.length + added.length > MAX_ENTRIES) throw new PageError('ADDRESS_BOOK_FULL', `Together that would be more than ${MAX_ENTRIES} names. Remove some first.`)
  const lookalikes = added.flatMap((entry) => lookalikesOf(ours, entry.subject, entry.name).slice(0, 1).map((known) => ({ ours: known, theirs: entry })))
  return { merged: [...ours, ...added], added: added.length, same, conflicts, lookalikes }
}

/** The book with their name for what is in conflict. */
export const takeTheirs = (book: AddressBook, { ours, theirs }: Conflict): AddressBook => book.map((entry) => (entry.subject === ours.subject && entry.world_id === ours.world_id ? theirs : entry))

function checked(shape: { parse(value: Value | undefined, path: string): string }, value: string, code: 'SUBJECT_INVALID' | 'NAME_INVALID'): string {
  try {
    return shape.parse(value, '')
  } catch (cause) {
    const message = code === 'NAME_INVALID' ? 'A name is one line of at most 64 characters, none of them invisible.' : 'Names are for public keys and actors such as agent/…, signer/… or validator/….'
    throw new PageError(code, message, {}, { cause })
  }
}
