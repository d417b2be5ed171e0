import type { Stream } from '@libp2p/interface'
import { RpcError } from './errors.ts'
import { encodeFrame, readFrames } from './frames.ts'
import { RPC_LIMITS } from './limits.ts'

interface Pending {
  readonly payload: Uint8Array
  readonly settle: PromiseWithResolvers<Uint8Array>
  /** The asker has gone; an answer that still comes is thrown away. */
  abandoned: boolean
}

/**
 * Our end of one long-lived stream. Answers come in the order of the requests, so several may be in flight; a request that
 * times out takes the lane with it, because nothing after a missing answer could be told apart.
 */
export class ClientLane {
  readonly #stream: Stream
  readonly #onDead: (unheard: RpcError | undefined) => void
  readonly #waiting: Pending[] = []
  readonly #inFlight: Pending[] = []
  #dead: RpcError | undefined

  /** `onDead` gets the error where no request is left to throw it. */
  constructor(stream: Stream, maxResponseBytes: number, onDead: (unheard: RpcError | undefined) => void) {
    this.#stream = stream
    this.#onDead = onDead
    readFrames(stream, {
      maxBytes: maxResponseBytes,
      onFrame: (payload) => this.#onAnswer(payload),
      onEnd: (error) => this.abort(error),
    })
  }

  /** Sends one request and waits for its answer. When `signal` fires its reason is thrown; `RPC_TIMEOUT` as reason ends the lane. */
  async ask(payload: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    if (this.#dead !== undefined) throw this.#dead
    if (signal.aborted) throw signal.reason
    const pending: Pending = { payload, settle: Promise.withResolvers(), abandoned: false }
    const onAbort = (): void => this.#abandon(pending, signal.reason)
    signal.addEventListener('abort', onAbort)
    this.#waiting.push(pending)
    this.#sendNext()
    try {
      return await pending.settle.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Ends the lane and fails everything on it. The first in line hears the true cause, the rest that the lane closed under them. */
  abort(error: RpcError): void {
    if (this.#dead !== undefined) return
    this.#dead = new RpcError('RPC_CLOSED', 'The lane to this peer was closed.', {}, { cause: error })
    const [first, ...rest] = [...this.#inFlight.splice(0), ...this.#waiting.splice(0)]
    first?.settle.reject(error)
    for (const pending of rest) pending.settle.reject(this.#dead)
    this.#stream.abort(error)
    this.#onDead(first === undefined ? error : undefined)
  }

  #sendNext(): void {
    while (this.#dead === undefined && this.#inFlight.length < RPC_LIMITS.maxPipelined) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      this.#inFlight.push(next)
      try {
        this.#stream.send(encodeFrame(next.payload)) // a few small requests at most: no need to wait for drain
      } catch (cause) {
        this.abort(new RpcError('RPC_CLOSED', 'The stream to this peer is closed.', {}, { cause }))
      }
    }
  }

  #onAnswer(payload: Uint8Array): void {
    const pending = this.#inFlight.shift()
    if (pending === undefined) {
      this.abort(new RpcError('RPC_BAD_MESSAGE', 'The peer answered what nobody asked.'))
      return
    }
    if (!pending.abandoned) pending.settle.resolve(payload)
    this.#sendNext()
  }

  #abandon(pending: Pending, reason: unknown): void {
    pending.abandoned = true
    pending.settle.reject(reason)
    const position = this.#waiting.indexOf(pending)
    if (position >= 0) this.#waiting.splice(position, 1)
    else if (reason instanceof RpcError && reason.code === 'RPC_TIMEOUT') {
      this.abort(new RpcError('RPC_CLOSED', 'The lane was dropped because an answer did not come.'))
    }
  }
}
