import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { createBootstrap } from './bootstrap.ts'
import type { BootstrapStatus } from './bootstrap.ts'
import { findBrowserPeers, samplePeers } from './browser-peers.ts'
import { NetworkError } from './errors.ts'
import type { NetworkEvent, PeerInfo } from './events.ts'
import { addressPlace, createGater } from './gater.ts'
import { watchGossip } from './gossip-watch.ts'
import { createGossip } from './gossip.ts'
import type { Gossip } from './gossip.ts'
import { startLibp2p } from './libp2p.ts'
import type { TransportFactory } from './libp2p.ts'
import { CONNECTION_LIMITS } from './limits.ts'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import { createPeerPolicy } from './peers.ts'
import type { PeerPolicy } from './peers.ts'
import { fetchPeers } from './protocols.ts'
import { createRpc } from './rpc.ts'
import type { Rpc } from './rpc.ts'

export type { TransportFactory } from './libp2p.ts'

export interface NetworkHostInit {
  /** 32 bytes: the seed of the libp2p Ed25519 key. Names the connection, not the agent or validator (DESIGN §11). */
  readonly identitySeed: Uint8Array
  /** Multiaddrs: `/ip4/127.0.0.1/tcp/0/ws` in Node, `/p2p-circuit` and `/webrtc` in a tab. */
  readonly listen: readonly string[]
  /** Multiaddrs to stay connected to, best with `/p2p/<peer id>`; our own among them is left out. */
  readonly bootstrap: readonly string[]
  /** Multiaddrs to tell others instead of the listening ones, for a server behind a proxy. */
  readonly announce?: readonly string[]
  /** Carry signalling between browsers. Default false. */
  readonly relay?: boolean
  /** Default `CONNECTION_LIMITS.maxConnections`, or `maxConnectionsInTab` where `/webrtc` is listened on. */
  readonly maxConnections?: number
  /**
   * `webRtcTransport()` in browsers; injected so that hosts without it do not carry its code. A host that listens on `/webrtc`
   * keeps a few connections to other browsers, found through the relays among its bootstrap peers.
   */
  readonly extraTransports?: readonly TransportFactory[]
  readonly onEvent?: (event: NetworkEvent) => void
  /** Default `createMetrics()`; pass one to share it with other parts. */
  readonly metrics?: Metrics
  /** Milliseconds; default `Date.now`. */
  readonly now?: () => number
  /** In [0, 1); default `Math.random`. */
  readonly random?: () => number
}

export interface NetworkHost {
  readonly peerId: string
  readonly metrics: Metrics
  readonly policy: PeerPolicy
  readonly rpc: Rpc
  /** Multiaddrs with our peer id that others can dial. */
  readonly addresses: () => string[]
  readonly peers: () => PeerInfo[]
  readonly bootstrap: () => BootstrapStatus[]
  /** Adds an address to stay connected to. */
  readonly addBootstrap: (address: string) => void
  /** Connects once, without redial, and returns the peer id. Throws `NETWORK_DIAL_FAILED`. */
  readonly dial: (address: string, signal?: AbortSignal) => Promise<string>
  readonly disconnect: (peer: string) => Promise<void>
  readonly gossip: (worldId: string) => Gossip
  /** Peers that others can reach through us; 0 unless `relay`. */
  readonly relayReservations: () => number
  readonly stop: () => Promise<void>
}

const SEED_BYTES = 32
/** Above the tags libp2p gives by itself, so that bootstrap connections are the last to be closed for room. */
const BOOTSTRAP_TAG_VALUE = 100

