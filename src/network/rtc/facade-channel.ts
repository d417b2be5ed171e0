import { eventWith } from './event-handlers.ts'
import type { RtcLink } from './link.ts'
import type { ChannelEvent, ChannelMeta, ErrorMeta } from './protocol.ts'

type Listener = EventListenerOrEventListenerObject
type ListenerOptions = boolean | AddEventListenerOptions
type Handler = (event: Event) => void

const HANDLED = ['open', 'closing', 'close', 'error', 'message', 'bufferedamountlow'] as const

/**
 * The RTCDataChannel that `createDataChannel` returns in the worker: it must exist at once, the real one arrives a message
 * later. Until then it records what is set on it; when the real channel has been transferred everything is replayed onto it and
 * calls pass straight through. Where channels cannot be transferred it stays, and speaks to the page over the port.
 */
export class FacadeChannel extends EventTarget {
  readonly #link: RtcLink
  readonly #channel: number
  readonly #handlers = new Map<string, Handler>()
  #listeners: Array<[string, Listener | null, ListenerOptions | undefined]> = []
  #real: RTCDataChannel | undefined
  #proxied = false
  #meta: ChannelMeta
  #binaryType: BinaryType = 'arraybuffer'
  #threshold = 0
  /** Proxied: bytes handed to the page and not yet acknowledged. */
  #buffered = 0
  #closeRequested = false
  #opened = false

  constructor(link: RtcLink, channel: number, meta: ChannelMeta) {
    super()
    this.#link = link
    this.#channel = channel
    this.#meta = meta
    link.channels.set(channel, this)
  }

  get label(): string {
    return this.#meta.label
  }

  get protocol(): string {
    return this.#meta.protocol
  }

  get ordered(): boolean {
    return this.#meta.ordered
  }

  get negotiated(): boolean {
    return this.#meta.negotiated
  }

  get id(): number | null {
    return this.#real?.id ?? this.#meta.id
  }

  get readyState(): RTCDataChannelState {
    return this.#real?.readyState ?? this.#meta.readyState
  }

  get bufferedAmount(): number {
    return this.#real?.bufferedAmount ?? this.#buffered
  }

  get binaryType(): BinaryType {
    return this.#binaryType
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type
    if (this.#real !== undefined) this.#real.binaryType = type
  }

  get bufferedAmountLowThreshold(): number {
    return this.#threshold
  }

  set bufferedAmountLowThreshold(bytes: number) {
    this.#threshold = bytes
    if (this.#real !== undefined) this.#real.bufferedAmountLowThreshold = bytes
  }

  getHandler(type: string): Handler | null {
    return this.#handlers.get(type) ?? null
  }

  setHandler(type: string, handler: unknown): void {
    if (typeof handler === 'function') this.#handlers.set(type, handler as Handler)
    else this.#handlers.delete(type)
    if (this.#real !== undefined) setRealHandler(this.#real, type, this.getHandler(type))
  }

  override addEventListener(type: string, listener: Listener | null, options?: ListenerOptions): void {
    if (this.#real !== undefined) {
      this.#real.addEventListener(type, listener as Listener, options)
      return
    }
    super.addEventListener(type, listener, options)
    this.#listeners.push([type, listener, options])
  }

  override removeEventListener(type: string, listener: Listener | null, options?: ListenerOptions): void {
    super.removeEventListener(type, listener, options)
    this.#real?.removeEventListener(type, listener as Listener, options)
    this.#listeners = this.#listeners.filter(([known, added]) => known !== type || added !== listener)
  }

  send(data: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (this.#real !== undefined) {
      this.#real.send(data as ArrayBuffer)
      return
    }
    if (this.readyState !== 'open') throw new DOMException("RTCDataChannel.readyState is not 'open'", 'InvalidStateError')
    // the caller keeps its buffer: copy it, then transfer the copy
    const message = typeof data === 'string' ? data : copyBytes(data)
    const size = typeof message === 'string' ? message.length : message.byteLength
    this.#buffered += size
    this.#link.send({ type: 'channel-send', channel: this.#channel, data: message, size }, typeof message === 'string' ? [] : [message])
  }

  close(): void {
    this.#closeRequested = true
    if (this.#real !== undefined) {
      this.#real.close()
      return
    }
    if (this.readyState === 'closed' || this.readyState === 'closing') return
    this.#meta = { ...this.#meta, readyState: 'closing' }
    if (this.#proxied) this.#link.send({ type: 'channel-close', channel: this.#channel })
  }

  /** The real channel arrived. */
  attach(real: RTCDataChannel): void {
    this.#link.channels.delete(this.#channel)
    const arrivedAs = real.readyState
    real.binaryType = this.#binaryType
    real.bufferedAmountLowThreshold = this.#threshold
    this.#real = real
    for (const [type, handler] of this.#handlers) setRealHandler(real, type, handler)
    for (const [type, listener, options] of this.#listeners) real.addEventListener(type, listener as Listener, options)
    this.#listeners = []
    if (this.#closeRequested) {
      real.close()
      return
    }
    // the change may have happened while the channel was under way, with nobody to hear it: say it once
    if (arrivedAs === 'open' || arrivedAs === 'closed') {
      queueMicrotask(() => real.dispatchEvent(new Event(arrivedAs === 'open' ? 'open' : 'close')))
    }
  }

  /** The channel stays on the page. An open one says so, as a real one does after the `datachannel` event. */
  proxy(meta: ChannelMeta): void {
    this.#proxied = true
    if (this.#closeRequested) {
      this.#link.send({ type: 'channel-close', channel: this.#channel })
      return
    }
    this.#meta = meta
    if (meta.readyState === 'open') this.deliver('open', meta, null)
  }

  deliver(event: ChannelEvent, meta: ChannelMeta, error: ErrorMeta | null): void {
    if (event === 'open') {
      if (this.#opened) return
      this.#opened = true
    }
    this.#meta = meta
    this.#fire(eventWith(event, error === null ? {} : { error: new DOMException(error.message, error.name) }))
    if (event === 'close') this.#link.channels.delete(this.#channel)
  }

  deliverMessage(data: ArrayBuffer | string): void {
    this.#fire(new MessageEvent('message', { data }))
  }

  acknowledge(size: number): void {
    const before = this.#buffered
    this.#buffered = Math.max(0, before - size)
    if (before > this.#threshold && this.#buffered <= this.#threshold) this.#fire(new Event('bufferedamountlow'))
  }

  fail(error: ErrorMeta): void {
    this.#meta = { ...this.#meta, readyState: 'closed' }
    this.deliver('error', this.#meta, error)
    this.deliver('close', this.#meta, null)
  }

  #fire(event: Event): void {
    this.#handlers.get(event.type)?.call(this, event)
    super.dispatchEvent(event)
  }
}

function setRealHandler(real: RTCDataChannel, type: string, handler: Handler | null): void {
  ;(real as unknown as Record<string, Handler | null>)[`on${type}`] = handler
}

function copyBytes(data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): ArrayBuffer {
  return ArrayBuffer.isView(data) ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) : data.slice(0)
}

for (const type of HANDLED) {
  Object.defineProperty(FacadeChannel.prototype, `on${type}`, {
    get(this: FacadeChannel) {
      return this.getHandler(type)
    },
    set(this: FacadeChannel, handler: unknown) {
      this.setHandler(type, handler)
    },
  })
}
