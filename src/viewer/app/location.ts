/** The location hash as wouter's location: path and query both live behind the `#`, so any static host serves every address. */
import { useSyncExternalStore } from 'react'
import type { BaseLocationHook, BaseSearchHook } from 'wouter'
import { formatView, parseView } from './url.ts'
import type { View } from './url.ts'

const CHANGED = 'aw:location'

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  addEventListener(CHANGED, listener)
  return () => {
    removeEventListener('hashchange', listener)
    removeEventListener(CHANGED, listener)
  }
}

const hash = (): string => location.hash || '#/'
const pathOf = (): string => hash().slice(1).split('?', 1)[0] || '/'
const searchOf = (): string => hash().split('?', 2)[1] ?? ''

/** Shows a view. `replace` leaves no entry in the history (filters while typing, tabs). */
export function navigate(view: View, options: { readonly replace?: boolean } = {}): void {
  go(formatView(view), options.replace === true)
}

function go(target: string, replace: boolean): void {
  if (target === hash()) return
  if (replace) history.replaceState(null, '', target)
  else history.pushState(null, '', target)
  dispatchEvent(new Event(CHANGED))
}

const navigatePath = (to: string, options?: { replace?: boolean }): void => go(`#${to}`, options?.replace === true)

export const useHashPath: BaseLocationHook = () => [useSyncExternalStore(subscribe, pathOf), navigatePath]
useHashPath.hrefs = (path: string) => `#${path}`
export const useHashSearch: BaseSearchHook = () => useSyncExternalStore(subscribe, searchOf)

let cachedHash = ''
let cachedView: View = { page: 'world' }

/** The view of the address now; the same object while the address stays. */
export function currentView(): View {
  const now = hash()
  if (now !== cachedHash) {
    cachedHash = now
    cachedView = parseView(now)
  }
  return cachedView
}

export function useView(): View {
  return useSyncExternalStore(subscribe, currentView)
}
