import { useEffect, useId, useRef } from 'react'
import type { ReactNode } from 'react'
import { X } from 'lucide-react'
import { useText } from '../i18n/index.ts'
import { closeOverlay } from '../stores/panels.ts'
import { Button } from '../ui/parts.tsx'
import s from './app.module.css'

/** A native modal dialog: focus stays inside, Esc and a click beside it close it, focus returns to where it was. */
export function Dialog({ title, side, children }: { title: string; side?: 'drawer' | 'top'; children: ReactNode }) {
  const { t } = useText()
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = ref.current
    if (dialog !== null && !dialog.open) dialog.showModal()
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref} className={s.dialog} data-side={side} aria-labelledby={titleId}
      onCancel={(event) => { event.preventDefault(); closeOverlay() }}
      onClick={(event) => { if (event.target === event.currentTarget) closeOverlay() }}
    >
      <header className={s.dialogHead}>
        <h2 id={titleId} tabIndex={-1} data-autofocus={side === 'top' ? undefined : true}>{title}</h2>
        <Button look="quiet-icon" onClick={closeOverlay} aria-label={t.app.close}><X size={18} aria-hidden /></Button>
      </header>
      <div className={s.dialogBody}>{children}</div>
    </dialog>
  )
}
