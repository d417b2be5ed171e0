/** One clock for everything on the page that says how long ago. */
import { useSyncExternalStore } from 'react'

/** Often enough that "stale" shows within a quarter of a second of being true. */
const TICK_MS = 250

let now = Date.now()
let timer: ReturnType<typeof setInterval> | null = null
const listeners = new Set<() => void>()

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== null) {
      clearInterval(timer)
      timer = null
    }
  }
}

/** Milliseconds since 1970 UTC, rounded down to `stepMs` so that a component renders only when what it shows can change. */
export function useNow(stepMs = 1000): number {
  const exact = useSyncExternalStore(subscribe, () => Math.floor(now / stepMs) * stepMs)
  return exact
}
