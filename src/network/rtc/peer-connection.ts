import { defineHandlers, eventWith, fire } from './event-handlers.ts'
import { FacadeChannel } from './facade-channel.ts'
import { InitChannel } from './init-channel.ts'
import type { LinkedConnection, RtcLink } from './link.ts'
import { CONNECTION_EVENTS } from './protocol.ts'
import type { CertificateMeta, ConnectionMethod, PeerConnectionState, ToWorker } from './protocol.ts'

/**
 * ICE consent expires after about 5 s (`disconnected`), but Chromium takes some 15 s more to say `failed`, and libp2p acts on
 * nothing less. After this grace the worker calls it failed: a vanished peer is noticed in 9–11 s instead of 17.
 */
export const DISCONNECTED_GRACE_MS = 3_000

const INITIAL_STATE: PeerConnectionState = {
  connectionState: 'new',
  iceConnectionState: 'new',
  iceGatheringState: 'new',
  signalingState: 'stable',
  localDescription: null,
  remoteDescription: null,
}

export class WorkerIceCandidate {
  readonly candidate: string
  readonly sdpMid: string | null
  readonly sdpMLineIndex: number | null
  readonly usernameFragment: string | null

  constructor(init: RTCIceCandidateInit) {
    this.candidate = init.candidate ?? ''
    this.sdpMid = init.sdpMid ?? null
    this.sdpMLineIndex = init.sdpMLineIndex ?? null
    this.usernameFragment = init.usernameFragment ?? null
  }

  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment }
  }
}

export class WorkerSessionDescription {
  readonly type: RTCSdpType
  readonly sdp: string

  constructor(init: RTCSessionDescriptionInit) {
    this.type = init.type
    this.sdp = init.sdp ?? ''
  }

  toJSON(): RTCSessionDescriptionInit {
    return { type: this.type, sdp: this.sdp }
  }
}

/** What `generateCertificate` gives in the worker; the key stays on the page. */
export interface WorkerCertificate {
  readonly handle: number
  readonly expires: number
  readonly getFingerprints: () => RTCDtlsFingerprint[]
}

type WorkerConfiguration = Omit<RTCConfiguration, 'certificates'> & { readonly certificates?: readonly WorkerCertificate[] }

