import { asToHost, errorMeta } from './protocol.ts'
import type { ChannelEvent, ChannelMeta, ConnectionConfig, ConnectionEvent, PeerConnectionState, ToHost, ToWorker } from './protocol.ts'

/**
 * Page half of the WebRTC broker: owns the real RTCPeerConnections for one dedicated worker, because they exist only in
 * windows (w3c/webrtc-pc#3131). Data channels are transferred into the worker where the browser can, so the data path leaves
 * the main thread; otherwise their messages are forwarded.
 */
export interface RtcHost {
  /** Closes everything; also happens by itself when the worker dies. */
  readonly dispose: () => void
  readonly stats: () => RtcHostStats
}

export interface RtcHostStats {
  readonly connections: number
  readonly transferred: number
  readonly proxied: number
  /** Messages from the worker that were dropped because they were malformed. */
  readonly refused: number
}

export interface RtcHostInit {
  /** `never` forwards messages even where channels could be transferred. Default `auto`. */
  readonly transfer?: 'auto' | 'never'
}

/** Chromium allows 500 live connections per page; a tab needs a few dozen at most. */
const MAX_CONNECTIONS = 128
/** Proxied only: credit goes back to the worker when fewer bytes than this wait for the network. */
const PROXY_LOW_THRESHOLD = 256 * 1024

/** Can channels be transferred here? Costs one throw-away connection, about a millisecond. */
export function canTransferDataChannel(): boolean {
  const connection = new RTCPeerConnection()
  const { port1, port2 } = new MessageChannel()
  try {
    const channel = connection.createDataChannel('probe')
    port1.postMessage(null, [channel as unknown as Transferable])
    return true
  } catch {
    return false
  } finally {
    port1.close()
    port2.close()
    connection.close()
  }
}

function describe(description: RTCSessionDescription | RTCSessionDescriptionInit | null): RTCSessionDescriptionInit | null {
  return description === null ? null : { type: description.type, sdp: description.sdp ?? '' }
}

function stateOf(connection: RTCPeerConnection): PeerConnectionState {
  return {
    connectionState: connection.connectionState,
    iceConnectionState: connection.iceConnectionState,
    iceGatheringState: connection.iceGatheringState,
    signalingState: connection.signalingState,
    localDescription: describe(connection.localDescription),
    remoteDescription: describe(connection.remoteDescription),
  }
}

function metaOf({ label, protocol, id, ordered, negotiated, readyState }: RTCDataChannel): ChannelMeta {
  return { label, protocol, id, ordered, negotiated, readyState }
}

