/**
 * Stand-in for the channel labelled `init` that @libp2p/webrtc 6.0.33 opens while dialling.
 *
 * The initiator, once connected, does `if (channel.readyState !== 'open') await pEvent(channel, 'open')`. The other side closes
 * that channel as soon as it sees it, so on a loaded machine `open` and `close` are both past by then and the dial hangs until
 * its timeout (7–17 % of dials, measured). This one says `open` until the initiator itself closes it.
 */
export interface InitChannelSource extends EventTarget {
  readonly id: number | null
  close(): void
}

export class InitChannel extends EventTarget {
  readonly label = 'init'
  readonly #channel: InitChannelSource
  #opened = false
  #closing = false
  #gone = false

  /** `isConnected`: whether the peer connection is up, asked when the channel closes without having opened. */
  constructor(channel: InitChannelSource, isConnected: () => boolean) {
    super()
    this.#channel = channel
    channel.addEventListener('open', () => this.#open())
    channel.addEventListener('close', () => {
      this.#gone = true
      if (this.#closing) this.dispatchEvent(new Event('close'))
      else if (isConnected()) this.#open()
    })
  }

  get id(): number | null {
    return this.#channel.id
  }

  get readyState(): RTCDataChannelState {
    if (this.#closing) return this.#gone ? 'closed' : 'closing'
    return this.#opened || this.#gone ? 'open' : 'connecting'
  }

  close(): void {
    if (this.#closing) return
    this.#closing = true
    // the caller attaches its listener right after close()
    if (this.#gone) queueMicrotask(() => this.dispatchEvent(new Event('close')))
    else this.#channel.close()
  }

  #open(): void {
    if (this.#opened) return
    this.#opened = true
    this.dispatchEvent(new Event('open'))
  }
}
