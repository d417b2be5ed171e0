import type { Libp2p, Stream } from '@libp2p/interface'
import { decodeWith, encodeCanonical } from '../codec/index.ts'
import type { Value } from '../codec/index.ts'
import { RpcError } from './errors.ts'
import { raceAbort } from './abort.ts'
import { CONNECTION_LIMITS, RPC_LIMITS } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { OffenceCode, PeerPolicy } from './peers.ts'
import { ClientLane } from './rpc-lane.ts'
import { decodeLimits } from './rpc-protocol.ts'
import type { RpcProtocol } from './rpc-protocol.ts'
import { serveLane } from './rpc-serve.ts'
import type { RpcHandler } from './rpc-serve.ts'

export interface RequestOptions {
  /** Cancels the request with `RPC_ABORTED`; the lane stays open for others. */
  readonly signal?: AbortSignal
  /** Instead of the protocol's own. */
  readonly timeoutMs?: number
}

export interface Rpc {
  /** Answers a protocol for all peers. A handler may see a request twice (a lane that died is re-opened), so it only reads. */
  readonly serve: <Q, R>(protocol: RpcProtocol<Q, R>, handler: RpcHandler<Q, R>) => Promise<void>
  /** Throws `RpcError`. Needs an existing connection: dialling is the host's business. */
  readonly request: <Q, R>(peer: string, protocol: RpcProtocol<Q, R>, request: Q, options?: RequestOptions) => Promise<R>
  readonly close: () => void
}

export interface RpcInit {
  readonly libp2p: Libp2p
  readonly policy: PeerPolicy
  readonly metrics: Metrics
}

function offenceOf(error: RpcError): OffenceCode | undefined {
  switch (error.code) {
    case 'RPC_TIMEOUT': return 'TIMEOUT'
    case 'RPC_TOO_LARGE': return 'OVERSIZED'
    case 'RPC_BAD_MESSAGE': return 'BAD_MESSAGE'
    case 'RPC_CLOSED': return error.detail['truncated'] === true ? 'TRUNCATED' : undefined
    default: return undefined
  }
}

