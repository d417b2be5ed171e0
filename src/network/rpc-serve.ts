import type { Stream } from '@libp2p/interface'
import { decodeWith, encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { raceAbort } from './abort.ts'
import { RpcError } from './errors.ts'
import { readFrames, writeFrame } from './frames.ts'
import { RPC_LIMITS } from './limits.ts'
import type { Metrics } from './metrics.ts'
import { decodeLimits } from './rpc-protocol.ts'
import type { RpcProtocol } from './rpc-protocol.ts'

export interface RpcContext {
  /** libp2p peer id of the asker: not an identity (DESIGN §11). */
  readonly peer: string
  /** Fires when the asker is gone or the time is up. */
  readonly signal: AbortSignal
}

export type RpcHandler<Request, Response> = (request: Request, context: RpcContext) => Promise<Response> | Response

export interface ServeLaneInit<Q, R> {
  readonly stream: Stream
  readonly peer: string
  readonly protocol: RpcProtocol<Q, R>
  readonly handler: RpcHandler<Q, R>
  readonly metrics: Metrics
  /** The peer broke the protocol; the lane is already closed. */
  readonly onFailure: (error: RpcError) => void
  readonly onSpam: (detail: string) => void
}

/** Says "I could not answer this one": no canonical CBOR item is empty, so it cannot be mistaken for an answer. */
const NO_ANSWER = new Uint8Array(0)

/** Answers the requests of one stream in order, one at a time, until the peer ends it or breaks the rules. */
export function serveLane<Q, R>({ stream, peer, protocol, handler, metrics, onFailure, onSpam }: ServeLaneInit<Q, R>): void {
  const queue: Uint8Array[] = []
  const gone = new AbortController()
  let working = false
  let finished = false

  const stopReading = readFrames(stream, {
    maxBytes: protocol.maxRequestBytes,
    frameTimeoutMs: RPC_LIMITS.frameTimeoutMs,
    onFrame(frame) {
      if (queue.length >= RPC_LIMITS.maxQueuedOnServer) {
        onSpam(`${protocol.id}: more than ${RPC_LIMITS.maxQueuedOnServer} requests waiting on one lane`)
        drop(new RpcError('RPC_LIMIT', 'The peer sent more requests than it may.'))
        return
      }
      queue.push(frame)
      void work()
    },
    onEnd(error) {
      if (error.code === 'RPC_CLOSED' && error.detail['truncated'] !== true) {
        finished = true
        if (stream.status !== 'open') gone.abort(error)
        if (!working) void finish()
        return
      }
      drop(error)
      onFailure(error)
    },
  })

  function drop(error: RpcError): void {
    queue.length = 0
    stopReading()
    gone.abort(error)
    stream.abort(error)
  }

  async function finish(): Promise<void> {
    try {
      if (stream.writeStatus === 'writable') await stream.close({ signal: AbortSignal.timeout(RPC_LIMITS.frameTimeoutMs) })
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  }

  async function work(): Promise<void> {
    if (working) return
    working = true
    try {
      for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
        metrics.count('rpc.served')
        await writeFrame(stream, await answer(frame), RPC_LIMITS.frameTimeoutMs)
      }
    } catch (error) {
      const failure = error instanceof RpcError ? error : new RpcError('RPC_CLOSED', 'The answer could not be sent.', {}, { cause: error })
      drop(failure)
      onFailure(failure)
    } finally {
      working = false
    }
    if (finished) await finish()
  }

  function decodeRequest(frame: Uint8Array): Q {
    try {
      return decodeWith(protocol.request, frame, decodeLimits(protocol.maxRequestBytes))
    } catch (cause) {
      throw new RpcError('RPC_BAD_MESSAGE', `A request for ${protocol.id} is malformed: ${String((cause as Error).message)}`, {}, { cause })
    }
  }

  async function answer(frame: Uint8Array): Promise<Uint8Array> {
    const request = decodeRequest(frame)
    const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(protocol.timeoutMs)])
    try {
      const result = await raceAbort(Promise.resolve(handler(request, { peer, signal })), signal)
      const response = encodeCanonical(result as Value)
      if (response.length <= protocol.maxResponseBytes) return response
      metrics.count('rpc.answer_too_large')
    } catch {
      metrics.count('rpc.handler_failed') // ours to fix, not the peer's fault
    }
    return NO_ANSWER
  }
}
