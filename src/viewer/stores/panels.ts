/** Which overlay is open. One at a time; Esc closes it. */
import { createStore } from 'zustand/vanilla'

export type Overlay =
  | { readonly kind: 'help' }
  | { readonly kind: 'search' }
  | { readonly kind: 'trust' }
  /** Proof of the record under a state key. */
  | { readonly kind: 'proof'; readonly key: string }

export const panelStore = createStore<{ readonly overlay: Overlay | null }>(() => ({ overlay: null }))

export const openOverlay = (overlay: Overlay): void => panelStore.setState({ overlay })
export const closeOverlay = (): void => panelStore.setState({ overlay: null })
