/** A value of this browser under a key of localStorage, the same in every tab. What does not parse counts as absent. */
import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'

export interface Stored<T> {
  readonly store: StoreApi<{ readonly value: T }>
  /** False when the browser kept nothing: it then holds until the tab closes. */
  change(value: T): boolean
}

/** `parse` gets what was stored, or null, and never throws. */
export function stored<T>(key: string, parse: (text: string | null) => T): Stored<T> {
  const store = createStore<{ readonly value: T }>(() => ({ value: parse(read(key)) }))
  if (typeof window !== 'undefined') {
    window.addEventListener('storage', (event) => {
      if (event.key === key || event.key === null) store.setState({ value: parse(read(key)) })
    })
  }
  return {
    store,
    change(value) {
      store.setState({ value })
      try {
        localStorage.setItem(key, JSON.stringify(value))
        return true
      } catch {
        return false
      }
    },
  }
}

function read(key: string): string | null {
  try {
    return typeof localStorage === 'undefined' ? null : localStorage.getItem(key)
  } catch {
    return null
  }
}
