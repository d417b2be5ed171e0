import { BROWSER_PEER_LIMITS } from './limits.ts'
import { fetchPeers } from './protocols.ts'
import type { Rpc } from './rpc.ts'

/** A relay we are connected to, and the address we reached it at. */
export interface KnownRelay {
  readonly peer: string
  readonly address: string
}

export interface BrowserPeersInit {
  readonly self: string
  readonly rpc: Rpc
  readonly relays: () => readonly KnownRelay[]
  readonly isConnected: (peer: string) => boolean
  readonly isRefused: (peer: string) => boolean
  /** Direct connections to other browsers. */
  readonly count: () => number
  readonly dial: (address: string, signal: AbortSignal) => Promise<unknown>
  readonly now: () => number
}

/**
 * Of two tabs only the one with the smaller id dials, so that they do not dial each other at once. Whoever failed lately is left
 * alone; what is asked of a relay is only ids, and the address is made from the one we reached the relay at.
 */
export function chooseCandidates(
  offered: readonly string[],
  { self, isConnected, isRefused }: Pick<BrowserPeersInit, 'self' | 'isConnected' | 'isRefused'>,
  failedUntil: ReadonlyMap<string, number>,
  now: number,
): string[] {
  return [...new Set(offered)].filter((peer) => self < peer && !isConnected(peer) && !isRefused(peer) && (failedUntil.get(peer) ?? 0) <= now)
}

export function signalledAddress(relay: KnownRelay, peer: string): string {
  const through = relay.address.endsWith(`/p2p/${relay.peer}`) ? relay.address : `${relay.address}/p2p/${relay.peer}`
  return `${through}/p2p-circuit/webrtc/p2p/${peer}`
}

/** Keeps a few WebRTC connections to other browsers, found through our relays. For hosts that listen on `/webrtc`. */
export function findBrowserPeers(init: BrowserPeersInit): () => void {
  const stopping = new AbortController()
  const failedUntil = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined

  async function askRelay(relay: KnownRelay): Promise<void> {
    const { peers } = await init.rpc.request(relay.peer, fetchPeers, { limit: BROWSER_PEER_LIMITS.maxOffered }, { signal: stopping.signal })
    for (const peer of chooseCandidates(peers, init, failedUntil, init.now())) {
      if (init.count() >= BROWSER_PEER_LIMITS.wanted || stopping.signal.aborted) return
      await init.dial(signalledAddress(relay, peer), stopping.signal).catch(() => {
        if (failedUntil.size >= BROWSER_PEER_LIMITS.maxRemembered) failedUntil.clear()
        failedUntil.set(peer, init.now() + BROWSER_PEER_LIMITS.retryAfterMs)
      })
    }
  }

  async function round(): Promise<void> {
    for (const relay of init.relays()) {
      if (init.count() >= BROWSER_PEER_LIMITS.wanted) break
      await askRelay(relay).catch(() => undefined) // no relay after all, or too slow: the next round asks again
    }
    if (!stopping.signal.aborted) timer = setTimeout(() => void round(), BROWSER_PEER_LIMITS.intervalMs)
  }

  timer = setTimeout(() => void round(), BROWSER_PEER_LIMITS.firstAfterMs)
  return () => {
    clearTimeout(timer)
    stopping.abort()
  }
}

/** At most `limit` of `peers` without `asker`, each equally likely. */
export function samplePeers(peers: readonly string[], asker: string, limit: number, random: () => number): string[] {
  const pool = peers.filter((peer) => peer !== asker)
  for (let i = 0; i < Math.min(limit, pool.length); i++) {
    const j = i + Math.floor(random() * (pool.length - i))
    ;[pool[i], pool[j]] = [pool[j]!, pool[i]!]
  }
  return pool.slice(0, limit)
}
