import { useStore } from 'zustand'
import { nodeStore } from '../../stores/node.ts'
import { lookalikesOf, nameOf, parseBook, withName } from './address-book.ts'
import type { AddressBook, BookEntry } from './address-book.ts'
import { stored } from './stored.ts'

const book = stored('agent-world/address-book/v1', (entry): AddressBook => {
  try {
    return parseBook(`{"format":"agent-world-address-book","version":1,"entries":${entry ?? '[]'}}`)
  } catch {
    return []
  }
})

export interface AddressBookView {
  readonly entries: AddressBook
  /** The local name of an actor (`signer/…`, `agent/…`, `validator/…`) or key (`key/<hex>`) in the world of this page; null for none. */
  nameOf(subject: string): string | null
  /** Entries that a name for this subject would be taken for. */
  lookalikesOf(subject: string, name: string): readonly BookEntry[]
  /** Names a subject; an empty name removes it. Throws `NAME_INVALID`, `SUBJECT_INVALID`, `ADDRESS_BOOK_FULL`. */
  setName(subject: string, name: string): void
  replace(entries: AddressBook): void
}

/** The names this browser gives to keys and actors. Show them beside what they name, never instead of it (`SignerName` does). */
export function useAddressBook(): AddressBookView {
  const entries = useStore(book.store, ({ value }) => value)
  const worldId = useStore(nodeStore, ({ status }) => status?.world_id ?? null)
  return {
    entries,
    nameOf: (subject) => nameOf(entries, subject, worldId),
    lookalikesOf: (subject, name) => lookalikesOf(entries, subject, name),
    setName: (subject, name) => void book.change(withName(entries, subject, worldId, name)),
    replace: (replaced) => void book.change(replaced),
  }
}
