/** Which world this browser knows at this address: pinned on the first visit, compared on every later one. */

export const PIN_KEY = 'agent-world/pinned-world/v1'

export type PinVerdict = { readonly kind: 'first' | 'same' } | { readonly kind: 'changed'; readonly pinned: string }

export function comparePin(pinned: string | null, served: string): PinVerdict {
  if (pinned === null) return { kind: 'first' }
  return pinned === served ? { kind: 'same' } : { kind: 'changed', pinned }
}

export function pinnedWorld(): string | null {
  try {
    return localStorage.getItem(PIN_KEY)
  } catch {
    return null
  }
}

/** A browser that refuses storage cannot pin: every visit is then a first one. */
export function pinWorld(worldId: string): void {
  try {
    localStorage.setItem(PIN_KEY, worldId)
  } catch {
    // Private windows: the world holds for this visit.
  }
}
