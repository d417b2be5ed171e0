import type { Endpoint } from 'comlink'

/** As comlink sends a call. */
interface Call {
  readonly id?: unknown
  readonly type?: unknown
  readonly path?: unknown
  readonly argumentList?: unknown
}

/**
 * Lets through only calls of the named methods with plain data. comlink alone also answers reads, writes and calls of whatever can be reached by any
 * path from the exposed object, the constructors of its functions included (R23). Every other message becomes a call of `refused`.
 */
export function narrowEndpoint(endpoint: Endpoint, methods: readonly string[], refused: string): Endpoint {
  const passes = new Map<EventListenerOrEventListenerObject, (event: Event) => void>()
  return {
    postMessage: (message, transfer) => endpoint.postMessage(message, transfer),
    addEventListener: (type, listener, options) => {
      const pass = (event: Event): void => {
        const { data, origin } = event as MessageEvent<Call | null>
        const allowed = isCallOf(data, methods) ? data : { id: data?.id, type: 'APPLY', path: [refused], argumentList: [] }
        const narrow = new MessageEvent(type, { data: allowed, origin })
        if (typeof listener === 'function') listener(narrow)
        else listener.handleEvent(narrow)
      }
      passes.set(listener, pass)
      endpoint.addEventListener(type, pass, options)
    },
    removeEventListener: (type, listener, options) => {
      const pass = passes.get(listener)
      if (pass !== undefined) endpoint.removeEventListener(type, pass, options)
      passes.delete(listener)
    },
    start: () => endpoint.start?.(),
  }
}

function isCallOf(data: Call | null, methods: readonly string[]): boolean {
  if (typeof data !== 'object' || data === null || data.type !== 'APPLY') return false
  const { path, argumentList } = data
  const isMethod = Array.isArray(path) && path.length === 1 && methods.includes(path[0] as string)
  return isMethod && Array.isArray(argumentList) && argumentList.every((argument: { readonly type?: unknown } | null) => argument?.type === 'RAW')
}
