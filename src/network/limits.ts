import { MAX_ACTION_BYTES, MAX_BLOCK_BYTES } from '../codec/index.ts'

/**
 * Every limit of the network that can bite, set on purpose (DESIGN §11). Sizes in bytes, times in milliseconds.
 * "Default" in a reason means the default of libp2p 3.3 and its modules at the versions pinned in package.json.
 */
const KIB = 1024
const MIB = 1024 * KIB

export const CONNECTION_LIMITS = {
  /** A validator holds tens of peers, a relay hundreds of tabs; past this the least valued connection is closed (default 300 in Node). */
  maxConnections: 512,
  /** A tab needs a handful of peers, and each WebRTC one costs the page about 100 KiB and ICE traffic (default 100). */
  maxConnectionsInTab: 48,
  /** Default 5 per second and host. Validators, agents and every tab of a testnet share one address; so do users behind one NAT. */
  inboundConnectionThreshold: 64,
  /** Default 10. All tabs reconnect at the same moment when a relay restarts. */
  maxIncomingPendingConnections: 64,
  /** Default 100. Only bootstrap addresses and relayed addresses are ever dialled. */
  maxParallelDials: 16,
  /** Default 25. Nobody here announces more than a few; every address is a dial that somebody else chose. */
  maxPeerAddressesToDial: 8,
  /** DNS, socket, noise and yamux together; a relayed WebRTC dial takes 170–540 ms, a starved machine far longer. */
  dialTimeoutMs: 15_000,
  /** One address of several; WebRTC signalling over a relay has to fit in it. */
  addressDialTimeoutMs: 10_000,
  inboundUpgradeTimeoutMs: 10_000,
  negotiationTimeoutMs: 10_000,
} as const

export const MONITOR_LIMITS = {
  /** Default 10 s. Half of a common NAT's 30 s idle timeout. */
  pingIntervalMs: 15_000,
  /** Default 5 s, then the connection is aborted: a bulk transfer or a page blocked for some seconds kills healthy connections with it. */
  pingMinTimeoutMs: 30_000,
} as const

export const WEBSOCKET_LIMITS = {
  /** Default of `ws` is 100 MiB, accepted before noise has run. A noise frame has 64 KiB at most, yamux cuts at 64 KiB. */
  maxMessageBytes: 1 * MIB,
  /** Default. Bytes a socket may hold before writers wait. */
  maxBufferedAmount: 4 * MIB,
} as const

export const YAMUX_LIMITS = {
  /** Default 256 KiB: a 1 MiB blob would wait for window updates three times over a slow link (9.1 instead of 6.7 MB/s at 44 ms). */
  initialStreamWindowSize: 1 * MIB,
  /** Default 16 MiB, but a stream aborts itself at 4 MiB of unread data: with the default, a paused reader loses the stream. */
  maxStreamWindowSize: 2 * MIB,
  /** Default 1000 each way. A peer uses one stream per protocol and direction, plus gossip, identify and ping. */
  maxInboundStreams: 64,
  maxOutboundStreams: 64,
} as const

export const WEBRTC_LIMITS = {
  /** Default 2 MiB lets SCTP slow start overshoot and stall for 2–3 s; with this no blob of 96 took over 71 ms at the same speed. */
  maxBufferedAmount: 256 * KIB,
} as const

export const RELAY_LIMITS = {
  /** Default 15, kept 2 h after the holder left: sixteen page loads and nobody can reserve. Released on disconnect here as well. */
  maxReservations: 1024,
  /** One signalling exchange of WebRTC is a few KiB and over within seconds; bulk data must not go through the relay (both as default). */
  connectionDurationMs: 2 * 60_000,
  connectionDataBytes: 128n * 1024n,
  reservationTtlMs: 2 * 60 * 60_000,
  /** Signalling streams a relay carries at once on one connection. */
  maxHopStreams: 64,
} as const

