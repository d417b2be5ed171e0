import type { Connection, Libp2p } from '@libp2p/interface'
import { GOSSIP_LIMITS } from './limits.ts'
import type { Metrics } from './metrics.ts'

/**
 * gossipsub 17 opens its outbound stream to a peer once, when the peer is identified. If that stream dies while a connection
 * stays (a buffer limit, or the other of two connections closing), nothing opens it again and the peer silently hears nothing
 * more. This notices the missing stream and closes the peer's connections, so that the redial starts afresh.
 */
export interface GossipWatchInit {
  readonly libp2p: Libp2p
  /** Protocols of the pubsub service. */
  readonly protocols: readonly string[]
  readonly metrics: Metrics
}

export function isGossipMissing(connections: readonly Connection[], protocols: readonly string[], now: number): boolean {
  const direct = connections.filter((connection) => connection.limits === undefined && connection.status === 'open')
  const newest = Math.max(...direct.map((connection) => connection.timeline.upgraded ?? connection.timeline.open))
  if (direct.length === 0 || now - newest < GOSSIP_LIMITS.watchGraceMs) return false
  return !direct.some((connection) =>
    connection.streams.some((stream) => stream.direction === 'outbound' && stream.status === 'open' && protocols.includes(stream.protocol)),
  )
}

export function watchGossip({ libp2p, protocols, metrics }: GossipWatchInit): () => void {
  async function check(): Promise<void> {
    for (const peer of libp2p.getPeers()) {
      const connections = libp2p.getConnections(peer)
      if (!isGossipMissing(connections, protocols, Date.now())) continue
      const speaksGossip = await libp2p.peerStore.get(peer).then(
        (known) => known.protocols.some((protocol) => protocols.includes(protocol)),
        () => false,
      )
      if (!speaksGossip) continue
      metrics.count('gossip.stream_lost')
      for (const connection of connections) connection.abort(new Error('gossip stream lost'))
    }
  }
  const timer = setInterval(() => void check().catch(() => undefined), GOSSIP_LIMITS.watchIntervalMs)
  return () => clearInterval(timer)
}
