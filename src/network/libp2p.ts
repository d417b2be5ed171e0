import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import type { CircuitRelayService } from '@libp2p/circuit-relay-v2'
import { keys } from '@libp2p/crypto'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { Libp2pOptions } from 'libp2p'
import type { MeshedGossipSub } from './gossip.ts'
import { CONNECTION_LIMITS, GOSSIP_LIMITS, GOSSIP_MESH, MONITOR_LIMITS, YAMUX_LIMITS } from './limits.ts'
import { webSocketTransport } from './transports/websocket.ts'

export type TransportFactory = NonNullable<Libp2pOptions['transports']>[number]

export interface Libp2pSetup {
  readonly identitySeed: Uint8Array
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly relay: boolean
  readonly maxConnections: number
  readonly extraTransports: readonly TransportFactory[]
  readonly gater: ConnectionGater
}

export interface StartedLibp2p {
  readonly libp2p: Libp2p
  readonly pubsub: MeshedGossipSub
  /** Peers with a place in our relay; none without one. */
  readonly reservations: () => string[]
}

/** A started libp2p host with every limit of limits.ts in its place. */
export async function startLibp2p(setup: Libp2pSetup): Promise<StartedLibp2p> {
  const relay = setup.relay ? await import('./relay.ts') : undefined
  const libp2p = await createLibp2p({
    privateKey: await keys.generateKeyPairFromSeed('Ed25519', setup.identitySeed),
    nodeInfo: { name: 'agent-world', version: '1.0.0', userAgent: 'agent-world/1.0.0' },
    addresses: { listen: [...setup.listen], announce: [...setup.announce] },
    transports: [webSocketTransport(), circuitRelayTransport(), ...setup.extraTransports],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux(yamuxOptions())],
    connectionGater: setup.gater,
    connectionManager: {
      maxConnections: setup.maxConnections,
      inboundConnectionThreshold: CONNECTION_LIMITS.inboundConnectionThreshold,
      maxIncomingPendingConnections: CONNECTION_LIMITS.maxIncomingPendingConnections,
      maxParallelDials: CONNECTION_LIMITS.maxParallelDials,
      maxPeerAddrsToDial: CONNECTION_LIMITS.maxPeerAddressesToDial,
      dialTimeout: CONNECTION_LIMITS.dialTimeoutMs,
      addressDialTimeout: CONNECTION_LIMITS.addressDialTimeoutMs,
      inboundUpgradeTimeout: CONNECTION_LIMITS.inboundUpgradeTimeoutMs,
      inboundStreamProtocolNegotiationTimeout: CONNECTION_LIMITS.negotiationTimeoutMs,
      outboundStreamProtocolNegotiationTimeout: CONNECTION_LIMITS.negotiationTimeoutMs,
    },
    connectionMonitor: {
      pingInterval: MONITOR_LIMITS.pingIntervalMs,
      pingTimeout: { minTimeout: MONITOR_LIMITS.pingMinTimeoutMs },
    },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub(gossipOptions()),
      ...(relay === undefined ? {} : { relay: relay.relayService() }),
    },
  })
  const services = libp2p.services as unknown as { pubsub: MeshedGossipSub; relay?: CircuitRelayService }
  if (services.relay !== undefined) relay?.releaseReservations(libp2p, services.relay)
  return { libp2p, pubsub: services.pubsub, reservations: () => [...(services.relay?.reservations.keys() ?? [])].map((peer) => peer.toString()) }
}

function yamuxOptions(): Parameters<typeof yamux>[0] {
  return {
    maxInboundStreams: YAMUX_LIMITS.maxInboundStreams,
    maxOutboundStreams: YAMUX_LIMITS.maxOutboundStreams,
    streamOptions: {
      initialStreamWindowSize: YAMUX_LIMITS.initialStreamWindowSize,
      maxStreamWindowSize: YAMUX_LIMITS.maxStreamWindowSize,
    },
  }
}

function gossipOptions(): Parameters<typeof gossipsub>[0] {
  const entries = GOSSIP_LIMITS.maxDecodedEntries
  return {
    // signed, with a sequence number: the id of a message is (peer, number), so that the same bytes published again on purpose,
    // as consensus does while it waits, are a new message
    globalSignaturePolicy: 'StrictSign',
    // our own messages go to all peers of the topic at once: with few nodes a mesh still forming must not cost a round
    floodPublish: true,
    // a lone node publishes to nobody, which is no error
    allowPublishToZeroTopicPeers: true,
    emitSelf: false,
    fallbackToFloodsub: false,
    doPX: false, // a peer's word is no reason to dial anybody
    tagMeshPeers: true,
    D: GOSSIP_MESH.D,
    Dlo: GOSSIP_MESH.Dlo,
    Dhi: GOSSIP_MESH.Dhi,
    Dscore: GOSSIP_MESH.Dscore,
    Dout: GOSSIP_MESH.Dout,
    Dlazy: GOSSIP_MESH.Dlazy,
    heartbeatInterval: GOSSIP_MESH.heartbeatIntervalMs,
    pruneBackoff: GOSSIP_MESH.pruneBackoffMs,
    unsubcribeBackoff: GOSSIP_MESH.pruneBackoffMs,
    maxInboundDataLength: GOSSIP_LIMITS.maxFrame,
    maxOutboundBufferSize: GOSSIP_LIMITS.maxOutboundBuffer,
    maxTopicBytesPerPeer: GOSSIP_LIMITS.maxTopicBytesPerPeer,
    messageProcessingConcurrency: GOSSIP_LIMITS.processingConcurrency,
    decodeRpcLimits: {
      maxSubscriptions: entries,
      maxMessages: entries,
      maxIhaveMessageIDs: entries,
      maxIwantMessageIDs: entries,
      maxIdontwantMessageIDs: entries,
      maxControlMessages: entries,
      maxPeerInfos: 0,
    },
    scoreParams: {
      // default −5·(n−10)²: the eleventh tab behind one address would get the whole address ignored
      IPColocationFactorWeight: 0,
    },
  }
}
