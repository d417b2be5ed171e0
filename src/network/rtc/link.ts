import type { FacadeChannel } from './facade-channel.ts'
import { asToWorker } from './protocol.ts'
import type { ErrorMeta, PeerConnectionState, ToHost, ToWorker } from './protocol.ts'

/** What the link needs of a peer connection facade. */
export interface LinkedConnection {
  readonly update: (state: PeerConnectionState) => void
  readonly deliver: (message: Extract<ToWorker, { type: 'connection-event' }>) => void
  readonly deliverChannel: (message: Extract<ToWorker, { type: 'channel-in' }>) => void
}

interface Outgoing {
  readonly message: ToHost
  readonly transferables: readonly Transferable[]
}

/** The worker's end of the port: numbers things, remembers who waits for what, and hands messages to whom they concern. */
export class RtcLink {
  readonly connections = new Map<number, LinkedConnection>()
  readonly channels = new Map<number, FacadeChannel>()
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  /** Sent before the port came: libp2p may start first. */
  #backlog: Outgoing[] = []
  #port: MessagePort | undefined
  #next = 1
  /** Messages dropped because they were malformed. */
  refused = 0

  nextId(): number {
    return this.#next++
  }

  connect(port: MessagePort): void {
    this.#port = port
    port.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data)
    this.send({ type: 'hello', transferable: 'RTCDataChannel' in globalThis })
    for (const { message, transferables } of this.#backlog) this.send(message, transferables)
    this.#backlog = []
    const lock = `aw-rtc:${crypto.randomUUID()}`
    // held until this worker is gone, however it goes
    void navigator.locks.request(lock, () => {
      this.send({ type: 'alive', lock })
      return new Promise(() => undefined)
    })
  }

  send(message: ToHost, transferables: readonly Transferable[] = []): void {
    if (this.#port === undefined) this.#backlog.push({ message, transferables })
    else this.#port.postMessage(message, [...transferables])
  }

  /** Sends a message that gets an answer. */
  call(message: (call: number) => ToHost): Promise<unknown> {
    const call = this.nextId()
    const answer = Promise.withResolvers<unknown>()
    this.#calls.set(call, answer)
    this.send(message(call))
    return answer.promise
  }

  #receive(data: unknown): void {
    const message = asToWorker(data)
    if (message === undefined) {
      this.refused++
      return
    }
    switch (message.type) {
      case 'result':
        return this.#answer(message, (call) => call.resolve(message.value))
      case 'failure':
        return this.#answer(message, (call) => call.reject(asException(message.error)))
      case 'connection-event':
        return this.connections.get(message.connection)?.deliver(message)
      case 'channel-in': {
        const connection = this.connections.get(message.connection)
        if (connection === undefined) return message.real?.close()
        return connection.deliverChannel(message)
      }
      case 'channel-real':
        return this.channels.get(message.channel)?.attach(message.real)
      case 'channel-proxied':
        return this.channels.get(message.channel)?.proxy(message.meta)
      case 'channel-failed':
        return this.channels.get(message.channel)?.fail(message.error)
      case 'channel-event':
        return this.channels.get(message.channel)?.deliver(message.event, message.meta, message.error)
      case 'channel-message':
        return this.channels.get(message.channel)?.deliverMessage(message.data)
      case 'channel-ack':
        return this.channels.get(message.channel)?.acknowledge(message.size)
    }
  }

  #answer(message: Extract<ToWorker, { type: 'result' | 'failure' }>, settle: (call: PromiseWithResolvers<unknown>) => void): void {
    if (message.connection !== undefined && message.state !== undefined) this.connections.get(message.connection)?.update(message.state)
    const call = this.#calls.get(message.call)
    this.#calls.delete(message.call)
    if (call !== undefined) settle(call)
  }
}

function asException(error: ErrorMeta): DOMException {
  return new DOMException(error.message, error.name)
}