export function createRtcHost(port: MessagePort, init: RtcHostInit = {}): RtcHost {
  let transfer = init.transfer !== 'never' && canTransferDataChannel()
  const disposal = new AbortController()
  const connections = new Map<number, RTCPeerConnection>()
  /** Only those that stay here: transferred ones live in the worker. */
  const proxied = new Map<number, RTCDataChannel>()
  const certificates = new Map<number, RTCCertificate>()
  const counts = { transferred: 0, proxied: 0, refused: 0 }
  let nextChannel = -1
  let nextCertificate = 1

  function post(message: ToWorker, transferables: readonly Transferable[] = []): void {
    port.postMessage(message, [...transferables])
  }

  /** Must run in the task that created the channel or delivered it: later the browser refuses (measured, and webrtc-pc#3058). */
  function tryTransfer(message: ToWorker, channel: RTCDataChannel): boolean {
    if (!transfer) return false
    try {
      post(message, [channel as unknown as Transferable])
      counts.transferred++
      return true
    } catch {
      transfer = false
      return false
    }
  }

  function proxy(id: number, channel: RTCDataChannel): void {
    counts.proxied++
    proxied.set(id, channel)
    channel.binaryType = 'arraybuffer'
    channel.bufferedAmountLowThreshold = PROXY_LOW_THRESHOLD
    const forward = (event: ChannelEvent, error: unknown = null): void =>
      post({ type: 'channel-event', channel: id, event, meta: metaOf(channel), error: error === null ? null : errorMeta(error) })
    channel.onopen = () => forward('open')
    channel.onclosing = () => forward('closing')
    channel.onclose = () => {
      proxied.delete(id)
      forward('close')
    }
    channel.onerror = (event) => forward('error', event.error)
    channel.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) =>
      post({ type: 'channel-message', channel: id, data }, data instanceof ArrayBuffer ? [data] : [])
  }

  function adopt(id: number, connection: RTCPeerConnection): void {
    connections.set(id, connection)
    const forward = (event: ConnectionEvent, detail: unknown = null): void =>
      post({ type: 'connection-event', connection: id, event, state: stateOf(connection), detail })
    connection.onconnectionstatechange = () => forward('connectionstatechange')
    connection.oniceconnectionstatechange = () => forward('iceconnectionstatechange')
    connection.onicegatheringstatechange = () => forward('icegatheringstatechange')
    connection.onsignalingstatechange = () => forward('signalingstatechange')
    connection.onnegotiationneeded = () => forward('negotiationneeded')
    connection.onicecandidate = ({ candidate }) => forward('icecandidate', candidate?.toJSON() ?? null)
    connection.onicecandidateerror = ({ address, port: at, url, errorCode, errorText }) =>
      forward('icecandidateerror', { address, port: at, url, errorCode, errorText })
    connection.ondatachannel = ({ channel: real }) => {
      const channel = nextChannel--
      const meta = metaOf(real)
      if (tryTransfer({ type: 'channel-in', connection: id, channel, meta, real }, real)) return
      post({ type: 'channel-in', connection: id, channel, meta, real: null })
      proxy(channel, real)
    }
  }

  function openConnection(id: number, { iceServers, certificates: handles }: ConnectionConfig): void {
    const keys = handles.map((handle) => certificates.get(handle)).filter((key) => key !== undefined)
    try {
      if (connections.size >= MAX_CONNECTIONS) throw new Error('too many connections')
      adopt(id, new RTCPeerConnection({ iceServers: [...iceServers], ...(keys.length > 0 ? { certificates: keys } : {}) }))
    } catch (error) {
      post({ type: 'connection-event', connection: id, event: 'connectionstatechange', state: CLOSED_STATE, detail: { error: errorMeta(error).message } })
    }
  }

  function openChannel(connection: number, channel: number, label: string, channelInit: RTCDataChannelInit): void {
    try {
      const owner = connections.get(connection)
      if (owner === undefined) throw new DOMException('The connection is closed.', 'InvalidStateError')
      const real = owner.createDataChannel(label, channelInit)
      if (tryTransfer({ type: 'channel-real', channel, real }, real)) return
      post({ type: 'channel-proxied', channel, meta: metaOf(real) })
      proxy(channel, real)
    } catch (error) {
      post({ type: 'channel-failed', channel, error: errorMeta(error) })
    }
  }

  async function callConnection({ connection: id, call, method, argument }: Extract<ToHost, { type: 'connection-call' }>): Promise<void> {
    const connection = connections.get(id)
    if (connection === undefined) {
      post({ type: 'failure', call, error: { name: 'InvalidStateError', message: 'The connection is closed.' } })
      return
    }
    try {
      const value = await invoke(connection, method, argument)
      post({ type: 'result', call, value, connection: id, state: stateOf(connection) })
    } catch (error) {
      post({ type: 'failure', call, error: errorMeta(error), connection: id, state: stateOf(connection) })
    }
  }

  async function makeCertificate(call: number, algorithm: AlgorithmIdentifier): Promise<void> {
    try {
      const key = await RTCPeerConnection.generateCertificate(algorithm)
      const certificate = nextCertificate++
      certificates.set(certificate, key)
      post({ type: 'result', call, value: { certificate, expires: key.expires, fingerprints: key.getFingerprints() } })
    } catch (error) {
      post({ type: 'failure', call, error: errorMeta(error) })
    }
  }

  function sendProxied(id: number, data: ArrayBuffer | string, size: number): void {
    const channel = proxied.get(id)
    if (channel === undefined || channel.readyState !== 'open') return
    const acknowledge = (): void => post({ type: 'channel-ack', channel: id, size })
    try {
      if (typeof data === 'string') channel.send(data)
      else channel.send(data)
    } catch (error) {
      post({ type: 'channel-event', channel: id, event: 'error', meta: metaOf(channel), error: errorMeta(error) })
      return
    }
    // credit goes back once the bytes have left for SCTP, so that bufferedAmount in the worker keeps its meaning
    if (channel.bufferedAmount <= channel.bufferedAmountLowThreshold) acknowledge()
    else channel.addEventListener('bufferedamountlow', acknowledge, { once: true })
  }

  /** MessagePort tells nobody when the other side dies (Chromium 156); a lock held by the worker does. */
  function watchWorker(lock: string): void {
    navigator.locks.request(lock, { signal: disposal.signal }, dispose).catch(() => undefined)
  }

  function onMessage(message: ToHost): void {
    switch (message.type) {
      case 'hello':
        transfer &&= message.transferable
        return
      case 'alive':
        return watchWorker(message.lock)
      case 'connection-new':
        return openConnection(message.connection, message.config)
      case 'connection-call':
        return void callConnection(message)
      case 'connection-close':
        connections.get(message.connection)?.close()
        connections.delete(message.connection)
        return
      case 'certificate':
        return void makeCertificate(message.call, message.algorithm)
      case 'channel-new':
        return openChannel(message.connection, message.channel, message.label, message.init)
      case 'channel-send':
        return sendProxied(message.channel, message.data, message.size)
      case 'channel-close':
        proxied.get(message.channel)?.close()
    }
  }

  function dispose(): void {
    for (const connection of connections.values()) connection.close()
    connections.clear()
    proxied.clear()
    certificates.clear()
    port.close()
    disposal.abort()
  }

  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = asToHost(data)
    if (message === undefined) counts.refused++
    else onMessage(message)
  }

  return { dispose, stats: () => ({ connections: connections.size, ...counts }) }
}

const CLOSED_STATE: PeerConnectionState = {
  connectionState: 'closed',
  iceConnectionState: 'closed',
  iceGatheringState: 'new',
  signalingState: 'closed',
  localDescription: null,
  remoteDescription: null,
}

async function invoke(connection: RTCPeerConnection, method: string, argument: unknown): Promise<unknown> {
  switch (method) {
    case 'createOffer':
      return describe(await connection.createOffer((argument ?? undefined) as RTCOfferOptions | undefined))
    case 'createAnswer':
      return describe(await connection.createAnswer())
    case 'setLocalDescription':
      return connection.setLocalDescription((argument ?? undefined) as RTCSessionDescriptionInit | undefined)
    case 'setRemoteDescription':
      return connection.setRemoteDescription(argument as RTCSessionDescriptionInit)
    default:
      return connection.addIceCandidate((argument ?? undefined) as RTCIceCandidateInit | undefined)
  }
}
