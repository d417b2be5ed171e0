import { useMemo, useSyncExternalStore } from 'react'
import { en } from './en.ts'
import type { Catalog } from './en.ts'
import { createFormat } from './format.ts'
import type { Format, Language } from './format.ts'

export type { CodeText } from './en-codes.ts'
export type { Catalog } from './en.ts'
export { bareAsteroid, peerText, shortAgent, shortHex } from './format.ts'
export type { Format, Language } from './format.ts'

interface Loaded {
  readonly language: Language
  readonly copy: Catalog
  readonly format: Format
}

let current: Loaded = { language: 'en', copy: en, format: createFormat('en', en) }
const listeners = new Set<() => void>()

/** Loads a catalogue (Chinese is a chunk of its own) and shows it. */
export async function loadLanguage(language: Language): Promise<void> {
  const copy: Catalog = language === 'zh' ? (await import('./zh.ts')).zh : en
  current = { language, copy, format: createFormat(language, copy) }
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The words, number formats and language now shown. */
export function useText(): { readonly t: Catalog; readonly f: Format; readonly language: Language } {
  const loaded = useSyncExternalStore(subscribe, () => current)
  return useMemo(() => ({ t: loaded.copy, f: loaded.format, language: loaded.language }), [loaded])
}

/** The same outside React, for toasts. */
export function text(): Loaded {
  return current
}
