/** Which key is open, as far as the page knows: for the banner. The vault alone decides. */
import { createStore } from 'zustand/vanilla'

export interface OpenKey {
  readonly key_id: string
  /** Milliseconds since 1970: no use at or after this. */
  readonly until: number
}

export const unlockedStore = createStore<{ readonly open: OpenKey | null }>(() => ({ open: null }))

let timer: ReturnType<typeof setTimeout> | null = null

/** Forgets by itself when the time is over. */
export function noteUnlocked(open: OpenKey | null): void {
  if (timer !== null) clearTimeout(timer)
  timer = open === null ? null : setTimeout(() => noteUnlocked(null), Math.max(0, open.until - Date.now()))
  const { open: before } = unlockedStore.getState()
  if (before?.key_id !== open?.key_id || before?.until !== open?.until) unlockedStore.setState({ open })
}
