import type { Libp2p } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { expect, vi } from 'vitest'
import { createGater } from '../gater.ts'
import { createNetworkHost } from '../host.ts'
import type { NetworkHost, NetworkHostInit } from '../host.ts'
import { startLibp2p } from '../libp2p.ts'
import { createMetrics } from '../metrics.ts'
import { createPeerPolicy } from '../peers.ts'

/** Hosts for tests: real libp2p over loopback websockets, all stopped by one call. */
export const LOOPBACK = '/ip4/127.0.0.1/tcp/0/ws'

export function seed(number: number): Uint8Array {
  const bytes = new Uint8Array(32)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

export interface TestNetwork {
  readonly host: (number: number, init?: Partial<NetworkHostInit>) => Promise<NetworkHost>
  /** A bare libp2p host that can misbehave, connected to `target`. */
  readonly rawPeer: (number: number, target: NetworkHost) => Promise<Libp2p>
  readonly stopAll: () => Promise<void>
}

export function testNetwork(): TestNetwork {
  const stops: Array<() => Promise<void>> = []
  return {
    async host(number, init = {}) {
      const host = await createNetworkHost({ identitySeed: seed(number), listen: [LOOPBACK], bootstrap: [], ...init })
      stops.push(host.stop)
      return host
    },
    async rawPeer(number, target) {
      const configured = new Set<string>()
      const policy = createPeerPolicy({ now: Date.now, metrics: createMetrics() })
      const { libp2p } = await startLibp2p({
        identitySeed: seed(number),
        listen: [LOOPBACK],
        announce: [],
        relay: false,
        maxConnections: 10,
        extraTransports: [],
        gater: { ...createGater(policy, configured), denyDialMultiaddr: () => false },
      })
      stops.push(async () => libp2p.stop())
      await libp2p.dial(multiaddr(target.addresses()[0]!))
      await vi.waitFor(() => expect(target.peers().map(({ peer }) => peer)).toContain(libp2p.peerId.toString()), { timeout: 20_000, interval: 10 })
      return libp2p
    },
    async stopAll() {
      await Promise.all(stops.splice(0).map((stop) => stop()))
    },
  }
}
