import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportBook, keySubject, lookalikesOf, mergeBooks, nameOf, parseBook, takeTheirs, withName } from './address-book.ts'
import type { AddressBook } from './address-book.ts'
import { sameLook } from './same-look.ts'

const WORLD = `belt.${'a'.repeat(64)}`
const OTHER = `belt.${'b'.repeat(64)}`
const ada = keySubject('1'.repeat(64))
const bob = keySubject('2'.repeat(64))
const refusal = (code: string): unknown => expect.objectContaining({ code })
const book = withName(withName([], ada, WORLD, 'Ada'), 'signer/ann', WORLD, 'Ann of mining')

describe('the address book', () => {
  it('names keys in every world, signers in their own', () => {
    expect(nameOf(book, ada, OTHER)).toBe('Ada')
    expect(nameOf(book, 'signer/ann', WORLD)).toBe('Ann of mining')
    expect(nameOf(book, 'signer/ann', OTHER)).toBeNull()
    expect(nameOf(withName(book, ada, null, 'Ada L.'), ada, null)).toBe('Ada L.')
    expect(nameOf(withName(book, ada, null, ' '), ada, null)).toBeNull()
  })

  it('takes no name that hides something and no subject that is none', () => {
    for (const name of ['a\u202eb', 'a\u200bb', 'a\nb', 'x'.repeat(65), 'a\u0000b']) expect(() => withName(book, ada, null, name), JSON.stringify(name)).toThrow(refusal('NAME_INVALID'))
    for (const subject of ['ada', 'key/12', 'agent/xyz', 'signer/UP', 'treasury/x']) expect(() => withName(book, subject, WORLD, 'x'), subject).toThrow(refusal('SUBJECT_INVALID'))
  })

  it('comes back from its file, and from no other', () => {
    expect(parseBook(exportBook(book))).toEqual(book)
    const file = JSON.parse(exportBook(book)) as { entries: object[] }
    const bad = [
      '', '[]', '{}', JSON.stringify({ ...file, version: 2 }), JSON.stringify({ ...file, more: 1 }), JSON.stringify({ ...file, entries: [...file.entries, file.entries[0]] }),
      JSON.stringify({ ...file, entries: [{ subject: ada, world_id: WORLD, name: 'A' }] }), JSON.stringify({ ...file, entries: [{ subject: 'signer/x', world_id: null, name: 'A' }] }),
      JSON.stringify({ ...file, entries: [{ subject: ada, world_id: null, name: 'a\u202eb' }] }),
    ]
    for (const text of bad) expect(() => parseBook(text), text).toThrow(refusal('ADDRESS_BOOK_INVALID'))
  })

  it('merges what is new, overwrites nothing, and shows what the two disagree about', () => {
    const theirs: AddressBook = withName(withName(withName([], ada, null, 'Eve'), bob, null, 'Bob'), 'signer/ann', WORLD, 'Ann of mining')
    const merge = mergeBooks(book, theirs)
    expect(merge).toMatchObject({ added: 1, same: 1, conflicts: [{ ours: { name: 'Ada' }, theirs: { name: 'Eve' } }] })
    expect(nameOf(merge.merged, ada, null)).toBe('Ada')
    expect(nameOf(merge.merged, bob, null)).toBe('Bob')
    expect(nameOf(takeTheirs(merge.merged, merge.conflicts[0]!), ada, null)).toBe('Eve')
  })

  it('points at names that imitate another', () => {
    expect(mergeBooks(book, withName([], bob, null, 'Аdа')).lookalikes).toMatchObject([{ ours: { subject: ada }, theirs: { subject: bob } }])
    expect(lookalikesOf(book, bob, 'A d a')).toHaveLength(1)
    expect(lookalikesOf(book, ada, 'Ada')).toEqual([])
    expect(lookalikesOf(book, bob, 'Bob')).toEqual([])
    for (const [a, b] of [['paypal', 'раураl'], ['modern', 'modem'], ['Lisa', '1isa'], ['Zoé', 'zoe'], ['O2', 'oz']] as const) expect(sameLook(a, b), `${a} ${b}`).toBe(true)
    expect(sameLook('小明', '小朋')).toBe(false)
  })

  it('merges any two books so that every subject keeps one name of ours', () => {
    const entry = fc.record({ subject: fc.constantFrom(ada, bob, 'signer/ann', 'agent/'.padEnd(38, '0')), name: fc.constantFrom('a', 'b', 'c') })
    const books = fc.array(entry).map((entries) => entries.reduce<AddressBook>((made, { subject, name }) => withName(made, subject, WORLD, name), []))
    fc.assert(fc.property(books, books, (ours, theirs) => {
      const { merged, added, same, conflicts } = mergeBooks(ours, theirs)
      expect(added + same + conflicts.length).toBe(theirs.length)
      for (const { subject, name } of ours) expect(nameOf(merged, subject, WORLD)).toBe(name)
      expect(merged).toHaveLength(ours.length + added)
    }))
  })
})
