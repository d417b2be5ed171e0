import { MessageSquareQuote, TriangleAlert } from 'lucide-react'
import type { IntentSummary } from '../../../vault/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Line, Lines } from './Lines.tsx'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

/** What would be signed, in words made from the bytes that are signed (R4, R5): the sentence, dangers, changes, shadow, facts; the author's words last and fenced. */
export function ReadStep({ summary }: { readonly summary: IntentSummary }) {
  const d = useDeskText()
  const { sentence, dangers, changes, shadow, facts, note } = summary
  return (
    <>
      <p className={s.sentence}><Line line={sentence} /></p>
      <section className={s.dangers} data-none={dangers.length === 0 || undefined} aria-label={d.sign.dangers}>
        <h3>{dangers.length > 0 && <TriangleAlert size={16} aria-hidden />}{dangers.length === 0 ? d.sign.noDangers : d.sign.dangers}</h3>
        {dangers.length > 0 && <Lines lines={dangers} className={s.lines} />}
      </section>
      <section className={s.part}>
        <h3>{d.sign.changes}</h3>
        {changes.length === 0 ? <p className={ui.note}>{d.sign.noChanges}</p> : <Lines lines={changes} className={s.lines} />}
      </section>
      {shadow.length > 0 && <section className={s.part}><h3>{d.sign.shadow}</h3><Lines lines={shadow} className={s.lines} /></section>}
      <section className={s.part}><h3>{d.sign.facts}</h3><Lines lines={facts} className={s.lines} /></section>
      {note !== null && (
        <aside className={s.note} aria-label={d.sign.note}>
          <h3><MessageSquareQuote size={16} aria-hidden />{d.sign.note}</h3>
          <p className={ui.note}>{d.sign.noteWhy}</p>
          <blockquote><p className={s.noteTitle}><bdi dir="auto">{note.title}</bdi></p><p className={s.noteText}><bdi dir="auto">{note.description}</bdi></p></blockquote>
        </aside>
      )}
    </>
  )
}
