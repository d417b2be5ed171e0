/** Adds `on<type>` properties to a class, for event types that `fire` delivers. */
export function defineHandlers(prototype: object, types: readonly string[]): void {
  for (const type of types) {
    const slot = Symbol(type)
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      get(this: Record<symbol, unknown>) {
        return this[slot] ?? null
      },
      set(this: Record<symbol, unknown>, handler: unknown) {
        this[slot] = typeof handler === 'function' ? handler : null
      },
    })
  }
}

/** Calls the `on<type>` handler, then the listeners. */
export function fire(target: EventTarget, event: Event): void {
  const handler = (target as unknown as Record<string, unknown>)[`on${event.type}`]
  if (typeof handler === 'function') handler.call(target, event)
  target.dispatchEvent(event)
}

export function eventWith(type: string, properties: object): Event {
  return Object.assign(new Event(type), properties)
}
