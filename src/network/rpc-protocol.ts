import type { DecodeLimits, Schema } from '../codec/index.ts'

/**
 * A request/response protocol: one libp2p protocol id, both messages in canonical CBOR with a length in front.
 * Both sides refuse what is larger than the limits, not canonical, or not of the schema.
 */
export interface RpcProtocol<Request, Response> {
  /** libp2p protocol id, version last: `/aw/node/status/1.0.0`. */
  readonly id: string
  readonly request: Schema<Request>
  readonly response: Schema<Response>
  readonly maxRequestBytes: number
  readonly maxResponseBytes: number
  /** Whole time of a request, waiting in line included. */
  readonly timeoutMs: number
}

const PROTOCOL_ID = /^\/aw\/[a-z0-9/-]{1,96}\/\d+\.\d+\.\d+$/

export function defineProtocol<Request, Response>(protocol: RpcProtocol<Request, Response>): RpcProtocol<Request, Response> {
  if (!PROTOCOL_ID.test(protocol.id)) throw new TypeError(`"${protocol.id}" is no protocol id; write /aw/<folder>/<name>/<major>.<minor>.<patch>.`)
  return Object.freeze(protocol)
}

/** Depth and items of what travels here: maps of scalars, byte strings and one list. */
export function decodeLimits(maxBytes: number): DecodeLimits {
  return { maxBytes, maxDepth: 8, maxItems: 4096 }
}
