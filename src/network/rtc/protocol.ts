/**
 * Messages between the worker half and the page half of the WebRTC broker (DESIGN §11): one MessagePort, plain data, both sides
 * checking what they take. Connections get their ids from the worker; channels positive ids from the worker and negative ones
 * from the page.
 */
export interface PeerConnectionState {
  readonly connectionState: RTCPeerConnectionState
  readonly iceConnectionState: RTCIceConnectionState
  readonly iceGatheringState: RTCIceGatheringState
  readonly signalingState: RTCSignalingState
  readonly localDescription: RTCSessionDescriptionInit | null
  readonly remoteDescription: RTCSessionDescriptionInit | null
}

export interface ChannelMeta {
  readonly label: string
  readonly protocol: string
  readonly id: number | null
  readonly ordered: boolean
  readonly negotiated: boolean
  readonly readyState: RTCDataChannelState
}

export interface ErrorMeta {
  readonly name: string
  readonly message: string
}

export interface CertificateMeta {
  readonly certificate: number
  readonly expires: number
  readonly fingerprints: readonly RTCDtlsFingerprint[]
}

/** What a worker may choose of a connection. Certificates are handles: the keys stay on the page. */
export interface ConnectionConfig {
  readonly iceServers: readonly RTCIceServer[]
  readonly certificates: readonly number[]
}

export const CONNECTION_METHODS = ['createOffer', 'createAnswer', 'setLocalDescription', 'setRemoteDescription', 'addIceCandidate'] as const
export type ConnectionMethod = (typeof CONNECTION_METHODS)[number]

export const CONNECTION_EVENTS = [
  'connectionstatechange', 'iceconnectionstatechange', 'icegatheringstatechange', 'signalingstatechange', 'negotiationneeded',
  'icecandidate', 'icecandidateerror',
] as const
export type ConnectionEvent = (typeof CONNECTION_EVENTS)[number]

export const CHANNEL_EVENTS = ['open', 'closing', 'close', 'error'] as const
export type ChannelEvent = (typeof CHANNEL_EVENTS)[number]

export type ToHost =
  /** `transferable`: RTCDataChannel exists in the worker, so channels may be transferred to it. */
  | { readonly type: 'hello'; readonly transferable: boolean }
  /** The worker holds this Web Lock for as long as it lives. */
  | { readonly type: 'alive'; readonly lock: string }
  | { readonly type: 'connection-new'; readonly connection: number; readonly config: ConnectionConfig }
  | { readonly type: 'connection-call'; readonly connection: number; readonly call: number; readonly method: ConnectionMethod; readonly argument: unknown }
  | { readonly type: 'connection-close'; readonly connection: number }
  | { readonly type: 'certificate'; readonly call: number; readonly algorithm: AlgorithmIdentifier }
  | { readonly type: 'channel-new'; readonly connection: number; readonly channel: number; readonly label: string; readonly init: RTCDataChannelInit }
  // proxied channels only
  | { readonly type: 'channel-send'; readonly channel: number; readonly data: ArrayBuffer | string; readonly size: number }
  | { readonly type: 'channel-close'; readonly channel: number }

export type ToWorker =
  | { readonly type: 'result'; readonly call: number; readonly value: unknown; readonly connection?: number; readonly state?: PeerConnectionState }
  | { readonly type: 'failure'; readonly call: number; readonly error: ErrorMeta; readonly connection?: number; readonly state?: PeerConnectionState }
  | { readonly type: 'connection-event'; readonly connection: number; readonly event: ConnectionEvent; readonly state: PeerConnectionState; readonly detail: unknown }
  /** A channel the worker asked for, transferred. */
  | { readonly type: 'channel-real'; readonly channel: number; readonly real: RTCDataChannel }
  /** A channel the worker asked for, staying on the page. */
  | { readonly type: 'channel-proxied'; readonly channel: number; readonly meta: ChannelMeta }
  | { readonly type: 'channel-failed'; readonly channel: number; readonly error: ErrorMeta }
  /** A channel the other peer opened; transferred when `real` is set. */
  | { readonly type: 'channel-in'; readonly connection: number; readonly channel: number; readonly meta: ChannelMeta; readonly real: RTCDataChannel | null }
  | { readonly type: 'channel-event'; readonly channel: number; readonly event: ChannelEvent; readonly meta: ChannelMeta; readonly error: ErrorMeta | null }
  | { readonly type: 'channel-message'; readonly channel: number; readonly data: ArrayBuffer | string }
  /** So many bytes of a proxied channel have left for the network. */
  | { readonly type: 'channel-ack'; readonly channel: number; readonly size: number }

/** SDP and candidates are a few KiB; labels and protocols are short. Longer texts are a fault. */
const MAX_TEXT = 64 * 1024
/** The largest message a data channel may be asked to carry in one piece (SCTP in browsers: 256 KiB). */
const MAX_MESSAGE_BYTES = 256 * 1024
const MAX_ICE_SERVERS = 8
const MAX_CERTIFICATES = 4

