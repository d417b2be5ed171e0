import { BOOTSTRAP_LIMITS } from './limits.ts'

/** One address we keep a connection to. `self` is our own address in a list shared by all validators: never dialled. */
export interface BootstrapStatus {
  readonly address: string
  /** Known from the address, else from the first connection. */
  readonly peer: string | null
  readonly state: 'connecting' | 'connected' | 'backoff' | 'self'
  /** Failures since the last connection. */
  readonly failures: number
  readonly lastError: string | null
  /** Milliseconds until the next dial when in backoff. */
  readonly retryInMs: number | null
}

export interface BootstrapInit {
  readonly addresses: readonly string[]
  /** Opens a connection and returns the peer id. */
  readonly dial: (address: string, signal: AbortSignal) => Promise<string>
  readonly isConnected: (peer: string) => boolean
  /** Clock value until which this peer is refused, or null. */
  readonly refusedUntil: (peer: string) => number | null
  readonly self: string
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  readonly onChange: (status: BootstrapStatus) => void
}

export interface Bootstrap {
  readonly status: () => BootstrapStatus[]
  readonly add: (address: string) => void
  /** To be called when the last connection to a peer closed, and when one opened. */
  readonly onDisconnected: (peer: string) => void
  readonly onConnected: (peer: string) => void
  readonly stop: () => void
}

/** Wait before dial number `failures + 1`: doubling and capped, with up to half taken off at random. */
export function backoffDelay(failures: number, random: number): number {
  const full = Math.min(BOOTSTRAP_LIMITS.firstBackoffMs * 2 ** Math.max(0, failures - 1), BOOTSTRAP_LIMITS.maxBackoffMs)
  return Math.round(full * (1 - random / 2))
}

/** The peer id at the end of a multiaddr, if it names one. */
export function peerOfAddress(address: string): string | null {
  return /\/p2p\/([1-9A-HJ-NP-Za-km-z]+)$/.exec(address)?.[1] ?? null
}

interface Entry {
  readonly address: string
  peer: string | null
  state: BootstrapStatus['state']
  failures: number
  lastError: string | null
  retryAt: number | null
  timer: ReturnType<typeof setTimeout> | undefined
}

/** Keeps a connection to every bootstrap address, for ever: whoever is down is tried again. */
export function createBootstrap(init: BootstrapInit): Bootstrap {
  const entries = new Map<string, Entry>()
  const stopping = new AbortController()

  function view(entry: Entry): BootstrapStatus {
    const { address, peer, state, failures, lastError } = entry
    return { address, peer, state, failures, lastError, retryInMs: entry.retryAt === null ? null : Math.max(0, entry.retryAt - init.now()) }
  }

  function change(entry: Entry, state: BootstrapStatus['state']): void {
    entry.state = state
    if (state !== 'backoff') {
      clearTimeout(entry.timer)
      entry.retryAt = null
    }
    init.onChange(view(entry))
  }

  function connected(entry: Entry): void {
    entry.failures = 0
    entry.lastError = null
    change(entry, 'connected')
  }

  function schedule(entry: Entry): void {
    if (stopping.signal.aborted) return
    const refusal = entry.peer === null ? null : init.refusedUntil(entry.peer)
    const delay = Math.max(backoffDelay(entry.failures, init.random()), refusal === null ? 0 : refusal - init.now())
    clearTimeout(entry.timer)
    entry.retryAt = init.now() + delay
    entry.timer = setTimeout(() => void connect(entry), delay)
    change(entry, 'backoff')
  }

  async function connect(entry: Entry): Promise<void> {
    if (stopping.signal.aborted || entry.state === 'connecting' || entry.state === 'self') return
    if (entry.peer !== null && init.isConnected(entry.peer)) return connected(entry)
    change(entry, 'connecting')
    try {
      entry.peer = await init.dial(entry.address, stopping.signal)
      if (entry.peer === init.self) return change(entry, 'self')
      if (!init.isConnected(entry.peer)) throw new Error('The connection closed at once.')
      connected(entry)
    } catch (error) {
      if (stopping.signal.aborted) return
      if (entry.peer !== null && init.isConnected(entry.peer)) return connected(entry) // it reached us first
      if (error instanceof Error && /dial self/.test(error.message)) return change(entry, 'self')
      entry.failures++
      entry.lastError = error instanceof Error ? error.message : String(error)
      schedule(entry)
    }
  }

  function add(address: string): void {
    if (entries.has(address) || entries.size >= BOOTSTRAP_LIMITS.maxAddresses) return
    const peer = peerOfAddress(address)
    const entry: Entry = { address, peer, state: peer === init.self ? 'self' : 'backoff', failures: 0, lastError: null, retryAt: null, timer: undefined }
    entries.set(address, entry)
    if (entry.state === 'self') init.onChange(view(entry))
    else void connect(entry)
  }

  for (const address of init.addresses) add(address)

  return {
    add,
    status: () => [...entries.values()].map(view),
    onDisconnected(peer) {
      for (const entry of entries.values()) {
        if (entry.peer !== peer || entry.state !== 'connected') continue
        entry.lastError = 'The connection was lost.'
        schedule(entry)
      }
    },
    onConnected(peer) {
      for (const entry of entries.values()) if (entry.peer === peer && entry.state === 'backoff') connected(entry)
    },
    stop() {
      stopping.abort()
      for (const entry of entries.values()) clearTimeout(entry.timer)
    },
  }
}
