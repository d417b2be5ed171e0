import { useEffect, useEffectEvent, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import { ArrowLeft, ArrowRight, X } from 'lucide-react'
import { useText } from '../../i18n/index.ts'
import { useDeskText } from '../../i18n/desk/index.ts'
import { Button } from '../../ui/parts.tsx'
import { STEPS } from './ceremony.ts'
import type { Step } from './ceremony.ts'
import s from './sign.module.css'
import ui from '../../ui/ui.module.css'

/** A native modal dialog over the whole page: focus stays inside and moves to the heading with every step; Esc asks `onClose`. */
export function SheetFrame({ title, step, onClose, children }: { readonly title: string; readonly step: Step; readonly onClose: () => void; readonly children: ReactNode }) {
  const { t, f } = useText()
  const d = useDeskText()
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const body = useRef<HTMLDivElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = ref.current
    if (dialog !== null && !dialog.open) dialog.showModal()
    return () => dialog?.close()
  }, [])
  const closeFromOutside = useEffectEvent(onClose)
  useEffect(() => {
    // A button that is barred while it works loses the focus, and what is typed then reaches the dialog no more.
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.target !== document.body) return
      event.preventDefault()
      event.stopPropagation()
      closeFromOutside()
    }
    document.addEventListener('keydown', escape, true)
    return () => document.removeEventListener('keydown', escape, true)
  }, [])
  useEffect(() => {
    heading.current?.focus()
    body.current?.scrollTo({ top: 0 })
  }, [step])
  const at = STEPS.indexOf(step)
  return (
    <dialog
      ref={ref} className={s.sheet} aria-labelledby={titleId} data-step={step}
      onCancel={(event) => { event.preventDefault(); onClose() }}
      onKeyDown={(event) => { if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); onClose() } }}
      onClose={(event) => {
        // Some ways to close a dialog, such as a second back gesture, ask nobody.
        if (event.currentTarget.open) return
        event.currentTarget.showModal()
        onClose()
      }}
    >
      <header className={s.head}>
        <h2 id={titleId} ref={heading} tabIndex={-1}>{title} <small>{d.sign.stepOf(f.int(at + 1), f.int(STEPS.length), d.sign.steps[step])}</small></h2>
        <Button look="quiet-icon" onClick={onClose} aria-label={t.app.close}><X size={18} aria-hidden /></Button>
      </header>
      <ol className={s.stepper} aria-hidden>
        {STEPS.map((each, index) => <li key={each} data-state={index < at ? 'done' : index === at ? 'now' : 'next'}>{d.sign.steps[each]}</li>)}
      </ol>
      <div className={s.body} ref={body}><div className={s.column}>{children}</div></div>
    </dialog>
  )
}

/** Before something half done is dropped. Esc once more keeps it. */
export function DropQuestion({ onKeep, onDrop }: { readonly onKeep: () => void; readonly onDrop: () => void }) {
  const d = useDeskText()
  const titleId = useId()
  const ref = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    ref.current?.querySelector('button')?.focus()
    return () => before?.focus()
  }, [])
  return (
    <div ref={ref} className={s.question} role="alertdialog" aria-labelledby={titleId} onKeyDown={(event) => { if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); onKeep() } }}>
      <p id={titleId}>{d.sign.dropQuestion}</p>
      <div className={ui.row}>
        <Button look="primary" onClick={onKeep}>{d.sign.keepGoing}</Button>
        <Button onClick={onDrop}>{d.sign.drop}</Button>
      </div>
    </div>
  )
}

/** The way on; where it is barred, the words beside the button say why. */
export function Footer({ back, forward, close }: {
  readonly back: (() => void) | null; readonly forward: { readonly label: string; readonly run: () => void; readonly blocked: string | null } | null; readonly close: (() => void) | null
}) {
  const d = useDeskText()
  const whyId = useId()
  return (
    <footer className={s.foot}>
      {back !== null && <Button className={s.back ?? ''} onClick={back}><ArrowLeft size={16} aria-hidden />{d.sign.back}</Button>}
      {forward !== null && (
        <>
          {forward.blocked !== null && <span id={whyId} className={ui.note} role="status">{forward.blocked}</span>}
          <Button look="primary" disabled={forward.blocked !== null} aria-describedby={forward.blocked === null ? undefined : whyId} onClick={forward.run}>{forward.label}<ArrowRight size={16} aria-hidden /></Button>
        </>
      )}
      {close !== null && <Button look="primary" onClick={close}>{d.sign.close}</Button>}
    </footer>
  )
}
