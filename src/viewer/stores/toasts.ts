/** Short notices. They never hold the only copy of anything: what they say is also on a page. */
import { createStore } from 'zustand/vanilla'

export interface Toast {
  readonly id: number
  readonly tone: 'info' | 'ok' | 'bad'
  readonly text: string
  readonly detail: string | null
  /** Location hash to open, with its label. */
  readonly link: { readonly href: string; readonly label: string } | null
}

/** More at once would cover the page; the oldest goes first. */
export const MAX_TOASTS = 3

export const toastStore = createStore<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }))

let nextId = 1

export function toast(tone: Toast['tone'], text: string, options: { readonly detail?: string; readonly link?: Toast['link'] } = {}): void {
  const entry: Toast = { id: nextId++, tone, text, detail: options.detail ?? null, link: options.link ?? null }
  toastStore.setState(({ toasts }) => ({ toasts: [...toasts, entry].slice(-MAX_TOASTS) }))
}

export const dismissToast = (id: number): void => toastStore.setState(({ toasts }) => ({ toasts: toasts.filter((entry) => entry.id !== id) }))