export function createRpc({ libp2p, policy, metrics }: RpcInit): Rpc {
  const lanes = new Map<string, Promise<ClientLane>>()
  const busy = new Map<string, number>()
  let closed = false

  function blame(peer: string, protocol: string, error: RpcError): void {
    const code = offenceOf(error)
    if (code !== undefined) policy.report(peer, code, `${protocol}: ${error.message}`)
  }

  async function openStream(peer: string, protocol: string): Promise<Stream> {
    const connection = libp2p.getConnections().find((open) => open.remotePeer.toString() === peer && open.limits === undefined && open.status === 'open')
    if (connection === undefined) throw new RpcError('RPC_CLOSED', 'There is no connection to this peer; ask another one.', { peer })
    try {
      const signal = AbortSignal.timeout(CONNECTION_LIMITS.negotiationTimeoutMs)
      return await connection.newStream(protocol, { signal, maxOutboundStreams: RPC_LIMITS.maxOutboundLanes })
    } catch (error) {
      const name = error instanceof Error ? error.name : ''
      if (name === 'UnsupportedProtocolError') {
        throw new RpcError('RPC_UNSUPPORTED', `The peer does not speak ${protocol}; ask another one.`, { peer, protocol }, { cause: error })
      }
      throw new RpcError('RPC_CLOSED', 'No stream to this peer could be opened; ask another one.', { peer, protocol }, { cause: error })
    }
  }

  /** The open lane of this peer and protocol, or a new one. Concurrent callers share one opening, so no caller's signal ends it. */
  function laneTo(peer: string, protocol: RpcProtocol<unknown, unknown>): Promise<ClientLane> {
    const key = `${peer} ${protocol.id}`
    const known = lanes.get(key)
    if (known !== undefined) return known
    const opening = openStream(peer, protocol.id).then((stream) => {
      metrics.count('rpc.lanes_opened')
      return new ClientLane(stream, protocol.maxResponseBytes, (unheard) => {
        if (lanes.get(key) === opening) lanes.delete(key)
        if (unheard !== undefined) blame(peer, protocol.id, unheard)
      })
    })
    lanes.set(key, opening)
    opening.catch(() => {
      if (lanes.get(key) === opening) lanes.delete(key)
    })
    return opening
  }

  async function exchange(peer: string, protocol: RpcProtocol<unknown, unknown>, payload: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    for (let attempt = 1; ; attempt++) {
      try {
        const lane = await raceAbort(laneTo(peer, protocol), signal)
        return await lane.ask(payload, signal)
      } catch (error) {
        // a lane that was idle may have died unnoticed with its peer's restart; once is enough to find out
        const died = error instanceof RpcError && error.code === 'RPC_CLOSED' && error.detail['truncated'] !== true
        if (!died || attempt === 2 || signal.aborted || closed) throw error
        metrics.count('rpc.lanes_reopened')
      }
    }
  }

  async function request<Q, R>(peer: string, protocol: RpcProtocol<Q, R>, message: Q, options: RequestOptions = {}): Promise<R> {
    if (closed) throw new RpcError('RPC_CLOSED', 'This host has stopped.')
    if (policy.standing(peer) === 'refused') throw new RpcError('RPC_CLOSED', 'This peer is refused for now; ask another one.', { peer })
    const payload = encodeCanonical(message as Value)
    if (payload.length > protocol.maxRequestBytes) {
      throw new RpcError('RPC_TOO_LARGE', `The request has ${payload.length} bytes; ${protocol.id} takes ${protocol.maxRequestBytes}.`, { length: payload.length })
    }
    const underWay = busy.get(peer) ?? 0
    if (underWay >= RPC_LIMITS.maxConcurrentPerPeer) {
      throw new RpcError('RPC_LIMIT', 'Too many requests are under way to this peer; wait for them or ask another one.', { limit: RPC_LIMITS.maxConcurrentPerPeer })
    }
    busy.set(peer, underWay + 1)
    metrics.count('rpc.requests')
    const deadline = new AbortController()
    const timeoutMs = options.timeoutMs ?? protocol.timeoutMs
    const timer = setTimeout(() => deadline.abort(new RpcError('RPC_TIMEOUT', `No answer to ${protocol.id} within ${timeoutMs} ms; ask another peer.`, { peer, timeoutMs })), timeoutMs)
    const onAbort = (): void => deadline.abort(new RpcError('RPC_ABORTED', 'The request was cancelled.', { peer }))
    if (options.signal?.aborted === true) onAbort()
    options.signal?.addEventListener('abort', onAbort)
    try {
      const answer = await exchange(peer, protocol as RpcProtocol<unknown, unknown>, payload, deadline.signal)
      return decodeAnswer(peer, protocol, answer)
    } catch (error) {
      const failure = error instanceof RpcError ? error : new RpcError('RPC_CLOSED', 'The request failed.', { peer }, { cause: error })
      metrics.count(`rpc.failed.${failure.code}`)
      blame(peer, protocol.id, failure)
      throw failure
    } finally {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', onAbort)
      const left = (busy.get(peer) ?? 1) - 1
      if (left === 0) busy.delete(peer)
      else busy.set(peer, left)
    }
  }

  function decodeAnswer<Q, R>(peer: string, protocol: RpcProtocol<Q, R>, answer: Uint8Array): R {
    if (answer.length === 0) throw new RpcError('RPC_REMOTE_FAILED', 'The peer could not answer; ask another one.', { peer })
    try {
      return decodeWith(protocol.response, answer, decodeLimits(protocol.maxResponseBytes))
    } catch (cause) {
      void lanes.get(`${peer} ${protocol.id}`)?.then((lane) => lane.abort(new RpcError('RPC_CLOSED', 'The lane was dropped after a bad answer.')))
      throw new RpcError('RPC_BAD_MESSAGE', `The answer to ${protocol.id} is malformed: ${String((cause as Error).message)}`, { peer }, { cause })
    }
  }

  async function serve<Q, R>(protocol: RpcProtocol<Q, R>, handler: RpcHandler<Q, R>): Promise<void> {
    await libp2p.handle(
      protocol.id,
      (stream, connection) => {
        const peer = connection.remotePeer.toString()
        serveLane({ stream, peer, protocol, handler, metrics, onFailure: (error) => blame(peer, protocol.id, error), onSpam: (detail) => policy.report(peer, 'SPAM', detail) })
      },
      { maxInboundStreams: RPC_LIMITS.maxInboundLanes, maxOutboundStreams: RPC_LIMITS.maxOutboundLanes, runOnLimitedConnection: false },
    )
  }

  function close(): void {
    closed = true
    for (const opening of lanes.values()) opening.then((lane) => lane.abort(new RpcError('RPC_CLOSED', 'This host has stopped.')), () => undefined)
    lanes.clear()
  }

  return { serve, request, close }
}
