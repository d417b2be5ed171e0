import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { AppError, encodeCanonical, toHex } from '../codec/index.ts'
import type { BlockHeader, CommitCertificate, Value } from '../codec/index.ts'
import { headersForStandalone, pageForServing } from '../viewer/policy.ts'
import { resolveStatic, sendFile } from './static-files.ts'

export interface CertifiedHead {
  readonly header: BlockHeader
  readonly certificate: CommitCertificate
}

export interface HttpServerInit {
  readonly host: string
  readonly port: number
  /** Folder of the built page. */
  readonly root: string
  readonly genesis: Uint8Array
  /** What `GET /status` answers. */
  readonly status: () => StatusAnswer
  /** Latest certified header; null before the first block. */
  readonly head: () => CertifiedHead | null
  /** What `GET /network.json` answers for a page opened under this host name. */
  readonly network: (hostname: string) => NetworkAnswer
}

export interface StatusAnswer {
  readonly world_id: string
  readonly height: number
  readonly state_root: string
  /** Milliseconds since the head was verified here; null before the first block. */
  readonly head_age_ms: number | null
  readonly validators: readonly { readonly validator_id: string; readonly stake: number; readonly height: number | null; readonly peers: number | null; readonly up: boolean }[]
}

export interface NetworkAnswer {
  readonly world_id: string
  readonly genesis: string
  readonly head: string
  readonly status: string
  readonly bootstrap: readonly string[]
  readonly block_interval_ms: number
}

const HOST_HEADER = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]{1,253})(:\d{1,5})?$/i

/** Serves the built page and what a new node needs to begin: genesis, addresses, a head that proves itself. Read only. */
export async function startHttpServer(init: HttpServerInit): Promise<Server> {
  const page = readFileSync(join(init.root, 'index.html'), 'utf8')
  const server = createServer((request, response) => {
    try {
      answer(init, page, request, response)
    } catch (error) {
      console.error(`warn: ${request.method} ${request.url}: ${error instanceof Error ? error.message : String(error)}`)
      if (!response.headersSent) refuse(response, 500, 'INTERNAL', 'The server failed to answer. Its log says why.')
      else response.destroy()
    }
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE'
        ? new AppError('PORT_IN_USE', `Port ${init.port} on ${init.host} is taken. Stop what uses it or choose another with --port.`, { port: init.port })
        : error)
    })
    server.listen(init.port, init.host, resolve)
  })
  return server
}

function answer(init: HttpServerInit, page: string, request: IncomingMessage, response: ServerResponse): void {
  const hostname = HOST_HEADER.exec(request.headers.host ?? '')?.[1]
  if (hostname === undefined) return refuse(response, 400, 'BAD_HOST', 'The request names no valid host.')
  const network = init.network(hostname)
  const { html, headers } = pageForServing(page, network.bootstrap.map(webSocketOrigin))
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return refuse(response, 405, 'METHOD_NOT_ALLOWED', 'Only GET and HEAD are served.')
  }
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  switch (pathname) {
    case '/':
    case '/index.html':
      return send(response, 'text/html; charset=utf-8', html)
    case '/status':
      return send(response, 'application/json; charset=utf-8', `${JSON.stringify(init.status())}\n`)
    case '/network.json':
      return send(response, 'application/json; charset=utf-8', `${JSON.stringify(network)}\n`)
    case '/genesis':
      return send(response, 'application/cbor', init.genesis)
    case '/head':
      return sendHead(init.head(), request, response)
    default: {
      const path = resolveStatic(init.root, pathname)
      if (path !== null && pathname === '/verify.html') return sendStandalone(path, response)
      if (path === null) return refuse(response, 404, 'NOT_FOUND', 'There is nothing under this address. The page is at /.')
      sendFile(path, request, response)
    }
  }
}

/** A page of one file under the policy it carries. */
function sendStandalone(path: string, response: ServerResponse): void {
  const html = readFileSync(path, 'utf8')
  for (const [name, value] of Object.entries(headersForStandalone(html))) response.setHeader(name, value)
  send(response, 'text/html; charset=utf-8', html)
}

/** JSON with bytes as hex for people and tools; canonical CBOR, as it is hashed, for nodes that ask for it. */
function sendHead(head: CertifiedHead | null, request: IncomingMessage, response: ServerResponse): void {
  if (head === null) return sendNothing(response)
  response.setHeader('Vary', 'Accept')
  if ((request.headers.accept ?? '').includes('application/cbor')) {
    return send(response, 'application/cbor', encodeCanonical({ header: head.header, certificate: head.certificate }))
  }
  send(response, 'application/json; charset=utf-8', `${JSON.stringify(hexBytes(head as unknown as Value))}\n`)
}

/** There is no head yet. Not an error: browsers would report one on the console of a page opened with the world's first second. */
function sendNothing(response: ServerResponse): void {
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(204)
  response.end()
}

/** The value with byte strings as lowercase hex. */
function hexBytes(value: Value): unknown {
  if (value instanceof Uint8Array) return toHex(value)
  if (Array.isArray(value)) return value.map(hexBytes)
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, hexBytes(entry as Value)]))
  return value
}

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response.setHeader('Content-Type', type)
  response.setHeader('Cache-Control', 'no-store')
  response.setHeader('Content-Length', typeof body === 'string' ? Buffer.byteLength(body) : body.length)
  response.writeHead(200)
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.setHeader('Content-Type', 'application/json; charset=utf-8')
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(status)
  response.end(`${JSON.stringify({ code, message })}\n`)
}

/** `ws://host:port` of a websocket multiaddr such as `/ip4/127.0.0.1/tcp/8081/ws`. */
export function webSocketOrigin(address: string): string {
  const match = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)\/(ws|wss|tls\/ws)(\/|$)/.exec(address)
  if (match === null) throw new AppError('ADDRESS_INVALID', `"${address}" is not a websocket multiaddr.`)
  const host = match[1] === 'ip6' ? `[${match[2]}]` : match[2]
  return `${match[4] === 'ws' ? 'ws' : 'wss'}://${host}:${match[3]}`
}

/** The part of a multiaddr that names this host as a browser reached it. */
export function multiaddrHost(hostname: string): string {
  if (hostname.startsWith('[')) return `/ip6/${hostname.slice(1, -1)}`
  return /^\d+\.\d+\.\d+\.\d+$/.test(hostname) ? `/ip4/${hostname}` : `/dns4/${hostname}`
}