export const GOSSIP_LIMITS = {
  /** A full block with proposer, round, proof of lock and signature. */
  proposals: MAX_BLOCK_BYTES + 64 * KIB,
  /** A vote is about 300 bytes; a threshold share or an extension may triple it. */
  votes: 4 * KIB,
  /** A signed action with the largest payload; modules travel as blobs, by hash. */
  actions: MAX_ACTION_BYTES + 4 * KIB,
  /** A block with a certificate of some hundred signatures. */
  commits: MAX_BLOCK_BYTES + 256 * KIB,
  /** One gossip frame can carry several messages asked for at once; above the largest topic, below the 4 MiB at which a stream aborts. */
  maxFrame: 4 * MIB - 64 * KIB,
  /** Default unbounded. What waits for one slow peer; past it the stream is dropped and the watch re-opens it. */
  maxOutboundBuffer: 16 * MIB,
  /** Default 5000 of each. A few messages and topics exist at any time. */
  maxDecodedEntries: 512,
  /** Default 1 MiB, about 1,000 topics; one world has four. */
  maxTopicBytesPerPeer: 64 * KIB,
  /** Default 100; validators' messages wait for signature checks. */
  processingConcurrency: 32,
  /** A peer connected this long without an open gossip stream is reconnected (see gossip-watch.ts). */
  watchGraceMs: 5_000,
  watchIntervalMs: 2_000,
} as const

export const GOSSIP_MESH = {
  /**
   * Mesh degrees. With up to seven nodes everybody is in everybody's mesh (Dhi ≥ n − 1); with more, D 8 keeps a block within
   * two or three hops of 100 validators at a cost of eight copies. gossipsub v1.1 suggests 6, 4, 12; consensus prefers latency.
   */
  D: 8,
  Dlo: 6,
  Dhi: 12,
  Dscore: 4,
  Dout: 2,
  Dlazy: 6,
  /** Default 1 s: a lost vote is offered again (IHAVE) within one heartbeat, and a round must not wait a second for it. */
  heartbeatIntervalMs: 500,
  /** Default 60 s: a peer that restarts would stay out of the mesh for a minute. */
  pruneBackoffMs: 5_000,
} as const

export const RPC_LIMITS = {
  /** Requests under way or waiting per peer, all protocols; the next is refused with RPC_LIMIT so that callers spread the load. */
  maxConcurrentPerPeer: 32,
  /** Requests in flight on one lane: enough to fill a 44 ms link with 1 MiB answers (34 instead of 13 MB/s). */
  maxPipelined: 4,
  /** Requests a server keeps waiting on one lane before it calls the peer a spammer: twice what a correct client sends. */
  maxQueuedOnServer: 8,
  /** Inbound lanes per protocol and connection: one, plus those of a client that re-opened before the old end was noticed. */
  maxInboundLanes: 4,
  maxOutboundLanes: 4,
  /** Time for a started request frame to arrive whole, and for an answer to leave: past it the peer is reading or writing too slowly. */
  frameTimeoutMs: 30_000,
  /** Length prefix: four bytes of varint say up to 256 MiB, far above any limit here. */
  maxPrefixBytes: 4,
} as const

export const MESSAGE_LIMITS = {
  /** Chunks of snapshots, module binaries, blobs of files. */
  blobBytes: 1 * MIB,
  commitBytes: GOSSIP_LIMITS.commits,
  /** Commits of one range answer together: a page of small blocks, or one of the largest. Below the 4 MiB at which WebRTC streams abort. */
  rangeBytes: 3 * MIB,
  rangeCount: 256,
  manifestBytes: 256 * KIB,
  /** Names of validators in the state are far shorter. */
  validatorIdLength: 128,
} as const

export const BOOTSTRAP_LIMITS = {
  /** First wait after a failure; doubles up to the maximum, each with up to half taken off at random so that tabs do not return in step. */
  firstBackoffMs: 250,
  maxBackoffMs: 15_000,
  maxAddresses: 256,
} as const

export const BROWSER_PEER_LIMITS = {
  /** Enough that gossip and blobs survive the loss of a server; each costs an ICE session on the page. */
  wanted: 4,
  /** Ids a relay names at once. */
  maxOffered: 16,
  /** A reservation is there within some 100 ms of connecting; the world comes first. */
  firstAfterMs: 2_000,
  intervalMs: 15_000,
  /** A peer that could not be reached, often behind a NAT that will not change. */
  retryAfterMs: 60_000,
  maxRemembered: 256,
  /** Longest peer id accepted: an Ed25519 one has 52 characters. */
  peerIdLength: 64,
} as const

export const PEER_LIMITS = {
  /** Peers remembered with a score; the least guilty is forgotten first. */
  maxTracked: 1024,
  /** Characters kept of the text that describes an offence. */
  maxDetail: 200,
  /** Refusal events kept for pages that open later. */
  maxRecentRefusals: 64,
} as const

/** Distinct metric names one registry accepts: names come from code, never from peers, so reaching this is a programming error. */
export const MAX_METRIC_NAMES = 512
