import { useState } from 'react'
import { Download, Plus, X } from 'lucide-react'
import { readableText } from '../../../vault/index.ts'
import { shortHex, useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button, Empty, Field, Panel, TableScroll } from '../../ui/parts.tsx'
import { exportBook, keySubject, MAX_BOOK_BYTES, mergeBooks, parseBook, takeTheirs } from './address-book.ts'
import type { Conflict, Merge } from './address-book.ts'
import { DeskProblem } from './DeskProblem.tsx'
import { FileInput } from './FileInput.tsx'
import { readText, saveFile } from './files.ts'
import { useAddressBook } from './use-address-book.ts'
import { useTask } from './use-task.ts'
import s from './keys.module.css'
import ui from '../../ui/ui.module.css'

/** Names for keys and actors, kept in this browser. */
export function AddressBookPanel() {
  const d = useDeskText()
  const book = useAddressBook()
  const task = useTask()
  const [merge, setMerge] = useState<Merge | null>(null)
  const bring = (file: File): Promise<void> =>
    task.run(async () => {
      const merged = mergeBooks(book.entries, parseBook(await readText(file, MAX_BOOK_BYTES)))
      book.replace(merged.merged)
      setMerge(merged)
    })
  const decide = (conflict: Conflict, theirs: boolean): void => {
    if (theirs) book.replace(takeTheirs(book.entries, conflict))
    setMerge((before) => (before === null ? null : { ...before, conflicts: before.conflicts.filter((other) => other !== conflict) }))
  }
  return (
    <Panel title={d.book.title} aside={
      <span className={ui.row}>
        <FileInput label={d.book.import} accept=".json,application/json" onChoose={([file]) => void bring(file!)} />
        <Button disabled={book.entries.length === 0} onClick={() => saveFile('agent-world-address-book.json', exportBook(book.entries), 'application/json')}><Download size={15} aria-hidden />{d.book.export}</Button>
      </span>
    }>
      <p className={ui.note}>{d.book.intro}</p>
      <AddName />
      {task.error !== null && <DeskProblem error={task.error} />}
      {merge !== null && <MergeResult merge={merge} onDecide={decide} onClose={() => setMerge(null)} />}
      {book.entries.length === 0 ? <Empty>{d.book.none}</Empty> : <Entries />}
    </Panel>
  )
}

/** As people write it: 64 digits alone are a public key. */
const subjectFrom = (text: string): string => {
  const plain = text.trim().toLowerCase()
  return /^[0-9a-f]{64}$/.test(plain) ? keySubject(plain) : plain
}

function AddName() {
  const d = useDeskText()
  const book = useAddressBook()
  const task = useTask()
  const [subject, setSubject] = useState('')
  const [name, setName] = useState('')
  const lookalikes = name.trim() === '' ? [] : book.lookalikesOf(subjectFrom(subject), name)
  const add = (): Promise<void> =>
    task.run(() => {
      book.setName(subjectFrom(subject), name)
      setSubject('')
      setName('')
    })
  return (
    <form className={s.addName} onSubmit={(event) => { event.preventDefault(); void add() }}>
      <Field label={d.book.subject} hint={d.book.subjectHint}><input value={subject} maxLength={100} spellCheck={false} autoComplete="off" onChange={(event) => setSubject(event.target.value)} /></Field>
      <Field label={d.book.name} problem={lookalikes.length > 0 ? d.book.looksLike(readableText(lookalikes[0]!.name), shortHex(lookalikes[0]!.subject, 12)) : null}>
        <input value={name} maxLength={64} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <Button type="submit" disabled={subject.trim() === '' || name.trim() === ''}><Plus size={15} aria-hidden />{d.book.add}</Button>
      {task.error !== null && <div className={s.wide}><DeskProblem error={task.error} /></div>}
    </form>
  )
}

function Entries() {
  const d = useDeskText()
  const book = useAddressBook()
  return (
    <TableScroll label={d.book.title}>
      <table>
        <thead><tr><th>{d.book.name}</th><th>{d.book.subject}</th><th>{d.keys.world}</th><th><span className={ui.hidden}>{d.keys.remove}</span></th></tr></thead>
        <tbody>
          {book.entries.map(({ subject, world_id: world, name }) => (
            <tr key={`${world} ${subject}`}>
              <td><bdi dir="auto">{readableText(name)}</bdi></td>
              <td><code title={subject}>{shortHex(subject, 16)}</code></td>
              <td>{world === null ? d.keys.anyWorld : <code title={world}>{shortHex(world, 10)}</code>}</td>
              <td><Button look="quiet-icon" aria-label={d.book.removeName(readableText(name))} onClick={() => book.replace(book.entries.filter((entry) => entry.subject !== subject || entry.world_id !== world))}><X size={15} aria-hidden /></Button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableScroll>
  )
}

function MergeResult({ merge, onDecide, onClose }: { readonly merge: Merge; readonly onDecide: (conflict: Conflict, theirs: boolean) => void; readonly onClose: () => void }) {
  const { t, f } = useText()
  const d = useDeskText()
  return (
    <div className={s.merge} role="status">
      <p>{d.book.merged(f.int(merge.added), f.int(merge.same), f.int(merge.conflicts.length))}</p>
      {merge.conflicts.map((conflict) => (
        <div key={`${conflict.ours.world_id} ${conflict.ours.subject}`} className={s.conflict}>
          <code>{shortHex(conflict.ours.subject, 16)}</code>
          <Button onClick={() => onDecide(conflict, false)}>{d.book.keepOurs} “{readableText(conflict.ours.name)}”</Button>
          <Button onClick={() => onDecide(conflict, true)}>{d.book.takeTheirs} “{readableText(conflict.theirs.name)}”</Button>
        </div>
      ))}
      {merge.lookalikes.map(({ ours, theirs }) => (
        <p key={theirs.subject} className={ui.warn}>“{readableText(theirs.name)}” <code>{shortHex(theirs.subject, 12)}</code> {d.book.looksLike(readableText(ours.name), shortHex(ours.subject, 12))}</p>
      ))}
      {merge.conflicts.length === 0 && <div><Button look="quiet" onClick={onClose}>{t.app.close}</Button></div>}
    </div>
  )
}
