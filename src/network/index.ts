/**
 * The network: libp2p host, gossip topics, request/response protocols, peer policy (DESIGN §11).
 *
 * Besides this door there are three for browsers, because each must be loaded without the rest:
 * - `rtc/host.ts` on the main thread: owns the peer connections; brings no libp2p with it.
 * - `rtc/worker.ts` as the FIRST import of the node worker: defines the RTC globals.
 * - `transports/webrtc.ts` in the node worker, after that: the transport to pass as `extraTransports`.
 */
export type { BootstrapStatus } from './bootstrap.ts'
export { NetworkError, RpcError } from './errors.ts'
export type { NetworkErrorCode, RpcErrorCode } from './errors.ts'
export type { NetworkEvent, PeerInfo } from './events.ts'
export type { Gossip, GossipHandler, GossipVerdict } from './gossip.ts'
export { createNetworkHost } from './host.ts'
export type { NetworkHost, NetworkHostInit, TransportFactory } from './host.ts'
export * from './limits.ts'
export { createMetrics } from './metrics.ts'
export type { Metrics } from './metrics.ts'
export { createPeerPolicy, OFFENCE_WEIGHTS } from './peers.ts'
export type { OffenceCode, PeerPolicy, PeerPolicyInit, PeerScore, PeerStanding, Refusal } from './peers.ts'
export { fetchBlob, fetchCommit, fetchPeers, fetchRange, fitRange, snapshot as fetchSnapshot, status as fetchStatus } from './protocols.ts'
export type {
  FetchBlobRequest, FetchBlobResponse, FetchCommitRequest, FetchCommitResponse, FetchRangeRequest, FetchRangeResponse,
  SnapshotRequest, SnapshotResponse, StatusRequest, StatusResponse,
} from './protocols.ts'
export type { RequestOptions, Rpc } from './rpc.ts'
export { defineProtocol } from './rpc-protocol.ts'
export type { RpcProtocol } from './rpc-protocol.ts'
export type { RpcContext, RpcHandler } from './rpc-serve.ts'
export { GOSSIP_KINDS, topicName } from './topics.ts'
export type { GossipKind } from './topics.ts'
