import { useEffect } from 'react'
import { X } from 'lucide-react'
import { useStore } from 'zustand'
import { useText } from '../i18n/index.ts'
import { dismissToast, toastStore } from '../stores/toasts.ts'
import type { Toast } from '../stores/toasts.ts'
import { Button, PeerText } from '../ui/parts.tsx'
import s from './app.module.css'

/** Long enough to read twice; what it says also stands on a page. */
const SHOWN_MS = 9000

export function Toasts() {
  const { t } = useText()
  const toasts = useStore(toastStore, (state) => state.toasts)
  return (
    <section className={s.toasts} aria-label={t.app.notifications} aria-live="polite">
      {toasts.map((entry) => <ToastCard key={entry.id} toast={entry} />)}
    </section>
  )
}

function ToastCard({ toast }: { toast: Toast }) {
  const { t } = useText()
  useEffect(() => {
    const timer = setTimeout(() => dismissToast(toast.id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast.id])
  return (
    <div className={s.toast} data-tone={toast.tone}>
      <span>{toast.text}</span>
      <small>{toast.detail !== null && <PeerText value={toast.detail} />} {toast.link !== null && <a href={toast.link.href} onClick={() => dismissToast(toast.id)}>{toast.link.label}</a>}</small>
      <Button look="quiet-icon" aria-label={t.app.dismiss} onClick={() => dismissToast(toast.id)}><X size={16} aria-hidden /></Button>
    </div>
  )
}