/** Starts a host: transports, gossip, requests, peer policy and redial. Same code in Node and in a browser worker. */
export async function createNetworkHost(init: NetworkHostInit): Promise<NetworkHost> {
  if (init.identitySeed.length !== SEED_BYTES) {
    throw new NetworkError('NETWORK_CONFIG', `The identity seed has ${init.identitySeed.length} bytes; it must have ${SEED_BYTES}.`)
  }
  for (const address of [...init.listen, ...init.bootstrap, ...(init.announce ?? [])]) checkAddress(address)

  const now = init.now ?? Date.now
  const isTab = init.listen.includes('/webrtc')
  const random = init.random ?? Math.random
  const metrics = init.metrics ?? createMetrics()
  const emit = (event: NetworkEvent): void => init.onEvent?.(event)
  const configured = new Set(init.bootstrap.map(addressPlace))
  const policy = createPeerPolicy({
    now,
    metrics,
    onRefusal: (refusal) => emit({ type: 'refused', ...refusal }),
    onDisconnect: (peer) => void disconnect(peer),
  })
  const { libp2p, pubsub, reservations } = await startLibp2p({
    identitySeed: init.identitySeed,
    listen: init.listen,
    announce: init.announce ?? [],
    relay: init.relay ?? false,
    maxConnections: init.maxConnections ?? (isTab ? CONNECTION_LIMITS.maxConnectionsInTab : CONNECTION_LIMITS.maxConnections),
    extraTransports: init.extraTransports ?? [],
    gater: createGater(policy, configured),
  })
  const rpc = createRpc({ libp2p, policy, metrics })

  function connectionsTo(peer: string): Connection[] {
    return libp2p.getConnections().filter((connection) => connection.remotePeer.toString() === peer)
  }

  async function disconnect(peer: string): Promise<void> {
    // a peer that is being shown the door gets no time to finish sentences
    for (const connection of connectionsTo(peer)) connection.abort(new Error('disconnected by peer policy'))
  }

  async function connect(address: string, signal?: AbortSignal): Promise<string> {
    checkAddress(address)
    configured.add(addressPlace(address))
    const connection = await libp2p.dial(multiaddr(address), signal === undefined ? {} : { signal })
    return connection.remotePeer.toString()
  }

  async function dial(address: string, signal?: AbortSignal): Promise<string> {
    try {
      return await connect(address, signal)
    } catch (cause) {
      if (cause instanceof NetworkError) throw cause
      throw new NetworkError('NETWORK_DIAL_FAILED', `${address} could not be reached: ${dialFailure(cause)}`, { address }, { cause })
    }
  }

  const bootstrap = createBootstrap({
    addresses: init.bootstrap,
    self: libp2p.peerId.toString(),
    now,
    random,
    isConnected: (peer) => connectionsTo(peer).some((connection) => connection.status === 'open' && connection.limits === undefined),
    refusedUntil: policy.refusedUntil,
    onChange: (status) => emit({ type: 'bootstrap', status }),
    async dial(address, signal) {
      const peer = await connect(address, signal).catch((error: unknown) => {
        throw new Error(dialFailure(error), { cause: error })
      })
      const connection = connectionsTo(peer)[0]
      if (connection !== undefined) {
        await libp2p.peerStore.merge(connection.remotePeer, { tags: { bootstrap: { value: BOOTSTRAP_TAG_VALUE } } })
      }
      return peer
    },
  })

  const countPeers = (): number => {
    const peers = libp2p.getPeers().length
    metrics.gauge('network.peers', peers)
    return peers
  }
  libp2p.addEventListener('peer:connect', ({ detail }) => {
    const peer = detail.toString()
    emit({ type: 'connected', peer, peers: countPeers() })
    bootstrap.onConnected(peer)
  })
  libp2p.addEventListener('peer:disconnect', ({ detail }) => {
    const peer = detail.toString()
    emit({ type: 'disconnected', peer, peers: countPeers() })
    bootstrap.onDisconnected(peer)
  })
  const addresses = (): string[] => libp2p.getMultiaddrs().map((address) => address.toString())
  libp2p.addEventListener('self:peer:update', () => emit({ type: 'listening', addresses: addresses() }))
  const stops = [watchGossip({ libp2p, protocols: pubsub.protocols, metrics })]
  if (init.relay === true) {
    await rpc.serve(fetchPeers, ({ limit }, { peer }) => ({ peers: samplePeers(reservations(), peer, limit, random) }))
  }
  if (isTab) {
    stops.push(
      findBrowserPeers({
        self: libp2p.peerId.toString(),
        rpc,
        now,
        isConnected: (peer) => connectionsTo(peer).length > 0,
        isRefused: (peer) => policy.standing(peer) === 'refused',
        count: () => libp2p.getConnections().filter((connection) => transportOf(connection) === 'webrtc').length,
        relays: () => bootstrap.status().flatMap(({ peer, address, state }) => (state === 'connected' && peer !== null ? [{ peer, address }] : [])),
        dial: connect,
      }),
    )
  }

  return {
    peerId: libp2p.peerId.toString(),
    metrics,
    policy,
    rpc,
    addresses,
    dial,
    disconnect,
    peers: () => libp2p.getPeers().map((peer) => describePeer(libp2p.getConnections(peer), peer.toString(), policy)),
    bootstrap: bootstrap.status,
    addBootstrap(address) {
      checkAddress(address)
      configured.add(addressPlace(address))
      bootstrap.add(address)
    },
    relayReservations: () => reservations().length,
    gossip: (worldId) => createGossip({ pubsub, worldId, policy, metrics }),
    async stop() {
      for (const stop of stops) stop()
      bootstrap.stop()
      rpc.close()
      await libp2p.stop()
    },
  }
}

function checkAddress(address: string): void {
  try {
    multiaddr(address)
  } catch (cause) {
    throw new NetworkError('NETWORK_CONFIG', `"${address}" is no multiaddr; write it like /ip4/127.0.0.1/tcp/7000/ws.`, { address }, { cause })
  }
}

/** The first reason inside libp2p's nested errors that a person can use. */
function dialFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return dialFailure(error.errors[0])
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}

function transportOf(connection: Connection): PeerInfo['transport'] {
  const address = connection.remoteAddr.toString()
  if (connection.limits !== undefined) return 'relayed'
  if (address.includes('/webrtc')) return 'webrtc'
  return /\/wss?(\/|$)/.test(address) ? 'websocket' : 'other'
}

function describePeer(connections: readonly Connection[], peer: string, policy: PeerPolicy): PeerInfo {
  const connection = connections.find((open) => open.limits === undefined) ?? connections[0]
  return {
    peer,
    address: connection?.remoteAddr.toString() ?? '',
    direction: connection?.direction ?? 'outbound',
    transport: connection === undefined ? 'other' : transportOf(connection),
    rttMs: connection?.rtt ?? null,
    score: policy.score(peer),
    demoted: policy.standing(peer) !== 'good',
  }
}