type Fields = Readonly<Record<string, unknown>>
type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string' && value.length <= MAX_TEXT
const isBool: Check = (value) => typeof value === 'boolean'
const isId: Check = Number.isSafeInteger
const isSize: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_MESSAGE_BYTES
const isAny: Check = () => true
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isData: Check = (value) => (value instanceof ArrayBuffer ? value.byteLength <= MAX_MESSAGE_BYTES : typeof value === 'string' && value.length <= MAX_MESSAGE_BYTES)
const nullOr = (check: Check): Check => (value) => value === null || check(value)
const maybe = (check: Check): Check => (value) => value === undefined || check(value)
const oneOf = (values: readonly string[]): Check => (value) => values.includes(value as string)
const listOf = (check: Check, max: number): Check => (value) => Array.isArray(value) && value.length <= max && value.every(check)
const shape = (fields: Readonly<Record<string, Check>>): Check => (value) =>
  isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]))

const isDescription = nullOr(shape({ type: oneOf(['offer', 'answer', 'pranswer', 'rollback']), sdp: maybe(isText) }))
const isState = shape({
  connectionState: oneOf(['new', 'connecting', 'connected', 'disconnected', 'failed', 'closed']),
  iceConnectionState: isText,
  iceGatheringState: oneOf(['new', 'gathering', 'complete']),
  signalingState: isText,
  localDescription: isDescription,
  remoteDescription: isDescription,
})
const isMeta = shape({
  label: isText,
  protocol: isText,
  id: nullOr(isId),
  ordered: isBool,
  negotiated: isBool,
  readyState: oneOf(['connecting', 'open', 'closing', 'closed']),
})
const isError = shape({ name: isText, message: isText })
const isConfig = shape({ iceServers: listOf(isObject, MAX_ICE_SERVERS), certificates: listOf(isId, MAX_CERTIFICATES) })
const isAlgorithm: Check = (value) => isText(value) || isObject(value)
const isLock: Check = (value) => typeof value === 'string' && /^aw-rtc:[0-9a-f-]{36}$/.test(value)
const isRealChannel: Check = (value) => typeof RTCDataChannel !== 'undefined' && value instanceof RTCDataChannel

const TO_HOST: Readonly<Record<ToHost['type'], Check>> = {
  hello: shape({ transferable: isBool }),
  alive: shape({ lock: isLock }),
  'connection-new': shape({ connection: isId, config: isConfig }),
  'connection-call': shape({ connection: isId, call: isId, method: oneOf(CONNECTION_METHODS), argument: maybe(nullOr(isObject)) }),
  'connection-close': shape({ connection: isId }),
  certificate: shape({ call: isId, algorithm: isAlgorithm }),
  'channel-new': shape({ connection: isId, channel: isId, label: isText, init: isObject }),
  'channel-send': shape({ channel: isId, data: isData, size: isSize }),
  'channel-close': shape({ channel: isId }),
}

const TO_WORKER: Readonly<Record<ToWorker['type'], Check>> = {
  result: shape({ call: isId, value: isAny, connection: maybe(isId), state: maybe(isState) }),
  failure: shape({ call: isId, error: isError, connection: maybe(isId), state: maybe(isState) }),
  'connection-event': shape({ connection: isId, event: oneOf(CONNECTION_EVENTS), state: isState, detail: maybe(nullOr(isObject)) }),
  'channel-real': shape({ channel: isId, real: isRealChannel }),
  'channel-proxied': shape({ channel: isId, meta: isMeta }),
  'channel-failed': shape({ channel: isId, error: isError }),
  'channel-in': shape({ connection: isId, channel: isId, meta: isMeta, real: nullOr(isRealChannel) }),
  'channel-event': shape({ channel: isId, event: oneOf(CHANNEL_EVENTS), meta: isMeta, error: nullOr(isError) }),
  'channel-message': shape({ channel: isId, data: isData }),
  'channel-ack': shape({ channel: isId, size: isSize }),
}

function checked(table: Readonly<Record<string, Check>>, data: unknown): boolean {
  return isObject(data) && typeof data['type'] === 'string' && Object.hasOwn(table, data['type']) && table[data['type']]!(data)
}

/** The message if it is one the page half understands, else undefined: drop it. */
export function asToHost(data: unknown): ToHost | undefined {
  return checked(TO_HOST, data) ? (data as ToHost) : undefined
}

/** The message if it is one the worker half understands, else undefined: drop it. */
export function asToWorker(data: unknown): ToWorker | undefined {
  return checked(TO_WORKER, data) ? (data as ToWorker) : undefined
}

export function errorMeta(error: unknown): ErrorMeta {
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: 'Error', message: String(error) }
  return { name, message: message.slice(0, 1024) }
}
