import { AppError } from '../codec/index.ts'
import type { ErrorDetail } from '../codec/index.ts'

export type RpcErrorCode =
  | 'RPC_TIMEOUT' | 'RPC_TOO_LARGE' | 'RPC_BAD_MESSAGE' | 'RPC_CLOSED' | 'RPC_UNSUPPORTED' | 'RPC_LIMIT' | 'RPC_REMOTE_FAILED' | 'RPC_ABORTED'

export type NetworkErrorCode = 'NETWORK_CONFIG' | 'NETWORK_DIAL_FAILED' | 'GOSSIP_TOO_LARGE' | 'METRIC_LIMIT'

/**
 * A request that got no usable answer.
 * - `RPC_TIMEOUT` the deadline passed; ask another peer.
 * - `RPC_TOO_LARGE` a message over the protocol's limit; refused before it was read or sent.
 * - `RPC_BAD_MESSAGE` the answer is not canonical CBOR, or not of the protocol's shape.
 * - `RPC_CLOSED` no connection, or it ended before the answer; ask another peer or wait for the redial.
 * - `RPC_UNSUPPORTED` the peer does not speak this protocol.
 * - `RPC_LIMIT` too many requests are under way to this peer; ask another or wait.
 * - `RPC_REMOTE_FAILED` the peer said that it could not answer.
 * - `RPC_ABORTED` the caller's own signal fired.
 */
export class RpcError extends AppError {
  declare readonly code: RpcErrorCode

  constructor(code: RpcErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}

/** A refusal of the host itself: bad configuration, a dial that failed, a message over its topic's limit. */
export class NetworkError extends AppError {
  declare readonly code: NetworkErrorCode

  constructor(code: NetworkErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(code, message, detail, options)
  }
}