/** The RTC globals of a worker, backed by one link to the page. */
export function rtcGlobals(link: RtcLink, graceMs = DISCONNECTED_GRACE_MS) {
  /** The part of RTCPeerConnection that @libp2p/webrtc uses, with the page's connection behind it. */
  class WorkerPeerConnection extends EventTarget implements LinkedConnection {
    readonly #id = link.nextId()
    #state: PeerConnectionState = INITIAL_STATE
    #grace: ReturnType<typeof setTimeout> | undefined

    constructor(configuration: WorkerConfiguration = {}) {
      super()
      link.connections.set(this.#id, this)
      const certificates = (configuration.certificates ?? []).map((certificate) => certificate.handle)
      link.send({ type: 'connection-new', connection: this.#id, config: { iceServers: configuration.iceServers ?? [], certificates } })
    }

    static async generateCertificate(algorithm: AlgorithmIdentifier): Promise<WorkerCertificate> {
      const meta = (await link.call((call) => ({ type: 'certificate', call, algorithm }))) as CertificateMeta
      return { handle: meta.certificate, expires: meta.expires, getFingerprints: () => [...meta.fingerprints] }
    }

    get connectionState(): RTCPeerConnectionState {
      return this.#state.connectionState
    }

    get iceConnectionState(): RTCIceConnectionState {
      return this.#state.iceConnectionState
    }

    get iceGatheringState(): RTCIceGatheringState {
      return this.#state.iceGatheringState
    }

    get signalingState(): RTCSignalingState {
      return this.#state.signalingState
    }

    get localDescription(): RTCSessionDescriptionInit | null {
      return this.#state.localDescription
    }

    get remoteDescription(): RTCSessionDescriptionInit | null {
      return this.#state.remoteDescription
    }

    createDataChannel(label: string, init: RTCDataChannelInit = {}): FacadeChannel | InitChannel {
      if (this.#state.signalingState === 'closed') throw new DOMException('The connection is closed.', 'InvalidStateError')
      const channel = link.nextId()
      const facade = new FacadeChannel(link, channel, {
        label,
        protocol: init.protocol ?? '',
        id: init.id ?? null,
        ordered: init.ordered ?? true,
        negotiated: init.negotiated ?? false,
        readyState: 'connecting',
      })
      link.send({ type: 'channel-new', connection: this.#id, channel, label, init })
      return label === 'init' ? new InitChannel(facade, () => this.#state.connectionState === 'connected') : facade
    }

    createOffer(options?: RTCOfferOptions): Promise<unknown> {
      return this.#call('createOffer', options)
    }

    createAnswer(): Promise<unknown> {
      return this.#call('createAnswer')
    }

    setLocalDescription(description?: RTCSessionDescriptionInit): Promise<unknown> {
      return this.#call('setLocalDescription', description && plainDescription(description))
    }

    setRemoteDescription(description: RTCSessionDescriptionInit): Promise<unknown> {
      return this.#call('setRemoteDescription', plainDescription(description))
    }

    addIceCandidate(candidate?: RTCIceCandidateInit | WorkerIceCandidate | null): Promise<unknown> {
      return this.#call('addIceCandidate', candidate instanceof WorkerIceCandidate ? candidate.toJSON() : candidate)
    }

    close(): void {
      if (this.#state.signalingState === 'closed') return
      clearTimeout(this.#grace)
      this.#state = { ...this.#state, connectionState: 'closed', iceConnectionState: 'closed', signalingState: 'closed' }
      link.connections.delete(this.#id)
      link.send({ type: 'connection-close', connection: this.#id })
    }

    update(state: PeerConnectionState): void {
      this.#state = state
    }

    deliver({ event, state, detail }: Extract<ToWorker, { type: 'connection-event' }>): void {
      this.#state = state
      if (event === 'icecandidate') {
        fire(this, eventWith(event, { candidate: detail === null ? null : new WorkerIceCandidate(detail as RTCIceCandidateInit) }))
        return
      }
      fire(this, eventWith(event, (detail as object | null) ?? {}))
      if (event !== 'connectionstatechange') return
      this.#watchGrace()
      if (state.connectionState === 'closed') link.connections.delete(this.#id)
    }

    /** Hands over the genuine channel in the task in which it came, so that libp2p's listeners miss no message. */
    deliverChannel({ channel, meta, real }: Extract<ToWorker, { type: 'channel-in' }>): void {
      if (real !== null) {
        fire(this, eventWith('datachannel', { channel: real }))
        return
      }
      const facade = new FacadeChannel(link, channel, meta)
      fire(this, eventWith('datachannel', { channel: facade }))
      facade.proxy(meta) // after the listeners are on it: this is when it says open
    }

    #watchGrace(): void {
      clearTimeout(this.#grace)
      if (this.#state.connectionState !== 'disconnected') return
      this.#grace = setTimeout(() => {
        if (this.#state.connectionState !== 'disconnected') return
        this.#state = { ...this.#state, connectionState: 'failed' }
        fire(this, new Event('connectionstatechange'))
      }, graceMs)
    }

    #call(method: ConnectionMethod, argument?: unknown): Promise<unknown> {
      return link.call((call) => ({ type: 'connection-call', connection: this.#id, call, method, argument: argument ?? null }))
    }
  }
  defineHandlers(WorkerPeerConnection.prototype, [...CONNECTION_EVENTS, 'datachannel', 'track'])

  return { RTCPeerConnection: WorkerPeerConnection, RTCIceCandidate: WorkerIceCandidate, RTCSessionDescription: WorkerSessionDescription }
}

function plainDescription({ type, sdp }: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  return { type, sdp: sdp ?? '' }
}
